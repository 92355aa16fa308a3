"""What the report's script is given to draw."""

import itertools
import json
import re

from tvl.charts import style
from tvl.data import metrics, points
from tvl.report import chart_data, page, section
from tvl.testing import synthetic_contestants
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import left_out, point, write


class Numbers(Folder):
    def drawn(self, *records, metric=metrics.CPU):
        workload = self.load_one(*records)
        return chart_data.panel(workload, metric, reasons := []), reasons

    def test_a_point_is_its_median_and_range_and_every_repetition(self):
        panel, _ = self.drawn(*[point(repetition=i, cpu=cpu) for i, cpu in enumerate((20.0, 26.0, 22.123456))])
        self.assertEqual(panel["points"], [[0, 64, 22.123, 20.0, 26.0, 3, None]])
        self.assertEqual(sorted(panel["single"]), [[0, 64, 20.0], [0, 64, 22.123], [0, 64, 26.0]])

    def test_an_invalid_point_has_its_reason_once(self):
        panel, reasons = self.drawn(*[point(repetition=i, cpu=9.0 + i, valid=i == 0, reasons=["busy"] * (i > 0))
                                      for i in range(3)])
        self.assertEqual((panel["invalid"], reasons), ([[0, 64, 10.0, 0], [0, 64, 11.0, 0]], ["busy"]))
        self.assertEqual(panel["points"], [[0, 64, 9.0, 9.0, 9.0, 1, None]])

    def test_a_spoilt_figure_is_hollow_beside_the_others_of_its_point(self):
        late = point(cpu=9.0, p99=4000.0, valid=False, reasons=["requests left the generator 1420 us late (p99)"])
        panel, reasons = self.drawn(late, point(repetition=1), metric=metrics.P99)
        self.assertEqual((panel["invalid"], reasons), ([[0, 64, 4.0, 0]], [late["verdict"]["reasons"][0]]))
        panel, reasons = self.drawn(late)
        self.assertEqual((panel["points"], panel["invalid"], reasons), ([[0, 64, 9.0, 9.0, 9.0, 1, None]], [], []))

    def test_a_contestant_that_failed_has_a_mark_and_words_never_a_gap(self):
        pool = [point(repetition=i, rate=100.0, p99=None, throughput=0.0, requests={"ok": 0, "scheduled": 100},
                      chart={"panels": ["goodput", "p99"]}) for i in range(3)]
        said = "answered nothing in 3 of 3 repetitions"
        panel, _ = self.drawn(*pool, metric=metrics.P99)
        self.assertEqual((panel["points"], panel["failed"], panel["better"]), ([], [[0, 64, said]], "lower"))
        panel, _ = self.drawn(*pool, metric=metrics.GOODPUT)
        self.assertEqual((panel["points"][0][-1], panel["failed"], panel["better"]), ([["×", said]], [], "higher"))
        self.assertIn("×: failed, or some members were not reached", section.signs(self.load_one(*pool)))

    def test_what_was_not_measured_is_no_point(self):
        panel, _ = self.drawn(point(cpu=None), point(contestant="asio_loop", position=1))
        self.assertEqual([row[0] for row in panel["points"]], [1])

    def test_lower_bounds_and_limits_are_signs(self):
        records = [point(limiter="generator"),
                   left_out(contestant="asio_threads", status="limit", reason="no ports", x=99)]
        panel, _ = self.drawn(*records, metric=metrics.THROUGHPUT)
        self.assertEqual(panel["points"][0][-1], [["↑", "at least: generator-limited"], ["⊣", "no more: no ports"]])
        panel, _ = self.drawn(*records)
        self.assertEqual(panel["points"][0][-1], [["⊣", "no more: no ports"]])

    def test_what_is_extrapolated_is_left_to_matplotlib(self):
        workload = self.load_one(point(chart={"panels": ["memory", "total_memory"]}))
        self.assertEqual(chart_data.panels(workload), [metrics.MEMORY])

    def test_names_cannot_end_the_script(self):
        text = chart_data.text({"name": "</script><b>"})
        self.assertNotIn("<", text)
        self.assertEqual(json.loads(text), {"name": "</script><b>"})


class Colours(Folder):
    def test_every_line_has_a_colour_that_is_seen_on_a_dark_page(self):
        workloads = points.load(write(self.folder, synthetic_contestants.models()))
        light, dark, _ = re.findall(r"{((?: --line-\d+: #\w+;)+) }", chart_data.palette(workloads))
        line_styles = style.line_styles(workloads)
        self.assertEqual(list(dict.fromkeys(line_style.color.lower() for line_style in line_styles.values())),
                         [colour.lower() for colour in re.findall("#......", light)])
        for colour in re.findall("#......", dark):
            self.assertGreaterEqual(style.ratio(colour, chart_data.DARK_PAPER), 3)

    def test_the_style_sheet_has_the_same_dark_paper(self):
        self.assertEqual(set(re.findall(r"--paper: (#1\w+)", page.part("page.css"))), {chart_data.DARK_PAPER})

    def test_text_is_readable_in_both_themes(self):
        themes = re.findall(r"{ color-scheme: (?:light|dark);(.*?)}", page.part("page.css"), re.DOTALL)
        self.assertEqual(len(themes), 3)
        for theme in themes:
            colours = dict(re.findall(r"--(\w+): (#\w{6});", theme))
            inks = ("ink", "soft", "link", "better", "worse", "partly")
            for paper, ink in itertools.product(("paper", "band"), inks):
                self.assertGreaterEqual(style.ratio(colours[paper], colours[ink]), 4.5, f"{ink} on {paper}")
