from matplotlib import pyplot as plt
from matplotlib.colors import to_hex
from matplotlib.text import Text

from tvl.charts import style
from tvl.charts.figures import panel
from tvl.charts.scales import short_name
from tvl.data import metrics
from tvl.testing import synthetic_own, synthetic_waits
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point


class Panel(Folder):
    def axes(self, *records):
        workload = self.load_one(*records)
        figure, axes = plt.subplots()
        self.addCleanup(plt.close, figure)
        panel.draw(axes, workload, metrics.P99, style.line_styles([workload]))
        return axes

    def whiskers(self, axes):
        return [line for line in axes.lines if line.get_marker() == "None" and len(set(line.get_xdata())) == 1]

    def test_one_repetition_has_neither_band_nor_whisker_nor_dot(self):
        axes = self.axes(point(x=1), point(x=8))
        self.assertEqual([path for drawn in axes.collections for path in drawn.get_paths()], [])
        self.assertEqual(self.whiskers(axes), [])

    def test_at_a_size_without_neighbours_the_range_is_a_whisker(self):
        several = [point(x=x, repetition=i, p99=1000.0 * (i + 1)) for x in (1, 8) for i in (0, 1)]
        self.assertEqual(self.whiskers(self.axes(*several)), [])
        (whisker,) = self.whiskers(self.axes(*several[:3]))  # at 8 there is one repetition
        self.assertEqual(list(whisker.get_xdata()), [1, 1])

    def test_what_is_spoilt_is_hollow_on_top_and_smaller_than_a_median(self):
        late = {"valid": False, "reasons": [{"code": "generator-late", "text": "late"}]}
        axes = self.axes(point(), point(repetition=1, p99=9000.0, **late), point(repetition=2, p99=2000.0), point(x=8))
        hollow = axes.collections[-1]
        self.assertEqual([list(place) for place in hollow.get_offsets()], [[64, 9.0]])
        self.assertEqual(to_hex(hollow.get_facecolor()[0]), style.PAPER)
        median = next(line for line in axes.lines if line.get_marker() != "None")
        self.assertGreater(hollow.get_zorder(), median.get_zorder())
        self.assertLess(hollow.get_sizes()[0], median.get_markersize() ** 2)
        self.assertEqual(list(median.get_ydata()), [2.0, 2.0])

    def test_a_failed_point_is_marked_in_every_panel_even_without_a_value(self):
        records = [point(x=x) for x in (1, 8)] + [
            point(contestant="asio_loop", position=1, x=1),
            point(contestant="asio_loop", position=1, x=8, p99=None, cpu=None, requests={"ok": 0})]
        workload = self.load_one(*records)
        for metric, edge in ((metrics.P99, 1), (metrics.CPU, 1), (metrics.MEMORY, 1), (metrics.THROUGHPUT, 0)):
            figure, axes = plt.subplots()
            self.addCleanup(plt.close, figure)
            line_styles = style.line_styles([workload])
            panel.draw(axes, workload, metric, line_styles)
            (mark,) = [text for text in axes.texts if text.get_text() == "×"]
            self.assertEqual((mark.xy, mark.get_color()), ((8, edge), line_styles["asio_loop"].color))
            self.assertLess(8, axes.get_xlim()[1])

    def test_the_median_of_what_failed_throughout_is_faint(self):
        missed = {"reasons": [{"code": "rate-not-met", "text": "answered 90 %"}]}
        faint = [line for line in self.axes(point(x=1), point(x=8, **missed)).lines if line.get_alpha() == 0.35]
        self.assertEqual([list(line.get_xdata()) for line in faint], [[8]])
        faint = [line for line in self.axes(point(x=1), point(x=8), point(x=8, repetition=1, **missed)).lines
                 if line.get_alpha() == 0.35]
        self.assertEqual(faint, [])

    def test_repetitions_of_two_contestants_at_one_x_are_side_by_side(self):
        workload = self.load_one(*[point(contestant=name, x=x, position=p)
                                   for p, name in enumerate(("asio_threads", "asio_loop")) for x in (1, 8)])
        figure, axes = plt.subplots()
        self.addCleanup(plt.close, figure)
        moved = [panel.aside(axes, workload, label).transform((0, 0))[0] for label in workload.measured]
        self.assertEqual(moved[0], -moved[1])
        self.assertNotEqual(moved[0], 0)

    def test_both_ends_have_room_for_their_marks(self):
        left, right = self.axes(*synthetic_waits.trap(("asio_threads", "asio_loop"), (0, 0.1, 1))).get_xlim()
        self.assertLess(left, 0)
        self.assertGreater(right, 1.1)

    def test_many_lines_are_named_beside_the_panel_in_the_order_of_their_ends(self):
        workload = self.load_one(*synthetic_own.sweep())
        figure, axes = plt.subplots(figsize=(6, 4))
        self.addCleanup(plt.close, figure)
        line_styles = style.line_styles([workload])
        panel.draw(axes, workload, metrics.CPU, line_styles)
        panel.name_lines(axes, workload, metrics.CPU, line_styles)
        figure.canvas.draw()  # places the texts
        named = [text for text in axes.texts if text.get_text() in {short_name(label) for label in workload.measured}]
        self.assertEqual(len(named), 18)
        boxes = sorted((box.y0, box.y1) for box in map(Text.get_window_extent, named))  # without the lines to them
        for (_, top), (bottom, _) in zip(boxes, boxes[1:]):
            self.assertLessEqual(top, bottom + 1)
        self.assertEqual(named[0].get_text(), synthetic_own.BEST)
