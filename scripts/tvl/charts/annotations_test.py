
from matplotlib import pyplot as plt

from tvl.charts import annotations, style
from tvl.charts.figures import panel
from tvl.data import metrics, records
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import left_out, point


def ceiling(label, rate):
    return {"label": label, "rate": rate}


class Annotations(Folder):
    def setUp(self):
        super().setUp()
        self.figure, self.axes = plt.subplots()
        self.addCleanup(plt.close, self.figure)

    def written(self):
        """{text: annotation}; of equal ones the last"""
        return {child.get_text(): child for child in self.axes.texts}

    def test_ceilings_are_drawn_once_each_and_named_inside_the_panel_apart_from_each_other(self):
        workload = self.load_one(*[
            point(x=x, series=f"threads:{t}",
                  ceilings=[ceiling("threads / delay", 20.0 * x * t), ceiling("flat", 160.0)])
            for x in (1, 2, 4, 8) for t in (1, 4)])
        self.axes.set(xlim=(0, 9), ylim=(0, 400))
        annotations.draw_arithmetic(self.axes, "ceiling", annotations.ceilings(workload))
        self.assertEqual(len(self.axes.lines), 3)
        self.assertEqual(self.written().keys(), {"ceiling: flat", "ceiling: threads / delay"})
        heights = sorted(child.xy[1] for child in self.axes.texts)
        self.assertLess(heights[-1], 400)
        self.assertGreater(heights[1] - heights[0], 400 * annotations.NAME_ROOM)

    def test_a_line_that_stops_early_has_no_ceiling_of_its_own(self):
        found = [point(x=x, ceilings=[ceiling("connections / delay", 20.0 * x)]) for x in (1, 8)]
        found += [point(contestant="asio_loop", x=1, position=1, ceilings=[ceiling("connections / delay", 20.0)])]
        self.assertEqual(annotations.ceilings(self.load_one(*found)), {"connections / delay": [{1: 20.0, 8: 160.0}]})

    def test_what_arithmetic_expects_is_drawn_in_the_panel_of_the_median(self):
        workload = self.load_one(*[point(x=n, p99=80000.0 * n, expected=[{"label": "sum", "ms": 20.0 * n}])
                                   for n in (1, 2, 4)])
        self.assertEqual(annotations.expected(workload), {"sum": [{1: 20.0, 2: 40.0, 4: 80.0}]})
        for metric, said in ((metrics.P99, False), (metrics.P50, True)):
            self.axes.clear()
            panel.draw(self.axes, workload, metric, style.line_styles([workload]))
            self.assertEqual("expected: sum" in self.written(), said, metric.key)
        (line,) = [drawn for drawn in self.axes.lines if drawn.get_color() == style.INK]
        self.assertEqual(list(line.get_ydata()), [20.0, 40.0, 80.0])

    def test_limits_are_named_where_the_line_ends_and_do_not_cover_each_other(self):
        names = ("asio_threads", "posix_threads")
        found = [point(contestant=name, x=x, position=i) for i, name in enumerate(names) for x in (1, 64)]
        found += [left_out(contestant=name, status="limit", reason="pid_max is 7", x=1000) for name in names]
        workload = self.load_one(*found, point(contestant="asio_loop", x=1000, position=2))
        self.axes.set(xlim=(0, 1000), ylim=(0, 40))
        annotations.draw_limits(self.axes, workload, metrics.CPU, style.line_styles([workload]))
        self.assertEqual([child.get_text() for child in self.axes.texts], ["limit: pid_max"] * 2)
        self.assertEqual({child.xy for child in self.axes.texts}, {(64, 20.0)})
        low, high = sorted(child.xyann[1] for child in self.axes.texts)
        self.assertAlmostEqual(high - low, annotations.NOTE_POINTS)

    def test_what_a_limit_is_about(self):
        said = [annotations.short(records.limit({"reason": reason})) for reason in (
            "8000 connections need 8010 descriptors, the limit of open files is 4096 (ulimit -Hn)",
            "40000 connections need as many ports, ip_local_port_range has 28232",
            "8,000 threads do not fit: cgroup pids.max (threads of the control group) is 4194, which allows 4,000",
            "something else")]
        self.assertEqual(said, ["limit: descriptors", "limit: ports", "limit: pids.max", "limit"])
        coded = {"reason": "threads, ports and memory", "code": "kernel.pid_max"}
        self.assertEqual(annotations.short(records.limit(coded)), "limit: pid_max")

    def test_incomplete_reach_is_marked(self):
        def member(x, reach):
            record = point("broadcast", x=x, room={"reach": reach})
            record["latency"]["response"]["p95"] = 1000.0 * x
            return record

        workload = self.load_one(member(10, 1.0), member(100, 0.9999), member(1000, None))
        annotations.draw_reach(self.axes, workload, style.line_styles([workload]))
        (text,) = self.axes.texts
        self.assertEqual((text.get_text(), text.xy), ("reach 99.99 %", (100, 100.0)))

    def test_a_little_less_than_all_is_never_100_percent(self):
        self.assertEqual([annotations.percent(value) for value in (0, 87.3, 99.6, 99.98, 99.9999)],
                         ["0 %", "87 %", "99.6 %", "99.98 %", "99.9999 %"])
