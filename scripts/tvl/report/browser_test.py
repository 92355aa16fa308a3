"""report.html in a headless Chromium: content, controls, layout and accessibility."""

import base64
import itertools
import os
import sys
import tempfile
import unittest

from tvl import ROOT
from tvl.report import page as report
from tvl.testing import chromium, synthetic_failures, synthetic_contestants
from tvl.testing.synthetic_points import left_out, point, write

HERE = os.path.dirname(os.path.abspath(__file__))
WIDTHS = (360, 1600)
BUSY = "others took 9 % of the CPU time"
DRAWN_SVG = '<svg viewBox="0 0 10 10"><text x="1" y="5">stalls</text></svg>'

# Resolves two frames later, when the page has drawn.
SETTLE = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
BOXES = """(elements) => elements.map((one) => [one, one.getBoundingClientRect()])
  .filter(([one, box]) => box.width && box.height && getComputedStyle(one).visibility === "visible")
  .map(([one, box]) => [(one.textContent || one.id).slice(0, 40), box.left, box.top, box.right, box.bottom])"""


def run_of_everything(folder):
    """A run with each kind of chart and table: few and many lines, one size, series, invalid and left-out points."""
    charts = {"panels": ["throughput", "p99", "cpu", "memory"], "caption": "Look at the right end."}
    ceiling = [{"label": "connections / delay", "rate": 1100.0}]
    points = [point(contestant=name, x=x, repetition=i, position=p, throughput=900.0 + 60 * i, p99=30.0 * x ** (1 + p),
                    cpu=20.0 - 9 * p + i, chart=charts, question="Who waits?", ceilings=ceiling,
                    valid=(p, x, i) != (1, 256, 2), reasons=[BUSY] if (p, x, i) == (1, 256, 2) else ())
              for x in (1, 8, 64, 256, 4096) for i in range(3) for p, name in enumerate(("asio_threads", "asio_loop"))]
    days = synthetic_failures.long_lived() + synthetic_failures.overload()
    limit = left_out(contestant="asio_threads", status="limit", reason="20000 descriptors", x=10000)
    write(folder, [*points, left_out(), limit, *days, *synthetic_contestants.models(), *synthetic_contestants.matrix()])
    os.makedirs(os.path.join(folder, "charts", "panels"))
    for name in ("connections.trace", "matrix", "panels/connections-cpu"):
        with open(os.path.join(folder, "charts", f"{name}.svg"), "w", encoding="utf-8") as file:
            file.write(DRAWN_SVG)
    return report.write(folder)


def overlapping(boxes, slack=1):
    """Pairs of names whose boxes share more than `slack` pixels in both directions."""
    return [(a[0], b[0]) for a, b in itertools.combinations(boxes, 2)
            if min(a[3], b[3]) - max(a[1], b[1]) > slack and min(a[4], b[4]) - max(a[2], b[2]) > slack]


def setUpModule():
    """One browser and one report for all tests."""
    if not chromium.IS_HERE:
        print("skipped: no Chromium here, scripts/setup --browser installs it", file=sys.stderr)
        raise unittest.SkipTest("no Chromium")
    PageTest.folder = unittest.enterModuleContext(tempfile.TemporaryDirectory())
    PageTest.browser = unittest.enterModuleContext(chromium.Browser())
    PageTest.url = "file://" + run_of_everything(PageTest.folder)


class PageTest(unittest.TestCase):
    folder = browser = url = None  # of setUpModule

    def open(self, width=1200, **options):
        page = self.browser.open(self.url, width, **options)
        self.addCleanup(page.close)
        return page

    def drawn(self, width=1200, **options):
        """With every chart, as for printing."""
        page = self.open(width, **options)
        page.run("dispatchEvent(new Event('beforeprint'))")
        page.run(SETTLE)
        return page

    def boxes(self, page, elements):
        return page.run(f"({BOXES})([...{elements}])")

    def rows(self, page, column):
        """What that column of the first table shows, top to bottom."""
        return page.run("[...document.querySelector('#connections table.numbers').tBodies[0].rows]"
                        f".filter((row) => row.checkVisibility()).map((row) => row.cells[{column}]?.dataset.value)")


class Loading(PageTest):
    def test_it_logs_nothing_and_requests_nothing(self):
        for width, dark in itertools.product(WIDTHS, (False, True)):
            page = self.drawn(width, dark=dark)
            self.assertEqual((page.complaints(), page.requests()), ([], []))

    def test_what_is_wrong_with_a_page_is_seen(self):
        path = os.path.join(self.folder, "bad.html")
        with open(path, "w", encoding="utf-8") as file:
            file.write("<img src=missing.png><script>console.error('one'); throw Error('two')</script>")
        page = self.browser.open(f"file://{path}")
        self.addCleanup(page.close)
        self.assertRegex(" ".join(page.complaints()), "one.*two")
        self.assertEqual([os.path.basename(url) for url in page.requests()], ["missing.png"])

    def test_its_policy_forbids_what_it_might_fetch(self):
        page = self.open()
        self.assertEqual(page.run("fetch('http://127.0.0.1:9/').catch(() => 'refused')"), "refused")
        self.assertIn("Content Security Policy", " ".join(page.complaints()))

    def test_charts_are_drawn_when_they_are_looked_at(self):
        page = self.open()
        page.run(SETTLE)
        far = "document.querySelectorAll('#models-rate-2000 .chart svg').length"
        self.assertEqual(page.run(far), 0)
        page.run("document.getElementById('models-rate-2000').scrollIntoView()")
        page.run(f"(async () => {{ while (!({far})) await {SETTLE}; }})()")
        self.assertGreater(page.run(far), 0)

    def test_the_reference_run(self):
        folder = os.path.join(ROOT, "results", "reference")
        if not os.path.exists(os.path.join(folder, "points.jsonl")):
            self.skipTest("no results/reference")
        workloads = report.points.load(folder)
        path = os.path.join(self.folder, "reference.html")
        with open(path, "w", encoding="utf-8") as file:
            file.write(report.page(folder, workloads, report.environment.load(folder), []))
        self.assertLess(os.path.getsize(path), 5e6)
        page = self.browser.open(f"file://{path}")
        self.addCleanup(page.close)
        milliseconds = page.run("performance.getEntriesByType('navigation')[0].loadEventEnd")
        print(f"reference run: {os.path.getsize(path) / 1e6:.1f} MB, loaded in {milliseconds:.0f} ms", file=sys.stderr)
        self.assertEqual((page.complaints(), page.requests()), ([], []))


class Reading(PageTest):
    def test_findings_come_first_and_then_each_workload(self):
        page = self.open()
        sections = page.run("[...document.querySelectorAll('main > section')].map((one) => one.id)")
        self.assertEqual(sections, ["findings", "claims", "matrix", "connections", "long_lived", "overload",
                                    "models-rate-2000", "models-rate-saturation", "processes_by_threads", "conditions",
                                    "caveats", "data"])

    def test_every_panel_has_its_lines_markers_and_intervals(self):
        page = self.drawn()
        counts = page.run("""[...document.querySelectorAll("#connections figure")].map((one) =>
            ["g.line path", "g.point *", "g.hollow *", "[data-mark=rule] line", "g.single circle"]
            .map((what) => one.querySelectorAll(what).length))""")
        # two lines; a marker at five sizes each; one invalid repetition; whiskers; three repetitions each, two of one;
        # the axis is a rule too
        self.assertEqual(counts, [[2, 10, 1, 11, 29]] * 4)

    def test_the_pointer_brings_up_the_numbers_and_the_reason(self):
        page = self.drawn()
        said = self.hover(page, "#connections-cpu g.point :nth-child(3)")
        self.assertIn("asio_threads", said)
        self.assertRegex(said, "connections: 64.*21.0 µs.*20.0 to 22.0 in 3 repetitions")
        self.assertIn("no more: 20000 descriptors", self.hover(page, "#connections-cpu g.point :nth-child(5)"))
        self.assertIn(f"dropped: {BUSY}", self.hover(page, "#connections-cpu g.hollow *"))

    def test_what_the_pointer_brings_up_is_dark_on_a_dark_page(self):
        page = self.drawn(dark=True)
        self.hover(page, "#connections-cpu g.point *")
        style = "getComputedStyle(document.querySelector('#connections-cpu [data-mark=tip] {}')).fill"
        self.assertEqual(page.run(style.format("path")), "rgb(20, 23, 28)")
        self.assertEqual(page.run(style.format("text")), "rgb(227, 231, 236)")

    def hover(self, page, selector):
        x, y = page.run(f"""(() => {{ const one = document.querySelector("{selector}"); one.scrollIntoView(
            {{block: "center"}}); const box = one.getBoundingClientRect(); return [box.x + box.width / 2,
            box.y + box.height / 2]; }})()""")
        for step in (3, 0):  # a pointer that does not move enters nothing
            page.call("Input.dispatchMouseEvent", type="mouseMoved", x=x + step, y=y)
        page.run(SETTLE)
        return page.run(f"""document.querySelector("{selector}").closest("svg")
            .querySelector("[data-mark=tip]").textContent""")

    def test_one_size_alone_is_drawn_by_contestant(self):
        page = self.drawn()
        names = page.run("[...document.querySelectorAll('#overload-recovery [data-mark=\"y-axis tick label\"] text')]"
                         ".map((one) => one.textContent)")
        self.assertEqual(names, ["asio_threads", "asio_loop", "asio_pool"])
        self.assertIn("↑", page.run("document.getElementById('overload-recovery').textContent"))

    def test_without_scripts_there_are_pictures(self):
        page = self.browser.open("about:blank")
        self.addCleanup(page.close)
        page.call("Emulation.setScriptExecutionDisabled", value=True)
        page.go(self.url)
        self.assertEqual([os.path.basename(url) for url in page.requests()], ["connections-cpu.svg"])
        self.assertEqual(page.events("Network.loadingFailed"), [])

    def test_print_has_every_chart_on_white_paper(self):
        page = self.open(dark=True)
        page.run("document.documentElement.dataset.theme = 'dark'")
        page.call("Emulation.setEmulatedMedia", media="print")
        self.assertEqual(page.run("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")
        printed = base64.b64decode(page.call("Page.printToPDF")["data"])
        self.assertTrue(printed.startswith(b"%PDF"))
        self.assertEqual(page.run("document.querySelectorAll('.chart:not(:has(svg))').length"), 0)


class Acting(PageTest):
    def test_a_column_sorts_both_ways_and_what_has_no_number_stays_last(self):
        page = self.open()
        press = "document.querySelectorAll('#connections thead button')[{}].click()"
        page.run(press.format(4))  # CPU
        up = self.rows(page, 4)
        page.run(press.format(4))
        down = self.rows(page, 4)
        self.assertEqual((up[-2:], down[-2:]), ([None, None], [None, None]))
        self.assertEqual(up[:-2], sorted(up[:-2], key=float))
        self.assertEqual(down[:-2], up[-3::-1])
        self.assertNotEqual(up, down)
        self.assertEqual(page.run("document.querySelectorAll('#connections th')[4].ariaSort"), "descending")
        page.run(press.format(1))
        self.assertEqual(self.rows(page, 1), sorted(self.rows(page, 1)))

    def test_a_contestant_is_hidden_everywhere_and_comes_back(self):
        page = self.drawn()
        lines = "document.querySelectorAll('#connections-cpu g.line path').length"
        before = self.rows(page, 1)
        page.run("document.querySelector('#connections-legend button').click()")
        self.assertEqual(set(self.rows(page, 1)), {"asio_loop", "nginx"})
        self.assertEqual(page.run(lines), 1)
        self.assertFalse(page.run("document.querySelector('input[data-contestant=asio_threads]').checked"))
        self.assertEqual(page.run("""document.querySelector("#long_lived-legend [data-contestant=asio_threads]")
            .ariaPressed"""), "false")
        page.run("document.querySelector('input[data-contestant=asio_threads]').click()")
        self.assertEqual((self.rows(page, 1), page.run(lines)), (before, 2))
        page.run("document.getElementById('show-none').click()")
        self.assertEqual(self.rows(page, 1), [])
        self.assertIn("nothing to draw", page.run("document.getElementById('connections-cpu').textContent"))
        page.run("document.getElementById('show-all').click()")
        self.assertEqual(self.rows(page, 1), before)

    def test_axes_switch_one_by_one_and_all_at_once(self):
        page = self.drawn()
        ticks = """[...document.querySelectorAll("#connections-p99 [data-mark='y-axis tick label'] text")]
                   .map((one) => one.textContent)"""
        kinds = "[...new Set([...document.querySelectorAll('button.scale:enabled')].map((one) => one.textContent))]"
        self.assertEqual(page.run(ticks), ["0.1", "1", "10", "100", "1k", "10k", "100k"])
        page.run("document.querySelector('#connections-p99 button.scale').click()")
        self.assertEqual(page.run(ticks), ["0", "100k", "200k", "300k", "400k", "500k"])
        choose = """(() => { const all = document.getElementById("scales"); all.value = "%s";
                    all.dispatchEvent(new Event("change")); })()"""
        for value, kind in (("log", ["axis: log"]), ("linear", ["axis: linear"])):
            page.run(choose % value)
            self.assertEqual(page.run(kinds), kind)
        page.run(choose % "")
        self.assertEqual(sorted(page.run(kinds)), ["axis: linear", "axis: log"])

    def test_light_and_dark_by_system_and_by_choice(self):
        paper = "getComputedStyle(document.body).backgroundColor"
        line = """[...Array(20).keys()].map((i) =>
            getComputedStyle(document.documentElement).getPropertyValue(`--line-${i}`)).join()"""
        for dark in (False, True):
            page = self.open(dark=dark)
            first = page.run(paper), page.run(line)
            page.run("document.getElementById('theme').click()")
            second = page.run(paper), page.run(line)
            self.assertEqual((first, second)[not dark][0], "rgb(20, 23, 28)")
            self.assertEqual((first, second)[dark][0], "rgb(255, 255, 255)")
            self.assertNotEqual(first[1], second[1])

    def test_a_table_is_saved_as_it_is_shown(self):
        page = self.open()
        page.run("document.querySelector('#connections-legend button').click()")
        page.run("URL.createObjectURL = (blob) => { saved = blob; return 'blob:none'; }; var saved; 0")
        page.run("document.querySelector('#connections button.save').click()")
        lines = page.run("saved.text()").splitlines()
        self.assertRegex(lines[0], '^"conns","contestant","replies/s"')
        self.assertEqual([line.split(",")[:2] for line in lines[1:]],
                         [[f'"{x}"', '"asio_loop"'] for x in (1, 8, 64, 256, 4096)] + [['"all"', '"nginx"']])


class Layout(PageTest):
    def test_nothing_leaves_the_page_sideways(self):
        for width in WIDTHS:
            page = self.drawn(width)
            page.run("document.querySelector('#contestants input').click()")  # 'all' is shorter than '16 of 17'
            self.assertEqual(page.run("document.documentElement.scrollWidth"), width)
            boxes = self.boxes(page, "document.querySelectorAll('main *:not(.wide *, .still *)')")
            self.assertEqual([box for box in boxes if box[1] < -1 or box[3] > width + 1], [])

    def test_blocks_do_not_overlap(self):
        for width in WIDTHS:
            page = self.drawn(width)
            for blocks in ("main > *", ".claims > li", "figure", ".legend > button", "nav a", ".tools > *",
                           "#connections > *", "figcaption > *"):
                boxes = self.boxes(page, f"document.querySelectorAll('{blocks}')")
                self.assertEqual(overlapping(boxes), [], f"{blocks} at {width}")

    def test_words_in_a_chart_do_not_overlap_and_stay_inside(self):
        for width in WIDTHS:
            page = self.drawn(width)
            for place in page.run("[...document.querySelectorAll('figure')].map((one) => one.id)"):
                figure = f"document.getElementById('{place}')"
                # A sign stands on its point, wherever that is.
                words = self.boxes(page, f"{figure}.querySelectorAll('svg g:not(.sign) > text')")
                (_, left, top, right, bottom), = self.boxes(page, f"[{figure}]")
                self.assertGreater(len(words), 3, place)
                self.assertEqual(overlapping(words), [], f"{place} at {width}")
                self.assertEqual([word for word in words if word[1] < left - 2 or word[3] > right + 2 or
                                  word[2] < top - 2 or word[4] > bottom + 2], [], f"{place} at {width}")

    def test_overlap_is_seen(self):
        first, second, third = ("a", 0, 0, 10, 10), ("b", 8, 8, 20, 20), ("c", 10, 0, 20, 8)
        self.assertEqual(overlapping([first, second, third]), [("a", "b")])


class Accessibility(PageTest):
    def test_axe_finds_nothing(self):
        with open(os.path.join(HERE, "vendor", "axe.min.js"), encoding="utf-8") as file:
            axe = file.read()
        for width, dark in itertools.product(WIDTHS, (False, True)):
            page = self.drawn(width, dark=dark)
            page.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            page.run(f"{axe}; 0")
            found = page.run("""axe.run().then(({violations, passes}) => ({passes: passes.length, violations:
                violations.map(({id, nodes}) => [id, nodes.length, nodes[0].html.slice(0, 160)])}))""")
            self.assertEqual(found["violations"], [], f"at {width}, dark: {dark}")
            self.assertGreater(found["passes"], 15)

    def test_a_keyboard_reaches_every_control(self):
        page = self.open()
        without = page.run("""[...document.querySelectorAll("button, select, input, a, summary, [tabindex]")]
            .filter((one) => one.checkVisibility({visibilityProperty: true}) && one.tabIndex < 0).length""")
        self.assertEqual(without, 0)
        page.run("document.querySelector('summary').focus(); document.querySelector('summary').click()")
        page.call("Input.dispatchKeyEvent", type="keyDown", key="Escape")
        self.assertFalse(page.run("document.querySelector('details.filter').open"))
