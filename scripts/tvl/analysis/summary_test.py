import sys
from unittest import mock

from tvl.analysis import caveats, summary
from tvl.data import metrics
from tvl.tables import text_table
from tvl.testing import synthetic_failures, synthetic_waits
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import left_out, point


def twins(x=64, loop=None, **threads):
    """Three repetitions of each."""
    records = []
    for i in range(3):
        records.append(point(x=x, repetition=i, **threads))
        records.append(point(x=x, contestant="asio_loop", repetition=i, position=1, **(loop or {})))
    return records


class Table(Folder):
    def cell(self, workload, metric, name="asio_loop"):
        return summary.cell(workload, metric, name, 64)

    def test_colour_says_better_or_worse_by_the_metrics_direction(self):
        workload = self.load_one(*twins(cpu=20.0, throughput=1000.0, loop={"cpu": 40.0, "throughput": 2000.0}))
        self.assertEqual(self.cell(workload, metrics.CPU).verdict, "worse")
        self.assertEqual(self.cell(workload, metrics.THROUGHPUT).verdict, "better")

    def test_no_verdict_when_repetitions_differ_either_way_or_hardly(self):
        disagree = [point(repetition=i, cpu=20.0) for i in range(3)]
        disagree += [point(contestant="asio_loop", repetition=i, position=1, cpu=cpu)
                     for i, cpu in enumerate((15.0, 16.0, 21.0))]
        cell = self.cell(self.load_one(*disagree), metrics.CPU)
        self.assertEqual((cell.verdict, cell.ratio_text), ("", "0.80x? (0.75 to 1.05)"))
        cell = self.cell(self.load_one(*twins(cpu=20.0, loop={"cpu": 20.06})), metrics.CPU)
        self.assertEqual((cell.verdict, cell.ratio_text), ("", "~1.00x (1.00 to 1.00)"))

    def test_generator_limited_throughput_is_a_lower_bound_without_a_ratio(self):
        workload = self.load_one(*twins(loop={"limiter": "generator", "throughput": 5000.0}))
        cell = self.cell(workload, metrics.THROUGHPUT)
        self.assertEqual((summary.value_text(cell), cell.ratio), ("≥ 5,000", None))
        self.assertIsNotNone(self.cell(workload, metrics.CPU).ratio)
        self.assertIn("asio_loop at 64: the generator was the limit", caveats.caveats(workload)[0])

    def test_against_a_generator_limited_baseline_there_is_no_ratio_either(self):
        workload = self.load_one(*twins(limiter="generator"))
        cell = self.cell(workload, metrics.THROUGHPUT)
        self.assertEqual((cell.ratio, cell.at_least), (None, False))

    def test_services_that_are_the_limit_bound_it_as_the_generator_does(self):
        workload = self.load_one(*twins(loop={"limiter": "services"}))
        cell = self.cell(workload, metrics.THROUGHPUT)
        self.assertEqual((summary.value_text(cell), cell.ratio), ("≥ 1,000", None))
        self.assertEqual(summary.rows(workload)[1].limiter, "services")
        self.assertEqual(caveats.caveats(workload), [
            "asio_loop at 64: the services it calls were the limit, so throughput is a lower bound"])
        self.assertEqual(caveats.bounds(workload), ["services"])

    def test_cpu_of_the_services_is_a_column_without_a_ratio(self):
        def called(share):
            return {"redis": {"origin": "started", "version": "7.0.15", "cpu_share": share}}

        workload = self.load_one(*twins(services=called(0.25), loop={"services": called(0.5)}))
        self.assertEqual([metric.column for metric in summary.columns(workload)][-1], "redis cores")
        cell = self.cell(workload, metrics.SERVICES[0])
        self.assertEqual((summary.value_text(cell), cell.ratio, cell.verdict), ("0.500", None, ""))
        unknown = self.load_one(*twins(services=called(None)))
        self.assertNotIn("redis", text_table.plain(unknown))

    def test_response_times_are_those_of_the_foreground_requests(self):
        mixed = [synthetic_waits.mixed(name, "block", percent, position=i)
                 for percent in (0, 1) for i, name in enumerate(("asio_threads", "asio_loop"))]
        workload = self.load_one(*mixed)
        heads = [summary.head(workload, metric) for metric in summary.columns(workload)]
        self.assertEqual(heads[:4], ["replies/s", "foreground p50 ms", "foreground p99 ms", "CPU µs/req"])
        first = mixed[2]["targets"][0]["latency"]["response"]["p99"]
        self.assertLess(first, mixed[2]["latency"]["response"]["p99"])
        self.assertEqual(workload.values(metrics.P99, "asio_threads beside:block", 1), [first / 1000])
        title, rows = next(iter(summary.matrices(workload).items()))
        self.assertEqual(title, "asio_threads, foreground p99 ms at beside x percent")
        self.assertEqual(rows[0], ["beside \\ percent", "0", "1"])
        self.assertEqual(rows[1][0], "block")
        self.assertIn("/plaintext with interfering /block/100, open loop", caveats.heading(workload))
        self.assertEqual(summary.head(self.load_one(point()), metrics.P99), "p99 ms")

    def test_unmeasured_columns_are_left_out(self):
        workload = self.load_one(*twins(pss=None, loop={"pss": None}))
        self.assertNotIn("memory", text_table.plain(workload))

    def test_invalid_points(self):
        workload = self.load_one(point(), point(repetition=1, valid=False),
                                 point(x=100, valid=False, reasons=["7 resets"]))
        self.assertEqual([row.limiter for row in summary.rows(workload)], ["server-cpu (1 invalid)", "invalid"])
        self.assertIn("n/a", text_table.plain(workload))
        self.assertIn("hollow, asio_threads at 100: invalid, in no median or ratio: 7 resets", caveats.caveats(workload))

    def test_the_limiter_says_what_was_dropped_and_what_failed(self):
        late = {"valid": False, "reasons": ["requests left the generator 1420 us late (p99)"]}
        workload = self.load_one(point(), point(repetition=1, **late), point(repetition=2, valid=False),
                                 point(x=100, limiter="none", reasons=["answered 90 % of the requests that fell due"]))
        self.assertEqual([row.limiter for row in summary.rows(workload)],
                         ["server-cpu (1 invalid, response times of 1 spoilt)", "none; missed the rate (1 of 1)"])

    def test_share_of_the_ceiling(self):
        top = {"label": "connections / delay", "rate": 160.0}
        (line,) = summary.of_ceiling(self.load_one(point(x=8, throughput=120.0, ceilings=[top])))
        self.assertEqual(line, "asio_threads, share of the ceiling connections / delay: 75.0 % at 8")

    def test_memory_per_connection(self):
        workload = self.load_one(*[point(x=x, pss=(2 << 20) + x * 1024, kernel=x * 20 * 1024) for x in (1, 64, 1000)])
        (line,) = summary.per_connection(workload)
        self.assertIn("(slope over 3 sizes): 1.00 KiB user + 20.0 KiB kernel", line)

    def test_scalability_where_throughput_is_swept_and_the_contestant_is_the_limit(self):
        def swept(law, limiter="server-cpu"):
            return self.load_one(*[point(x=x, throughput=law(x), limiter=limiter) for x in (1, 2, 4, 8, 16, 32)])

        (line,) = summary.scaling(swept(lambda n: 100 * n / (1 + 0.11 * (n - 1) + 0.0016 * n * (n - 1))))
        self.assertIn("11.0 % of the work is serialised, highest at 24 connections", line)
        (line,) = summary.scaling(swept(lambda n: 100 * n / (1 + 0.0001 * n * (n - 1))))
        self.assertIn("highest at 100 connections, beyond what was measured", line)
        (line,) = summary.scaling(swept(lambda n: 100.0 * n if n < 16 else 100.0))
        self.assertIn("does not fit", line)
        self.assertEqual(summary.scaling(swept(lambda n: 100.0 * n, "generator")), [])
        self.assertEqual(summary.scaling(self.load_one(*[point(x=x, rate=50.0) for x in (1, 2, 4, 8)])), [])

    def test_without_numpy_the_law_is_not_fitted_and_the_table_is_there(self):
        workload = self.load_one(*[point(x=x, throughput=100.0 * x) for x in (1, 2, 4, 8)])
        with mock.patch.dict(sys.modules, {"numpy": None}):
            self.assertIn("not fitted: import of numpy", "".join(summary.facts(workload)))

    def test_a_run_too_small_to_compare_says_so(self):
        two = [point(), point(contestant="asio_loop", position=1)]
        self.assertEqual(summary.alone(self.load_one(point())),
                         ["only asio_threads was measured: there is nothing to compare it with"])
        self.assertEqual(summary.alone(self.load_one(*two)), ["one repetition: chance may be behind any difference"])
        self.assertEqual(summary.alone(self.load_one(*twins())), [])
        self.assertEqual(summary.facts(self.load_one(left_out())), [])

    def test_outliers_are_shown_and_stay_in(self):
        costs = (20.0, 20.2, 31.0, 19.9, 20.1)
        workload = self.load_one(*[point(repetition=r, cpu=cpu) for r, cpu in enumerate(costs)])
        self.assertEqual(summary.outliers(workload), [
            "asio_threads, CPU µs/req far from the other repetitions, and not left out: 31.0 at 64 (median 20.1)"])
        self.assertEqual(workload.spread(metrics.CPU, "asio_threads", 64).high, 31.0)

    def test_the_legend_says_how_sure_intervals_are(self):
        self.assertIn("with an interval (75 % at 3 repetitions).", summary.legend([self.load_one(*twins())]))
        self.assertIn("with an interval (none at 1 repetition).", summary.legend([self.load_one(point())]))

    def test_one_repetition_has_no_verdict(self):
        workload = self.load_one(point(cpu=20.0), point(contestant="asio_loop", position=1, cpu=5.0))
        cell = self.cell(workload, metrics.CPU)
        self.assertEqual((cell.verdict, cell.ratio_text), ("", "0.25x, 1 pair"))

    def test_what_has_no_numbers_has_a_row_with_the_reason(self):
        workload = self.load_one(left_out(), *[point(x=x) for x in (1, 64)],
                                 left_out(contestant="asio_threads", status="limit", reason="too few ids", x=1000))
        self.assertEqual([(row.x, row.label, row.left_out) for row in summary.rows(workload)],
                         [(1, "asio_threads", ""), (64, "asio_threads", ""),
                          (1000, "asio_threads", "limit: too few ids"),
                          (None, "nginx", "not installed: nginx is not on PATH")])

    def test_a_matrix_where_two_variables_are_swept(self):
        chart = {"x": "threads", "series": "processes"}
        workload = self.load_one(*[point(contestant="asio_prefork", x=x, series=f"processes:{p}", chart=chart,
                                         throughput=20.0 * x * p, valid=x * p < 64) for p in (1, 16) for x in (1, 4)],
                                 point(contestant="asio_loop", x=1, position=1, chart=chart))
        self.assertEqual(summary.matrices(workload), {"asio_prefork, replies/s at processes x threads": [
            ["processes \\ threads", "1", "4"], ["1", "20.0", "80.0"], ["16", "320", "n/a"]]})
        self.assertIn("the first contestant with the same processes", summary.legend([workload]))

    def test_memory_per_connection_needs_connections_on_the_axis(self):
        found = [point(x=x, pss=(2 << 20) + x * 1024, chart={"x": "threads"}) for x in (1, 64, 1000)]
        self.assertEqual(summary.per_connection(self.load_one(*found)), [])


class Notes(Folder):
    def test_notes_name_the_left_out_and_the_missing_tail(self):
        workload = self.load_one(left_out(), point(p99=None))
        self.assertEqual(caveats.caveats(workload), ["nginx left out: not installed: nginx is not on PATH",
                                                   "no p99 at 64: fewer than 1,000 replies"])

    def test_a_contestant_without_keep_alive_has_a_row_with_that_reason(self):
        workload = self.load_one(point(), left_out(contestant="mine", status="not offered", reason="keep-alive"))
        self.assertEqual([(row.label, row.left_out) for row in summary.rows(workload) if row.left_out],
                         [("mine", "not offered: keep-alive")])

    def test_heading(self):
        self.assertEqual(caveats.heading(self.load_one(point(), point(repetition=1))),
                         "/plaintext, closed loop, keep-alive, 1 s per point, 2 repetitions")
        self.assertEqual(caveats.heading(self.load_one(left_out())), "nothing was measured")
        self.assertEqual(caveats.heading(self.load_one(point(rate=2000.0))), "/plaintext, open loop, "
                         "2,000 requests/s offered, keep-alive, 1 s per point, 1 repetition")

    def test_a_limit_stops_a_contestant(self):
        limit = left_out(contestant="asio_threads", status="limit", reason="too few ids", x=1000)
        workload = self.load_one(point(), limit)
        self.assertEqual(caveats.caveats(workload), ["asio_threads stops before 1000: limit: too few ids"])
        self.assertEqual(caveats.beyond_rows(workload), [])

    def test_reasons_that_differ_in_their_numbers_are_one(self):
        workload = self.load_one(*[point(repetition=i, valid=False, reasons=[why]) for i, why in enumerate(
            ("answered 48.3 % of 7", "answered 47 % of 7", "host busy"))])
        self.assertEqual(caveats.spoilt(workload), [
            "hollow, asio_threads at 64: invalid, in no median or ratio: answered 48.3 % of 7 (the first of 2 like it)",
            "hollow, asio_threads at 64: invalid, in no median or ratio: host busy"])

    def test_what_the_suite_did_not_start_is_said(self):
        workload = self.load_one(point(), point(contestant="mine", kind="attach", position=1),
                                 point(contestant="far", kind="remote", position=2, cpu=None))
        self.assertEqual(caveats.beyond_rows(workload), [
            "mine: started by its owner, on whatever CPUs it was given",
            "far: remote, no process to meter, so no cost"])

    def test_fairness_is_a_column_where_the_chart_asks_for_it_and_deliveries_are_of_rooms(self):
        self.assertNotIn(metrics.JAIN, summary.columns(self.load_one(point(connections={"jain": 1.0}))))
        workload = self.load_one(*synthetic_failures.fairness())
        self.assertEqual([m.key for m in summary.columns(workload)][-2:], ["jain", "worst"])
        room = self.load_one(*synthetic_failures.broadcast())
        heads = [summary.head(room, metric) for metric in summary.columns(room)]
        self.assertEqual((heads[0], heads[-3:]), ("deliveries/s", ["reach %", "delivery p95 ms", "CPU µs/delivery"]))
        self.assertNotIn("rank", text_table.plain(room).partition("\n")[0])

    def test_recovery_is_a_column_where_something_changed(self):
        self.assertIn(metrics.RECOVERY, summary.columns(self.load_one(*synthetic_failures.overload())))
        self.assertNotIn(metrics.ALL_SERVED, summary.columns(self.load_one(*synthetic_failures.overload())))
