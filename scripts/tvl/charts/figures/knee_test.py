from matplotlib import pyplot as plt
from matplotlib.collections import PolyCollection

from tvl.charts import style
from tvl.charts.figures import knee
from tvl.testing import synthetic_failures
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point

MISSED = {"valid": False, "reasons": [synthetic_failures.missed(90)]}


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

    def legend(self, figure):
        (found,) = figure.legends
        return [text.get_text() for text in found.get_texts()]

    def ticks(self, axes):
        return [list(line.get_xdata()) for line in axes.lines if line.get_marker() == "|"]

    def test_a_line_a_band_and_a_legend_for_each_and_the_limit(self):
        figure = self.drawn(*synthetic_failures.hockey_stick())
        (axes,) = figure.axes
        self.assertIn("limit: p99=10ms", {text.get_text() for text in axes.texts})
        lines = [line for line in axes.lines if line.get_marker() != "|" and len(line.get_xdata()) == 6]
        self.assertEqual(len(lines), 5)
        self.assertEqual(len(axes.collections), 5 * 3)  # band, repetitions, invalid ones
        said = self.legend(figure)
        self.assertEqual([text.partition(":")[0] for text in said[:5]], list(synthetic_failures.KNEE))
        self.assertRegex(said[1].replace("\n", " "),
                         r"asio_loop: knees 3\d,\d{3} to 3\d,\d{3}/s over the repetitions; p99 there 3.\d+ to 4.\d+ ms")
        self.assertIn("missed the rate: asio_threads at 110, 120; asio_loop at 110, 120;", said[-1].replace("\n", " "))

    def test_each_repetition_has_its_knee_and_the_median_is_not_drawn_as_one(self):
        records = [at_share(percent, rate=rate, repetition=i, p99=1000.0 * percent)
                   for percent in (50, 100) for i, rate in enumerate((700, 1000, 1200))]
        figure = self.drawn(*records)
        (axes,) = figure.axes
        self.assertEqual(self.ticks(axes), [[700, 1000, 1200]])
        self.assertEqual([line for line in axes.lines if line.get_linestyle() == ":"], [])
        self.assertIn("knees 700 to 1,200/s over the repetitions; p99 there 100 to 100 ms",
                      self.legend(figure)[0].replace("\n", " "))

    def test_a_knee_that_was_searched_once_is_said_to_be(self):
        figure = self.drawn(*[at_share(100, repetition=i, p99=2000.0 * (i + 1)) for i in range(3)])
        self.assertEqual(self.ticks(figure.axes[0]), [[1000]])
        self.assertIn("knee 1,000/s, one for all repetitions; p99 there 2.00 to 6.00 ms",
                      self.legend(figure)[0].replace("\n", " "))

    def test_points_are_where_each_repetition_was_offered_its_rate_and_medians_at_the_median(self):
        records = [at_share(50, rate=rate, repetition=i) for i, rate in enumerate((700, 1000, 1200))]
        seen = knee.stick(self.load_one(*records), "asio_threads")[50]
        self.assertEqual((seen.rate, [rate for rate, _ in seen.single]), (500, [350, 500, 600]))
        self.assertEqual(seen.p99, (2.0, 2.0, 2.0, 3, 0))

    def test_invalid_points_are_hollow_and_not_in_the_line(self):
        records = [at_share(50), at_share(120), at_share(120, repetition=1, p99=9000.0, **MISSED)]
        seen = knee.stick(self.load_one(*records), "asio_threads")
        self.assertEqual((seen[120].single, seen[120].spoilt), (((1200, 2.0),), ((1200, 9.0),)))
        (axes,) = self.drawn(*records).axes
        hollow = axes.collections[-1]
        self.assertEqual([list(place) for place in hollow.get_offsets()], [[1200, 9.0]])
        self.assertGreater(hollow.get_zorder(), axes.lines[0].get_zorder())
        self.assertEqual(list(axes.lines[0].get_ydata()), [2.0, 2.0])

    def test_a_failure_is_marked_even_without_a_response_time(self):
        (axes,) = self.drawn(at_share(50), at_share(120, p99=None, **MISSED)).axes
        (mark,) = [text for text in axes.texts if text.get_text() == "×"]
        self.assertEqual(mark.xy, (1200, 1))

    def test_of_one_repetition_there_is_no_band(self):
        (axes,) = self.drawn(at_share(50), at_share(100)).axes
        bands = [drawn for drawn in axes.collections if isinstance(drawn, PolyCollection)]
        self.assertEqual([list(band.get_paths()) for band in bands], [[]])

    def test_the_limit_in_milliseconds(self):
        said = [knee.objective(self.load_one(at_share(50, slo))) for slo in
                ("p99=10ms", "p99=500us", "p99=1.5s", "p999=1ms", None)]
        self.assertEqual(said, [("p99=10ms", 10), ("p99=500us", 0.5), ("p99=1.5s", 1500), ("p999=1ms", None),
                                ("", None)])

    def test_the_axis_fits_the_data(self):
        (axes,) = self.drawn(*synthetic_failures.hockey_stick()).axes
        low, high = axes.get_ylim()
        self.assertGreater(low, 0.2)
        self.assertLess(high, 2000)
        self.assertGreater(len([tick for tick in axes.get_yticks() if low < tick < high]), 4)

    def test_without_a_response_time_or_a_limit_there_is_still_a_chart(self):
        self.assertIsNotNone(self.drawn(at_share(50, p99=None)))
        self.assertIsNotNone(self.drawn(at_share(50, slo=None)))

    def test_no_knee_no_chart(self):
        self.assertIsNone(self.drawn(point()))
        self.assertIsNone(self.drawn(at_share(50) | {"chart": {"x": "connections"}}))
