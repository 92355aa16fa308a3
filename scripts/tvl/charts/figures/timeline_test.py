import math

from matplotlib import pyplot as plt

from tvl.charts import style
from tvl.charts.figures import timeline
from tvl.testing import synthetic_failures
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point

ALL = (timeline.P99, timeline.RATE, *timeline.RESOURCES)


def phases(*begins, end, rates=None):
    return [{"begin_s": begin, "end_s": after, "rate": rates and rates[i], "connections": 100}
            for i, (begin, after) in enumerate(zip(begins, [*begins[1:], end]))]


def old(**more):
    """An older run: rows of a second, a burst from 1.5 to 2.5 s, and no word of when the server was read."""
    rows = [{"t": t, "ok": ok, "errors": 0, "p50": 70.0, "p99": p99, "server_cpu": cpu, "rss": 1 << 20, "threads": n,
             "descriptors": n} for t, ok, p99, cpu, n in ((1.0, 2000, 900.0, 0.05, 100), (2.0, 6000, 300.0, 0.12, 100),
                                                          (3.0, 6000, 400.0, 0.12, 150), (4.0, 2000, 800.0, 0.06, 200))]
    return point("spike", timeline=rows, phases=phases(0.0, 1.5, 2.5, end=4.0, rates=(2000, 10000, 2000)), **more)


class Timeline(Folder):
    def drawn(self, *records):
        workload = self.load_one(*records)
        with plt.rc_context(style.SETTINGS):
            figure = timeline.figure(workload, style.line_styles([workload]))
        self.addCleanup(plt.close, figure)
        return figure

    def texts(self, figure):
        return [text.get_text() for axes in figure.axes for text in axes.texts] + [t.get_text() for t in figure.texts]

    def steps(self, axes):
        """[(edges, values)], without the offered rate"""
        found = [(patch.get_data(), patch) for patch in axes.patches if hasattr(patch, "get_data")]
        return [(list(data.edges), list(data.values)) for data, patch in found if patch.get_linestyle() != "--"]

    def test_rows_over_one_time_axis_with_the_time_to_recover(self):
        figure = self.drawn(*synthetic_failures.overload())
        self.assertEqual(len(figure.axes), 3 * len(ALL))
        self.assertEqual({axes.get_xlim() for axes in figure.axes}, {(0, 20)})
        for row in range(len(ALL)):  # one scale for all contestants
            self.assertEqual(len({axes.get_ylim() for axes in figure.axes[3 * row:3 * row + 3]}), 1)
        said = self.texts(figure)
        self.assertIn("connections 256\nrecovered after 1.40 s", said)
        self.assertIn("connections 256\nnot recovered until the end", said)
        self.assertIn("dotted line: the offered rate changes; shaded", said[-1])
        self.assertIn("steps: intervals of 0.1 s", said[-1])
        self.assertNotIn("pale", said[-1])

    def test_nothing_rises_before_the_change_that_causes_it(self):
        record, *_ = synthetic_failures.overload(("asio_loop",))
        response, replies, cpu, *_ = self.drawn(record).axes
        change = 4.0
        for axes, low in ((replies, 18000), (cpu, 0.55)):
            edges, values = self.steps(axes)[0]
            before = [value for end, value in zip(edges[1:], values) if end <= change + 1e-6]
            self.assertAlmostEqual(max(before), low, places=2)
            self.assertGreater(values[len(before)], low)

    def test_an_interval_of_an_older_run_that_contains_a_change_is_a_bar_over_its_own_time(self):
        figure = self.drawn(old())
        replies = figure.axes[1]
        edges, values = self.steps(replies)[0]
        self.assertEqual(edges, [0.0, 1.0, 2.0, 3.0, 4.0])
        self.assertEqual([None if math.isnan(value) else value for value in values], [2000, None, None, 2000])
        bars = [(list(line.get_xdata()), list(line.get_ydata())) for line in replies.lines if line.get_linewidth() > 3]
        self.assertEqual(bars[:2], [([1.0, 2.0], [6000, 6000]), ([2.0, 3.0], [6000, 6000])])
        self.assertIn("pale bar: an interval in which the load changes", self.texts(figure)[-1].replace("\n", " "))
        (rate,) = [patch.get_data() for patch in replies.patches if patch.get_linestyle() == "--"]
        self.assertEqual((list(rate.edges), list(rate.values)), ([0.0, 1.5, 2.5, 4.0], [2000, 10000, 2000]))

    def test_values_at_an_instant_are_dots_at_that_instant(self):
        *_, threads, descriptors = self.drawn(old()).axes
        for axes in (threads, descriptors):
            self.assertEqual(self.steps(axes), [])
            (dots,) = [line for line in axes.lines if line.get_marker() == "o"]
            self.assertEqual(list(dots.get_xdata()), [1.02, 2.02, 3.02, 4.02])
            self.assertEqual(dots.get_linestyle(), "None")
        record, *_ = synthetic_failures.spike(("asio_threads",))
        (dots,) = [line for line in self.drawn(record).axes[-1].lines if line.get_marker() == "o"]
        seen = dict(zip(dots.get_xdata(), dots.get_ydata()))
        self.assertEqual((seen[4.998], seen[5.1]), (108, 2008))  # before the connections came, and after

    def test_with_too_few_replies_for_a_p99_the_longest_is_drawn(self):
        few, *_ = synthetic_failures.spike(("asio_loop",))
        many, *_ = synthetic_failures.overload(("asio_loop",))
        self.assertEqual(timeline.rows([few])[0], timeline.LONGEST)
        self.assertEqual(timeline.rows([many])[0], timeline.P99)
        self.assertEqual(timeline.rows([old()])[0], timeline.P99)
        rows = [{**row, "p99": None} for row in old()["timeline"]]
        self.assertEqual(timeline.rows([old() | {"timeline": rows}])[0], timeline.P99)  # older runs have no longest

    def test_what_changes_is_said(self):
        for made, expected in ((synthetic_failures.spike, "dotted line: 2,000 connections at 5 s"),
                               (synthetic_failures.reconnect_storm, "dotted line: all reconnect at 4 s")):
            said = self.texts(self.drawn(*made()))
            self.assertIn(expected, said[-1])
            self.assertTrue(any("all served after" in text for text in said))
        (record, *_) = synthetic_failures.overload(("asio_loop",))
        self.assertIn("dotted line: 36,000 requests/s at 4 s, 72,000 requests/s at 8 s",
                      self.texts(self.drawn(record))[-1].replace("\n", " "))

    def test_a_failure_is_said_with_its_mark(self):
        storm, *_ = synthetic_failures.reconnect_storm(("asio_loop",), (1000,))
        steps, *_ = synthetic_failures.overload(("asio_loop",))
        unrecovered = {"recovery": {"response_s": None, "all_served_s": None}}
        self.assertEqual([timeline.outcome(record | unrecovered) for record in (storm, steps)],
                         [["× not all were served", "not recovered until the end"], ["not recovered until the end"]])
        missed = {"verdict": {"valid": True, "limiter": "rate-not-met"}}
        self.assertEqual(timeline.outcome(storm | missed | unrecovered)[:2],
                         ["× missed the rate", "× not all were served"])
        self.assertEqual(timeline.outcome(old() | missed), ["× missed the rate", "not recovered until the end"])

    def test_of_each_the_first_repetition_with_the_fewest_spoilt_figures_at_the_highest_x(self):
        records = synthetic_failures.reconnect_storm(("asio_loop",), (1000, 4000))
        records[-3]["verdict"] |= {"valid": False, "spoilt": ["response_times"]}
        (found,) = timeline.chosen(self.load_one(*reversed(records))).values()
        self.assertEqual((found["x"], found["repetition"]), (4000, 1))
        for record in records[3:]:
            record["verdict"] |= {"valid": False, "spoilt": ["all"]}
        (found,) = timeline.chosen(self.load_one(*records)).values()
        self.assertEqual((found["x"], found["repetition"]), (4000, 0))  # and not where it did well

    def test_an_invalid_one_is_shown_and_said_to_be(self):
        records = [record | {"verdict": {"valid": False}} for record in synthetic_failures.spike(("asio_loop",))]
        self.assertTrue(self.texts(self.drawn(*records))[0].startswith("connections 100, invalid\n"))
        late = {"verdict": {"valid": False, "spoilt": ["response_times"]}}
        self.assertTrue(self.texts(self.drawn(old(**late)))[0].startswith("connections 64, response times spoilt\n"))

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

    def test_a_long_one_is_joined_and_keeps_its_peaks(self):
        rows = [{"t": t + 1.0, "p99": 1000.0} for t in range(3 * timeline.COLUMNS_DRAWN)]
        rows[100]["p99"], rows[200]["p99"] = 9000.0, None
        found = timeline.columns({"timeline": rows}, timeline.P99, timeline.P99.lines[0])
        values = [value for *_, value in found]
        self.assertEqual(len(found), timeline.COLUMNS_DRAWN)
        self.assertEqual(found[-1][1], 3.0 * timeline.COLUMNS_DRAWN)
        self.assertEqual((sorted(set(values)), values[33]), ([1.0, 9.0], 9.0))
