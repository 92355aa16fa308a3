from matplotlib import pyplot as plt
from matplotlib.colors import to_hex

from tvl.charts import style
from tvl.charts.figures import panel
from tvl.data import metrics
from tvl.testing import synthetic_failures, synthetic_own, synthetic_waits
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import left_out, point

LATE = {"valid": False, "reasons": [{"code": "generator-late", "text": "late"}]}


class Rows(Folder):
    def axes(self, *records, metric=metrics.P99):
        workload = self.load_one(*records)
        figure, axes = plt.subplots(figsize=(5, 4))
        self.addCleanup(plt.close, figure)
        panel.draw(axes, workload, metric, style.line_styles([workload]))
        return axes

    def names(self, axes):
        """Top to bottom; an axis that points down has its first row at the top."""
        self.assertGreater(*axes.get_ylim())
        return [label.get_text() for label in axes.get_yticklabels()]

    def texts(self, axes):
        return {text.get_text(): text for text in axes.texts}

    def whiskers(self, axes):
        return [list(line.get_xdata()) for line in axes.lines if line.get_marker() == "None"]

    def marks(self, axes):
        return [line for line in axes.lines if line.get_marker() not in ("None", "|")]

    def test_the_best_is_at_the_top_whichever_direction_is_better(self):
        records = synthetic_own.one_size()
        for metric in (metrics.CPU, metrics.THROUGHPUT):
            names = self.names(self.axes(*records, metric=metric))
            self.assertEqual(len(names), 18)
            self.assertEqual((names[0], names[-1]), (synthetic_own.BEST, "django_gunicorn"))

    def test_names_do_not_cover_each_other_and_long_ones_keep_both_ends(self):
        axes = self.axes(*synthetic_own.one_size())
        self.assertIn("my_application…ehind_haproxy", self.names(axes))
        boxes = sorted((text.get_window_extent().y0, text.get_window_extent().y1) for text in axes.get_yticklabels())
        for (_, top), (bottom, _) in zip(boxes, boxes[1:]):
            self.assertLessEqual(top, bottom + 1)

    def test_a_whisker_from_the_smallest_to_the_largest_and_a_dot_for_each(self):
        axes = self.axes(*[point(repetition=i, p99=p99) for i, p99 in enumerate((1000.0, 3000.0, 9000.0))])
        self.assertEqual(self.whiskers(axes), [[1, 9]])
        self.assertEqual([x for x, _ in axes.collections[0].get_offsets()], [1, 3, 9])
        self.assertEqual([list(mark.get_xdata()) for mark in self.marks(axes)], [[3]])
        self.assertEqual(self.whiskers(self.axes(point())), [])

    def test_values_of_a_shared_series_have_their_whole_names(self):
        axes = self.axes(*synthetic_waits.trap(("asio_threads", "asio_loop"), (1,)))
        self.assertEqual(len(set(self.names(axes))), 4)

    def test_what_is_spoilt_is_hollow(self):
        axes = self.axes(point(), point(repetition=1, p99=9000.0, **LATE), point(repetition=2, p99=2000.0))
        hollow = axes.collections[-1]
        self.assertEqual([list(place) for place in hollow.get_offsets()], [[9.0, 0]])
        self.assertEqual(to_hex(hollow.get_facecolor()[0]), style.PAPER)

    def test_a_failure_is_an_x_at_the_worse_end_and_its_median_is_faint(self):
        missed = point(contestant="asio_loop", position=1, reasons=[{"code": "rate-not-met", "text": "answered 90 %"}])
        for metric, end in ((metrics.P99, 1), (metrics.THROUGHPUT, 0)):
            axes = self.axes(point(), missed, metric=metric)
            self.assertEqual(self.texts(axes)["×"].xy[0], end)
            self.assertEqual([mark.get_alpha() for mark in self.marks(axes)].count(0.35), 1)

    def test_what_was_not_measured_is_said_in_its_row(self):
        axes = self.axes(point(cpu=None, position=1), point(contestant="asio_loop"), metric=metrics.CPU)
        self.assertEqual(self.names(axes), ["asio_loop", "asio_threads"])
        self.assertEqual(self.texts(axes)["n/a"].xy, (0, 1))

    def test_a_lower_bound_and_a_limit_are_noted(self):
        limit = left_out(contestant="asio_threads", status="limit", reason="pid_max is 7", x=1000)
        said = self.texts(self.axes(point(limiter="generator"), limit, metric=metrics.THROUGHPUT))
        self.assertIn("↑, limit: pid_max", said)

    def test_those_that_never_recovered_are_below_all_others_and_say_so(self):
        axes = self.axes(*synthetic_failures.spike(), metric=metrics.RECOVERY)
        self.assertEqual(self.names(axes)[-1], "asio_pool")
        self.assertIn("↑, not recovered in 3 of 3 repetitions", self.texts(axes))
        axes = self.axes(*synthetic_failures.overload(), metric=metrics.RECOVERY)
        self.assertEqual(self.names(axes)[-1], "asio_pool")

    def test_ceilings_are_lines_across_the_rows(self):
        axes = self.axes(point(ceilings=[{"label": "connections / delay", "rate": 1100.0}]), metric=metrics.THROUGHPUT)
        self.assertIn("ceiling: connections / delay", self.texts(axes))
        self.assertEqual(self.whiskers(axes), [[1100.0, 1100.0]])

    def test_the_user_part_of_memory(self):
        axes = self.axes(point(), metric=metrics.MEMORY)
        self.assertEqual([list(line.get_xdata()) for line in axes.lines if line.get_marker() == "|"], [[4]])
