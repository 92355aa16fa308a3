import unittest

from tvl.analysis import summary
from tvl.data import metrics, points, records
from tvl.data.workload import Spread
from tvl.stats.intervals import Interval
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import ENVIRONMENT, left_out, point, write


class Aggregation(Folder):
    def test_median_and_range_of_repetitions(self):
        workload = self.load_one(*[point(repetition=i, cpu=cpu) for i, cpu in enumerate((21.0, 30.0, 20.0))])
        self.assertEqual(workload.spread(metrics.CPU, "asio_threads", 64), Spread(21.0, 20.0, 30.0, 3))

    def test_ratio_is_the_median_of_paired_ratios_not_the_ratio_of_medians(self):
        base, mine = (10.0, 20.0, 40.0), (5.0, 30.0, 40.0)  # pairs 0.5, 1.5, 1.0: median 1.0; medians 20 and 30: 1.5
        records = [point(repetition=i, cpu=cpu) for i, cpu in enumerate(base)]
        records += [point(contestant="asio_loop", repetition=i, cpu=cpu, position=1) for i, cpu in enumerate(mine)]
        ratio = self.load_one(*records).ratio(metrics.CPU, "asio_loop", 64)
        self.assertEqual(ratio, Interval(1.0, 0.5, 1.5, 3, 0.75))

    def test_only_complete_pairs_make_a_ratio(self):
        workload = self.load_one(
            point(repetition=0, cpu=10.0), point(repetition=1, cpu=10.0, valid=False), point(repetition=2, cpu=None),
            *[point(contestant="asio_loop", repetition=i, cpu=20.0, position=1) for i in range(4)])
        self.assertEqual(workload.ratio(metrics.CPU, "asio_loop", 64), Interval(2.0, 2.0, 2.0, 1, 0))

    def test_baseline_has_no_ratio_and_is_first_in_the_first_round(self):
        workload = self.load_one(  # written in the rotated order of round 1 first
            point(contestant="asio_loop", repetition=1, position=0), point(repetition=1, position=1),
            point(repetition=0, position=0), point(contestant="asio_loop", repetition=0, position=1))
        self.assertEqual(list(workload.lines), ["asio_threads", "asio_loop"])
        self.assertIsNone(workload.ratio(metrics.CPU, "asio_threads", 64))

    def test_times_become_milliseconds_and_bytes_mebibytes(self):
        workload = self.load_one(point(p99=2000.0, pss=4 << 20, kernel=2 << 20))
        self.assertEqual(workload.values(metrics.P99, "asio_threads", 64), [2.0])
        self.assertEqual(workload.values(metrics.MEMORY, "asio_threads", 64), [6.0])

    def test_slope_needs_three_sizes(self):
        def at(*sizes):
            return self.load_one(*[point(x=x, repetition=r, pss=(x * (3 + r) + 7) << 20) for x in sizes
                                   for r in range(3)])

        slope = at(1, 10, 100).slope(metrics.USER_MEMORY, "asio_threads")
        self.assertEqual([round(value, 9) for value in slope], [4, 3, 5, 3, 0.75])
        self.assertIsNone(at(1, 100).slope(metrics.USER_MEMORY, "asio_threads"))

    def test_a_point_measured_again_replaces_the_first(self):
        workload = self.load_one(point(cpu=10.0), point(cpu=12.0))
        self.assertEqual(workload.values(metrics.CPU, "asio_threads", 64), [12.0])
        workload = self.load_one(point(cpu=10.0, valid=False), point(cpu=12.0))
        self.assertEqual(len(workload.records), 1)
        self.assertEqual([metrics.CPU.read(record) for record in workload.replaced["asio_threads", 64]], [10.0])


class Pairs(Folder):
    def workload(self):
        chart = {"series": "order"}
        return self.load_one(*[point(x=x, series=f"order:{order}", repetition=r, cpu=x * (10.0 + r) * weight,
                                     chart=chart)
                               for x in (1, 8) for order, weight in (("serial", 1), ("gather", 3)) for r in range(3)])

    def test_of_two_loads_are_of_the_same_repetition(self):
        serial = "asio_threads order:serial"
        self.assertEqual(self.workload().pairs(metrics.CPU, serial, 8, serial, base_x=1),
                         [(80.0, 10.0), (88.0, 11.0), (96.0, 12.0)])

    def test_so_are_those_of_two_series_values(self):
        ratio = self.workload().ratio(metrics.CPU, "asio_threads order:gather", 1, base="asio_threads order:serial")
        self.assertEqual(ratio, Interval(3.0, 3.0, 3.0, 3, 0.75))


class Gaps(Folder):
    def test_invalid_points_are_kept_apart(self):
        workload = self.load_one(point(cpu=10.0), point(repetition=1, cpu=99.0, valid=False, reasons=["3 resets"]))
        self.assertEqual(workload.values(metrics.CPU, "asio_threads", 64), [10.0])
        self.assertEqual(records.why_invalid(workload.invalid["asio_threads", 64][1]), "3 resets")

    def test_interrupted_points_are_invalid(self):
        cut = point()
        cut["interrupted"] = True
        workload = self.load_one(cut)
        self.assertEqual(records.why_invalid(workload.invalid["asio_threads", 64][0]), "interrupted")

    def test_all_invalid(self):
        workload = self.load_one(point(valid=False), point(contestant="asio_loop", valid=False, position=1))
        self.assertIsNone(workload.spread(metrics.CPU, "asio_threads", 64))
        self.assertIsNone(workload.ratio(metrics.CPU, "asio_loop", 64))
        self.assertIsNone(workload.limiter("asio_threads", 64))
        self.assertEqual(workload.sizes, [64])

    def test_null_and_missing_values_are_absent_not_zero(self):
        bare = {key: point()[key] for key in ("schema", "workload", "contestant", "x")}
        nothing = point(contestant="asio_loop", throughput=None, p99=None, cpu=None, voluntary=None, pss=None,
                        position=1)
        workload = self.load_one(bare, nothing)
        for name in ("asio_threads", "asio_loop"):
            for metric in metrics.COLUMNS:
                self.assertIsNone(workload.spread(metric, name, 64), (name, metric.key))

    def test_half_a_sum_is_no_sum(self):
        self.assertIsNone(metrics.SWITCHES.read(point(involuntary=None)))
        self.assertIsNone(metrics.MEMORY.read(point(kernel=None)))

    def test_a_baseline_of_zero_gives_no_ratio(self):
        workload = self.load_one(point(voluntary=0, involuntary=0), point(contestant="asio_loop", position=1))
        self.assertIsNone(workload.ratio(metrics.SWITCHES, "asio_loop", 64))

    def test_left_out_contestants_are_named_and_have_no_points(self):
        workload = self.load_one(left_out(), point())
        self.assertEqual(workload.left_out, {"nginx": ("not installed", "nginx is not on PATH")})
        self.assertEqual(list(workload.lines), ["asio_threads", "nginx"])
        self.assertEqual(workload.measured, ["asio_threads"])

    def test_one_that_fails_later_keeps_its_title(self):
        failed = {**left_out(contestant="asio_loop", status="failed", reason="it ended"), "title": None, "model": None}
        line = self.load_one(point(contestant="asio_loop"), failed).lines["asio_loop"]
        self.assertEqual((line.title, line.model), ("one epoll loop, C++20 coroutines (Boost.Asio)", "loop"))

    def test_a_workload_of_which_all_were_left_out(self):
        workload = self.load_one(left_out())
        self.assertIsNone(workload.baseline)
        self.assertEqual(workload.sizes, [])


class Facets(Folder):
    def load(self, *found):
        return points.load(write(self.folder, found))

    def test_each_facet_is_a_workload_and_an_offered_rate_comes_first(self):
        offered, full = self.load(point(facet="rate:saturation", cpu=5.0),
                                  point(facet="rate:2000", rate=2000.0, cpu=9.0))
        self.assertEqual((offered.heading, offered.stem),
                         ("connections, 2,000 requests/s offered", "connections-rate-2000"))
        self.assertEqual((full.heading, full.stem), ("connections, at saturation", "connections-rate-saturation"))
        self.assertEqual((offered.rate, full.rate), (2000.0, None))
        self.assertEqual(offered.values(metrics.CPU, "asio_threads", 64), [9.0])
        self.assertEqual(full.values(metrics.CPU, "asio_threads", 64), [5.0])

    def test_different_rates_are_not_one_rate(self):
        (workload,) = self.load(point(rate=2000.0), point(x=100, rate=3000.0))
        self.assertIsNone(workload.rate)

    def test_what_belongs_to_the_whole_workload_is_in_every_facet(self):
        found = self.load(left_out(), point(facet="threads:1"), point(facet="threads:4"),
                          point(contestant="asio_loop", position=1))  # does not use threads
        self.assertEqual([list(workload.lines) for workload in found], [["asio_threads", "asio_loop", "nginx"]] * 2)
        self.assertEqual([workload.facet for workload in found], ["threads:1", "threads:4"])
        self.assertIsNone(found[0].ratio(metrics.CPU, "asio_loop", 64))  # of another block

    def test_a_limit_belongs_to_one_x_of_one_facet(self):
        found = self.load(point(facet="rate:2000"), point(facet="rate:4000"),
                          left_out(contestant="asio_threads", status="limit", reason="too few", x=8000,
                                   facet="rate:2000"))
        self.assertEqual([workload.limits for workload in found], [{("asio_threads", 8000): (None, "too few")}, {}])
        self.assertEqual([workload.left_out for workload in found], [{}, {}])
        self.assertEqual(found[0].sizes, [64])

    def test_what_is_said_once_in_a_run_is_in_each_of_its_points(self):
        record = {key: value for key, value in point().items() if key not in ("title", "chart")}
        run = {**ENVIRONMENT, "workloads": {"connections": {"question": "How?", "chart": {"x": "pool", "series": "n"}}},
               "contestants": {"asio_threads": {"title": "threads"}}}
        workload = self.load_one(record, environment=run)
        self.assertEqual((workload.x_name, workload.series_name), ("pool", "n"))
        self.assertEqual(workload.sample()["question"], "How?")
        self.assertEqual(workload.lines["asio_threads"].title, "threads")
        older = self.load_one(point(chart={"x": "rate"}, question="Who?"), environment=run)
        self.assertEqual((older.x_name, older.sample()["question"]), ("rate", "Who?"))

    def test_old_records_know_neither_facet_nor_series(self):
        old = point()
        for key in ("facet", "series", "chart", "contestant_kind"):
            del old[key]
        (workload,) = self.load(old)
        self.assertEqual((workload.heading, workload.stem, workload.x_name, workload.measured),
                         ("connections", "connections", "connections", ["asio_threads"]))


class Series(Folder):
    def workload(self):
        chart = {"x": "threads", "series": "processes"}
        return self.load_one(*[point(contestant="asio_prefork", x=x, series=f"processes:{p}", cpu=10.0 * p, chart=chart)
                               for p in (16, 2) for x in (1, 4)],
                             point(contestant="other_prefork", x=1, series="processes:2", cpu=5.0, position=1),
                             point(contestant="asio_loop", x=1, position=2))

    def test_each_value_is_a_line_in_order_of_its_number(self):
        workload = self.workload()
        self.assertEqual(workload.measured, ["asio_prefork processes:2", "asio_prefork processes:16",
                                             "other_prefork processes:2", "asio_loop"])
        self.assertEqual(workload.lines["asio_prefork processes:16"].contestant, "asio_prefork")
        self.assertEqual((workload.x_name, workload.series_name), ("threads", "processes"))

    def test_ratios_are_to_the_first_contestant_with_the_same_value(self):
        workload = self.workload()
        self.assertEqual(workload.ratio(metrics.CPU, "other_prefork processes:2", 1).median, 0.25)
        self.assertIsNone(workload.ratio(metrics.CPU, "asio_prefork processes:16", 1))
        self.assertIsNone(workload.ratio(metrics.CPU, "asio_loop", 1))

    def test_ceilings_are_those_of_a_line(self):
        def at(threads):
            return point(series=f"threads:{threads}", ceilings=[{"label": "threads / delay", "rate": 20.0 * threads}])

        workload = self.load_one(at(1), at(4))
        self.assertEqual(workload.ceilings("asio_threads threads:4"), {"threads / delay": {64: 80.0}})


class Order(Folder):
    def test_a_block_without_its_first_contestant_does_not_change_it(self):
        names = ("asio_threads", "asio_loop", "nginx")
        found = [point(contestant=name, x=8000, position=i) for i, name in enumerate(names[1:])]
        found += [point(contestant=name, position=i) for i, name in enumerate(names)]
        self.assertEqual(self.load_one(*found).measured, list(names))


class AskedBaseline(Folder):
    def load(self, baseline, *more):
        found = [point(contestant=name, position=i, cpu=10.0 * (i + 1))
                 for i, name in enumerate(("asio_threads", "asio_loop", "nginx"))]
        return points.load(write(self.folder, [*found, *more]), baseline)

    def test_ratios_are_to_it_where_it_was_measured(self):
        one, other = self.load("nginx", point("churn"), point("churn", "asio_loop", position=1))
        self.assertEqual((one.baseline, other.baseline), ("nginx", "asio_threads"))
        self.assertEqual(one.ratio(metrics.CPU, "asio_threads", 64).median, 10 / 30)
        self.assertIsNone(one.ratio(metrics.CPU, "nginx", 64))
        self.assertEqual(one.measured, ["asio_threads", "asio_loop", "nginx"], "the order of charts stays")
        said = summary.legend([one, other])
        self.assertIn("Ratios are to nginx or asio_threads:", said)

    def test_with_a_series_it_is_the_line_with_the_same_value(self):
        lines = [point("churn", name, position=i, series=f"threads:{n}") for n in (1, 4)
                 for i, name in enumerate(("asio_threads", "asio_loop"))]
        _, series = self.load("asio_loop", *lines)
        self.assertEqual(series.baseline_of("asio_threads threads:4"), "asio_loop threads:4")

    def test_a_name_that_was_not_measured_is_refused_with_those_like_it(self):
        with self.assertRaisesRegex(points.BadInput, "no contestant ngnix: did you mean nginx"):
            self.load("ngnix")


class Numbers(unittest.TestCase):
    def test_three_digits(self):
        said = [metrics.number(v) for v in (None, 0, 0.01234, 0.1234, 1.234, 12.34, 123.4, 151234.5)]
        self.assertEqual(said, ["n/a", "0", "0.0123", "0.123", "1.23", "12.3", "123", "151,234"])


if __name__ == "__main__":
    unittest.main()
