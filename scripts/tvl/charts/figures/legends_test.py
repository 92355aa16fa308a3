from tvl.charts import style
from tvl.charts.figures import legends
from tvl.data import metrics
from tvl.testing import synthetic_contestants, synthetic_waits
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point


class Legends(Folder):
    def said(self, records, *shown):
        workload = self.load_one(*records)
        return [text for _, text in legends.entries(workload, style.line_styles([workload]), shown)]

    def test_a_shared_series_is_contestants_and_values_apart(self):
        said = self.said(synthetic_waits.trap(percents=(0.1, 1)), metrics.P99)
        self.assertEqual([text.partition(":")[0] for text in said],
                         [*synthetic_waits.MODELS, "interfering block", "interfering offload"])

    def test_where_each_has_a_row_there_are_marks_without_lines_and_no_values(self):
        workload = self.load_one(*synthetic_waits.trap(percents=(1,)))
        found = legends.lines(workload, style.line_styles([workload]))
        self.assertEqual([text.partition(":")[0] for _, text in found], list(synthetic_waits.MODELS))
        self.assertEqual({handle.get_linestyle() for handle, _ in found}, {"None"})

    def test_a_series_of_one_contestant_is_a_line_each(self):
        said = self.said(synthetic_contestants.matrix(), metrics.P99)
        self.assertEqual(said, [f"asio_prefork threads:{t}" for t in (1, 4, 16, 64)] + ["asio_loops"])

    def test_a_value_is_a_line_that_no_contestant_has_the_colour_of(self):
        workload = self.load_one(*synthetic_waits.trap(percents=(0.1, 1)))
        line_styles = style.line_styles([workload])
        block, offload = [handle for handle, text in legends.lines(workload, line_styles) if text.startswith("interfering ")]
        self.assertEqual({block.get_color(), offload.get_color()}, {style.GREY})
        self.assertNotEqual(block.get_linestyle(), offload.get_linestyle())

    def test_the_limiter_if_it_was_not_the_server(self):
        for limiters, expected in ((("generator",), "at least: generator-limited"),
                                   (("services",), "at least: services-limited"),
                                   (("generator", "services"), "at least: generator or services-limited")):
            records = [point(x=x, limiter=limiter) for x, limiter in enumerate(limiters)]
            self.assertEqual(self.said(records, metrics.THROUGHPUT)[-1], expected)
            self.assertNotIn(expected, self.said(records, metrics.P99))

    def test_an_invalid_value_is_named_where_a_panel_shows_it(self):
        late = point(repetition=1, valid=False, reasons=[{"code": "generator-late", "text": "late"}])
        hollow = "a repetition that is invalid, in no median or ratio"
        self.assertIn(hollow, self.said([point(), late], metrics.P99))
        self.assertNotIn(hollow, self.said([point(), late], metrics.CPU))

    def test_a_failure_is_named_whatever_is_shown(self):
        self.assertEqual(self.said([point(requests={"ok": 0})], metrics.MEMORY)[-1],
                         "answered nothing: asio_threads at 64")

    def test_what_arithmetic_expects_is_in_the_panel_of_the_median_only(self):
        for shown, there in ((metrics.P50, True), (metrics.P99, False)):
            said = self.said(synthetic_waits.gather(), shown)
            self.assertEqual("expected: the calculated value" in said, there)
