from matplotlib import pyplot as plt

from tvl.charts import style
from tvl.charts.figures import panel
from tvl.data import metrics
from tvl.testing import synthetic_waits
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point


class Panel(Folder):
    def axes(self, *records):
        workload = self.load_one(*records)
        figure, axes = plt.subplots()
        self.addCleanup(plt.close, figure)
        panel.draw(axes, workload, metrics.P99, style.line_styles([workload]))
        return axes

    def strokes(self, axes):
        return [line for line in axes.lines if line.get_marker() == "None"]

    def test_values_of_a_shared_series_can_be_told_apart_even_at_a_single_x(self):
        records = synthetic_waits.trap(("asio_threads", "asio_loop"), (1,))
        strokes = self.strokes(self.axes(*records))
        self.assertEqual(len(strokes), 4)
        self.assertEqual(len({line.get_linestyle() for line in strokes}), 2)
        self.assertEqual(self.strokes(self.axes(point())), [])

    def test_where_there_is_a_line_it_needs_no_stroke(self):
        axes = self.axes(*synthetic_waits.trap(("asio_threads", "asio_loop"), (0, 0.1, 1)))
        self.assertEqual(self.strokes(axes), [])
        left, right = axes.get_xlim()
        self.assertLess(left, 0)  # both ends have room for their marks
        self.assertGreater(right, 1.1)

    def test_points_of_a_single_x_are_spread_evenly_around_it(self):
        axes = self.axes(*[point(contestant=name, position=p) for p, name in enumerate(("a_loop", "b_loop", "c_loop"))])
        at = [line.get_xdata()[0] for line in axes.lines]
        self.assertAlmostEqual(at[1], 64)
        self.assertAlmostEqual(at[0] * at[2], 64 * 64)
        self.assertGreater(at[1], at[0])
        self.assertEqual([label.get_text() for label in axes.get_xticklabels()], ["64"])
        self.assertEqual([line.get_xdata()[0] for line in self.axes(point()).lines], [64])
        nowhere = self.axes(point(x=0), point("connections", "b_loop", 0))
        self.assertEqual({line.get_xdata()[0] for line in nowhere.lines}, {0})
