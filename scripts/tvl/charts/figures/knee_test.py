from matplotlib import pyplot as plt

from tvl.charts import style
from tvl.charts.figures import knee
from tvl.testing import synthetic_failures
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point


def at_share(percent, slo="p99=10ms", rate=1000, **more):
    return point("hockey_stick", x=percent, rate=rate * percent / 100, chart={"x": "percent_of_knee"},
                 knee={"rate": rate, "slo": slo, "percent": percent}, **more)


class Knee(Folder):
    def drawn(self, *records):
        workload = self.load_one(*records)
        with plt.rc_context(style.SETTINGS):
            figure = knee.figure(workload, style.line_styles([workload]))
        if figure:
            self.addCleanup(plt.close, figure)
        return figure

    def test_a_line_over_the_rate_for_each_its_knee_and_the_limit(self):
        (axes,) = self.drawn(*synthetic_failures.hockey_stick()).axes
        said = {text.get_text() for text in axes.texts}
        self.assertEqual(said, {"limit: p99=10ms", *(f"{name}: knee {rate:,}/s" for name, rate in
                                                     synthetic_failures.KNEE.items())})
        ends = {tuple(line.get_xdata())[-1] for line in axes.lines if len(line.get_xdata()) == 8}
        self.assertEqual(ends, {1.2 * rate for rate in synthetic_failures.KNEE.values()})

    def test_invalid_points_are_hollow_and_in_the_line(self):
        workload = self.load_one(at_share(50), at_share(120, valid=False))
        self.assertEqual(knee.stick(workload, "asio_threads", workload.points, 1000), [(500, 2.0)])
        self.assertEqual(knee.stick(workload, "asio_threads", workload.invalid, 1000), [(1200, 2.0)])
        (axes,) = self.drawn(at_share(50), at_share(120, valid=False)).axes
        self.assertIn([500, 1200], [list(line.get_xdata()) for line in axes.lines])

    def test_knees_of_repetitions_differ_and_points_are_at_shares_of_their_median(self):
        records = [at_share(percent, rate=rate, repetition=i, valid=(percent, i) != (50, 0))
                   for percent in (50, 100) for i, rate in enumerate((700, 1000, 1200))]
        (axes,) = self.drawn(*records).axes
        lines = [list(line.get_xdata()) for line in axes.lines if line.get_marker() == "None"]
        self.assertIn([500, 1000], lines)
        hollow = [list(line.get_xdata()) for line in axes.lines if line.get_markerfacecolor() == style.PAPER]
        self.assertEqual(hollow, [[500]])

    def test_the_limit_in_milliseconds(self):
        said = [knee.objective(self.load_one(at_share(50, slo))) for slo in
                ("p99=10ms", "p99=500us", "p99=1.5s", "p999=1ms", None)]
        self.assertEqual(said, [("p99=10ms", 10), ("p99=500us", 0.5), ("p99=1.5s", 1500), ("p999=1ms", None),
                                ("", None)])

    def test_without_a_response_time_there_is_still_a_chart(self):
        self.assertIsNotNone(self.drawn(at_share(50, p99=None)))

    def test_no_knee_no_chart(self):
        self.assertIsNone(self.drawn(point()))
        self.assertIsNone(self.drawn(at_share(50) | {"chart": {"x": "connections"}}))
