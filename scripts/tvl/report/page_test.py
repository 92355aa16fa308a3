import collections
import re
from html.parser import HTMLParser

from tvl.charts import captions
from tvl.commands import plot
from tvl.data import points
from tvl.report import page as report, section
from tvl.testing import synthetic_contestants, synthetic_waits, tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import ENVIRONMENT, left_out, point, write

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """Collects malformed elements and external references."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.texts, self.bad = [], collections.Counter(), [], [], []
        self.tags, self.attributes = collections.Counter(), []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        self.note(attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.note(attributes)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.bad.append(tag)

    def handle_data(self, data):
        self.texts.append(data)

    def note(self, attributes):
        for name, value in attributes:
            self.attributes.append(value or "")
            if name == "id":
                self.ids[value] += 1
            elif name in ("href", "src"):
                self.links.append(value)
            elif "url(#" in (value or ""):
                self.links += re.findall(r"url\((#[^)]*)\)", value)


class Report(Folder):
    def write(self, *records, draw=False, **options):
        write(self.folder, records, **options)
        if draw:
            plot.draw_run(self.folder)
        with open(report.write(self.folder), encoding="utf-8") as file:
            return file.read()

    def full(self):
        return self.write(*[point(workload=w, contestant=name, x=x, repetition=i, position=p)
                            for w in ("connections", "delay") for x in (1, 64) for i in range(2)
                            for p, name in enumerate(("asio_threads", "asio_loop"))], left_out())

    def test_it_is_well_formed_and_every_id_is_its_own(self):
        page = Page(self.full())
        self.assertEqual((page.open, page.bad), ([], []))
        self.assertEqual([name for name, times in page.ids.items() if times > 1], [])

    def test_it_needs_nothing_else(self):
        text = self.full()
        page = Page(text)
        ours = re.sub(r"<(no)?script>.*?</(no)?script>", "", text, flags=re.DOTALL)  # these: report_page_test
        self.assertNotRegex(ours, r"https?:|//[a-z]|@import|<link|<img|src=")
        inside = [link[1:] for link in page.links if link.startswith("#")]
        self.assertEqual([link for link in inside if link not in page.ids], [])
        self.assertEqual({link for link in page.links if not link.startswith("#")},
                         {"points.jsonl", "environment.json"})

    def test_it_says_what_a_reader_needs(self):
        text = self.full()
        self.assertEqual(text.count("<figure"), 10)
        for expected in ("Imaginary CPU 3000", "prefers-color-scheme: dark", "width=device-width", "open_files_hard",
                         "20000", "governor", "n/a", "not installed: nginx is not on PATH", "In a closed loop",
                         "8.0 GiB"):
            self.assertIn(expected, text)

    def test_all_contestants(self):
        text = self.write(*synthetic_contestants.models(), *synthetic_contestants.matrix())
        page = Page(text)
        self.assertEqual((page.open, page.bad), ([], []))
        self.assertEqual([name for name, times in page.ids.items() if times > 1], [])
        headings = [words for words in page.texts if words.startswith("models, ")]
        self.assertEqual(headings[-2:], ["models, 2,000 requests/s offered", "models, at saturation"])
        for expected in ("rank", "limit: 8000 connections need 8000 threads", "failed: asio_uring ended before",
                         "asio_prefork, replies/s at threads x processes", "not installed: apache2 is not on PATH"):
            self.assertIn(expected, text)

    def test_stalls_and_services(self):
        chart = {"x": "percent", "series": "beside", "panels": ["p99"]}
        found = [{**record, "chart": chart} for record in synthetic_waits.trap(("asio_threads", "asio_loop"), (1,))]
        text = self.write(*found, point("oauth", services=synthetic_waits.services(upstream=0.25), chart=chart),
                          draw=True)
        page = Page(text)
        self.assertEqual((page.open, page.bad), ([], []))
        self.assertEqual([name for name, times in page.ids.items() if times > 1], [])
        self.assertEqual(text.count(captions.CAPTIONS["trace"]), 1)
        self.assertIn('aria-label="blocking_trap: stalls of foreground requests over time"', text)
        self.assertIn('<th scope="col">upstream cores</th>', text)
        self.assertIn('<td data-value="0.25">0.250</td>', text)

    def test_every_row_of_a_table_is_as_wide_as_its_head(self):
        workload = points.load(write(self.folder, synthetic_contestants.models()))[0]
        rows = re.findall(r"<tr.*?</tr>", section.workload_section(self.folder, workload))
        widths = {len(re.findall("<t[hd]", row)) + sum(int(n) - 1 for n in re.findall(r'colspan="(\d+)"', row))
                  for row in rows}
        self.assertEqual(len(widths), 1, widths)

    def test_text_from_outside_is_escaped(self):
        """Each field has a script, and quotes that would end an attribute; as text it is whole."""
        def bad(name):
            return f"""{name}'">&<script>alert('{name}')</script>"""

        def badly(workload, contestant, **more):
            return point(bad(workload), contestant, series=f"{bad('series')}:1", question=bad("question"),
                         chart={"caption": bad("caption"), "panels": ["cpu"]}, title=bad("title"), **more)

        text = self.write(
            badly("workload", bad("contestant"), limiter=bad("limiter"),
                  ceilings=[{"label": bad("ceiling"), "rate": 2000.0}]),
            badly("workload", "asio_loop", valid=False, reasons=[bad("reason")], position=1),
            left_out(bad("workload"), bad("absent"), reason=bad("missing")),
            left_out(bad("workload"), "asio_loop", "limit", bad("limit"), x=99),
            environment={**ENVIRONMENT, "cpu_model": bad("machine"), bad("key"): bad("value"),
                         "limits": {bad("limit_key"): bad("limit_value")},
                         "claims": {"mine": [{"guide": bad("guide"), "source": "guide", "quote": bad("quote"),
                                              "metric": "cpu", "of": "asio_loop", "versus": "asio_threads",
                                              "expect": "lower", "threshold": 0.9}]}})
        page = Page(text)
        self.assertEqual((page.open, page.bad, page.tags["script"]), ([], [], 1 + len(report.SCRIPTS)))
        seen = "\n".join([*page.texts, *page.attributes])
        for name in ("workload", "contestant", "series", "question", "caption", "limiter", "ceiling", "reason", "absent",
                     "missing", "limit", "machine", "key", "value", "limit_key", "limit_value", "guide", "quote"):
            self.assertIn(bad(name), seen)

    def test_without_environment_or_points_it_says_so(self):
        text = self.write(left_out(), point(workload="delay"), environment=None)
        for expected in ("nothing was measured", "no environment.json"):
            self.assertIn(expected, text)

    def test_question_and_caption_when_the_points_carry_them(self):
        record = {**point(), "question": "Who waits?", "chart": {"caption": "Look at the right end."}}
        text = self.write(record)
        self.assertIn(">Who waits?</p>", text)
        self.assertIn(">Look at the right end.</p>", text)

    def test_the_table_on_a_pipe_has_no_colours(self):
        write(self.folder, [point(), point(contestant="asio_loop", position=1, cpu=10.0)])
        done = tvl_results.run("report", "--table", self.folder)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("0.50x", done.stdout)
        self.assertNotIn("\033", done.stdout)

    def test_bad_input_is_one_line_and_exit_2(self):
        write(self.folder, [point()])
        with open(f"{self.folder}/environment.json", "w", encoding="utf-8") as file:
            file.write("{")
        done = tvl_results.run("report", self.folder)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"^report: .*environment.json: not JSON\n$")
        with open(f"{self.folder}/environment.json", "w", encoding="utf-8") as file:
            file.write('{"schema": 2}')
        done = tvl_results.run("report", self.folder)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"^report: .*environment.json: schema 2, this program reads schema 1\n$")
