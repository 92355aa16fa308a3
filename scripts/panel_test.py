import unittest

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402  the backend has to be chosen first

import metrics  # noqa: E402
import panel  # noqa: E402
import style  # noqa: E402
import synthetic_waits  # noqa: E402
from points_test import Folder  # noqa: E402
from synthetic_points import point  # noqa: E402


class Panel(Folder):
    def axes(self, *records):
        workload = self.load_one(*records)
        figure, axes = plt.subplots()
        self.addCleanup(plt.close, figure)
        panel.draw(axes, workload, metrics.P99, style.looks([workload]))
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


if __name__ == "__main__":
    unittest.main()
