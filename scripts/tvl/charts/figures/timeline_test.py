from matplotlib import pyplot as plt

from tvl.charts import style
from tvl.charts.figures import timeline
from tvl.testing import synthetic_failures
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point


class Timeline(Folder):
    def drawn(self, *records):
        workload = self.load_one(*records)
        with plt.rc_context(style.SETTINGS):
            figure = timeline.figure(workload, style.line_styles([workload]))
        self.addCleanup(plt.close, figure)
        return figure

    def texts(self, figure):
        return [text.get_text() for axes in figure.axes for text in axes.texts] + [t.get_text() for t in figure.texts]

    def test_rows_over_one_time_axis_with_the_time_to_recover(self):
        figure = self.drawn(*synthetic_failures.overload())
        self.assertEqual(len(figure.axes), 3 * len(timeline.ROWS))
        self.assertEqual({axes.get_xlim() for axes in figure.axes}, {(0, 20)})
        for row in range(len(timeline.ROWS)):  # one scale for all contestants
            self.assertEqual(len({axes.get_ylim() for axes in figure.axes[3 * row:3 * row + 3]}), 1)
        said = self.texts(figure)
        self.assertIn("connections 256\nrecovered after 1.40 s", said)
        self.assertIn("connections 256\nnot recovered until the end", said)
        self.assertIn("dotted line: the offered rate changes; shaded", said[-1])

    def test_what_changes_is_said(self):
        for made, expected in ((synthetic_failures.spike, "dotted line: 2,000 connections at 5 s"),
                               (synthetic_failures.reconnect_storm, "dotted line: all reconnect at 4 s")):
            said = self.texts(self.drawn(*made()))
            self.assertIn(expected, said[-1])
            self.assertTrue(any("all served after" in text for text in said))
        (record, *_) = synthetic_failures.overload(("asio_loop",))
        self.assertIn("dotted line: 36,000 requests/s at 4 s, 72,000 requests/s at 8 s",
                      self.texts(self.drawn(record))[-1])

    def test_not_served_until_the_end_differs_from_not_reconnecting(self):
        storm, *_ = synthetic_failures.reconnect_storm(("asio_loop",), (1000,))
        steps, *_ = synthetic_failures.overload(("asio_loop",))
        unrecovered = {"recovery": {"response_s": None, "all_served_s": None}}
        self.assertEqual([timeline.recovered(record | unrecovered) for record in (storm, steps)],
                         [["not recovered until the end", "not all served until the end"],
                          ["not recovered until the end"]])

    def test_of_each_the_first_valid_repetition_at_the_highest_x(self):
        records = synthetic_failures.reconnect_storm(("asio_loop",), (1000, 4000))
        records[-3]["verdict"]["valid"] = False
        (found,) = timeline.chosen(self.load_one(*reversed(records))).values()
        self.assertEqual((found["x"], found["repetition"]), (4000, 1))

    def test_an_invalid_one_is_shown_when_there_is_no_other_and_said_to_be(self):
        records = [record | {"verdict": {"valid": False}} for record in synthetic_failures.spike(("asio_loop",))]
        self.assertTrue(self.texts(self.drawn(*records))[0].startswith("connections 100, invalid\n"))

    def test_an_unmeasured_quantity_has_no_row(self):
        records = synthetic_failures.spike(("asio_loop",))
        for record in records:
            for row in record["timeline"]:
                row.update(rss=None, threads=None, descriptors=None)
        self.assertEqual(len(self.drawn(*records).axes), 3)

    def test_plain_runs_have_none(self):
        self.assertIsNone(self.drawn_or_none(point(timeline=[{"t": 1.0, "ok": 5}])))
        self.assertIsNone(self.drawn_or_none(point(chart={"panels": ["phases"]})))

    def drawn_or_none(self, record):
        workload = self.load_one(record)
        return timeline.figure(workload, style.line_styles([workload]))

    def test_more_contestants_than_fit_go_below(self):
        records = [point("spike", f"c{i}_loop", 64, chart={"panels": ["phases"]}, timeline=[{"t": 1.0, "ok": 5}])
                   for i in range(timeline.AT_MOST + 2)]
        figure = self.drawn(*records)
        self.assertEqual(len(figure.axes), 2 * timeline.AT_MOST)
        self.assertEqual(sum(axes.axison for axes in figure.axes), timeline.AT_MOST + 2)

    def test_a_last_row_that_is_shorter_counts_per_second(self):
        record = {"timeline": [{"t": 1.0, "ok": 50}, {"t": 1.5, "ok": 25}]}
        self.assertEqual(timeline.columns(record, timeline.RATE, timeline.RATE.lines[0]), ([0.0, 1.0, 1.5], [50.0, 50.0]))

    def test_a_long_one_is_joined_and_keeps_its_peaks(self):
        rows = [{"t": t + 1.0, "p99": 1000.0} for t in range(3 * timeline.COLUMNS_DRAWN)]
        rows[100]["p99"], rows[200]["p99"] = 9000.0, None
        edges, values = timeline.columns({"timeline": rows}, timeline.LATENCY, timeline.LATENCY.lines[0])
        self.assertEqual((len(edges), len(values)), (timeline.COLUMNS_DRAWN + 1, timeline.COLUMNS_DRAWN))
        self.assertEqual((edges[-1], sorted(set(values)), values[33]), (3.0 * timeline.COLUMNS_DRAWN, [1.0, 9.0], 9.0))
