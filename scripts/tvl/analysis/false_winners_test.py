"""Contestants that failed, or that were not asked the same, and looked best: each once seen in a published run."""

from tvl.analysis import ranking, ratios, summary, winner_matrix
from tvl.data import metrics
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point

FIVE = range(5)
THREADS, LOOP, POOL = "asio_threads", "asio_loop", "asio_pool"


def requests(ok, scheduled=1000, overdue=0):
    return {"ok": ok, "scheduled": scheduled, "unsent_at_start": overdue, "in_flight_at_start": 0}


def five(make, *names):
    """make: (name, repetition) -> keyword arguments of that point"""
    found = []
    for i in FIVE:
        for p, name in enumerate(names):
            more = {"rate": 1000.0, "limiter": "none", "throughput": 1000.0, **make(name, i)}
            plan = more.pop("plan", {})
            found.append(point("w", name, 100, i, position=p, **more))
            found[-1]["plan"] |= plan
    return found


class FalseWinners(Folder):
    def leads(self, workload):
        """{metric: text} of the matrix's only row."""
        (row,) = winner_matrix.rows([workload])
        return {metric.key: cell.text for metric, cell in zip(winner_matrix.COLUMNS, row.cells)}

    def assert_no_win(self, workload, name):
        self.assertNotIn(name, ranking.ranks(workload, 100))
        (row,) = winner_matrix.rows([workload])
        for cell in row.cells:
            self.assertNotEqual(cell.leader, name)
            self.assertIn(name, cell.failed)
        for metric in summary.columns(workload):
            cell = summary.cell(workload, metric, name, 100)
            self.assertEqual((cell.ratio, cell.verdict), (None, ""), metric.key)

    def test_spike_a_pool_that_did_not_serve_all_ranked_first(self):
        def make(name, i):
            bad = name == POOL
            return {"plan": {"late": {"at_s": 5, "connections": 1900}}, "phases": [{}, {}],
                    "p99": 478.0 if bad else 900.0, "cpu": 10.0 if bad else 20.0,
                    "recovery": {"response_s": 0.4, "all_served_s": None if bad else 1.0}}

        workload = self.load_one(*five(make, THREADS, LOOP, POOL))
        self.assert_no_win(workload, POOL)
        self.assertEqual(ranking.ranks(workload, 100), {THREADS: 1, LOOP: 1})
        self.assertEqual(ranking.order(workload, 100)[-1], POOL)
        rows = {row.label: row for row in summary.rows(workload)}
        self.assertEqual((rows[POOL].rank, rows[POOL].limiter), (None, "none; not all were served (5 of 5)"))

    def test_slow_clients_a_pool_that_answered_nothing_led_in_memory(self):
        def make(name, i):
            if name == POOL:
                return {"requests": requests(0, 1783, 189), "throughput": 0.0, "p99": None, "cpu": None,
                        "voluntary": None, "pss": 5 << 20, "reasons": ["answered 0 % of the requests that fell due"]}
            return {"pss": (12 << 20) * (1 + (name == THREADS)), "requests": requests(1000)}

        workload = self.load_one(*five(make, THREADS, LOOP, POOL))
        self.assert_no_win(workload, POOL)
        self.assertRegex(self.leads(workload)["memory"], "^loop .* ×$")
        self.assertEqual(summary.cell(workload, metrics.MEMORY, POOL, 100).ratio_text, "answered nothing")

    def test_reconnect_storm_threads_that_did_not_serve_all_led_in_response_time(self):
        def make(name, i):
            bad = name == THREADS
            return {"rate": None, "plan": {"storm_s": 4}, "phases": [{}, {}], "p99": 500.0 if bad else 4000.0,
                    "recovery": {"response_s": 0.1, "all_served_s": None if bad else 0.4}}

        workload = self.load_one(*five(make, THREADS, LOOP))
        self.assert_no_win(workload, THREADS)
        self.assertEqual(self.leads(workload)["p50"], "×")
        cell = summary.cell(workload, metrics.P50, LOOP, 100)  # to a baseline that failed
        self.assertEqual((cell.verdict, cell.ratio_text), ("", "asio_threads: not all were served"))

    def test_overload_a_pool_led_at_half_the_rate_of_the_loop(self):
        def make(name, i):
            knee = {THREADS: 50_000.0, LOOP: 85_000.0, POOL: 42_000.0}[name]
            return {"rate": knee, "p99": knee / 100, "phases": [{"rate": knee, "goodput": knee}, {"rate": 2 * knee,
                                                                                                "goodput": knee}]}

        workload = self.load_one(*five(make, THREADS, LOOP, POOL))
        self.assertEqual(set(self.leads(workload).values()), {"other rates"})
        self.assertEqual(summary.cell(workload, metrics.P99, POOL, 100).ratio_text, "offered different rates")
        self.assertEqual(summary.cell(workload, metrics.GOODPUT, POOL, 100).ratio.median, 0.84)

    def test_overload_threads_of_which_two_of_five_never_recovered_recovered_first(self):
        def make(name, i):
            back = {THREADS: None if i in (0, 3) else 0.7, POOL: None if i else 0.1, LOOP: 2.0}[name]
            phases = [{"begin_s": begin, "end_s": begin + 2, "rate": 1000.0} for begin in (0, 2)]
            return {"phases": phases, "window_s": 7.0, "recovery": {"response_s": back, "all_served_s": None},
                    "chart": {"x": "connections", "panels": ["recovery"]}}

        workload = self.load_one(*five(make, THREADS, LOOP, POOL))
        self.assertEqual(workload.spread(metrics.RECOVERY, THREADS, 100), (0.7, 0.7, 5.0, 5, 2))
        self.assertEqual(workload.spread(metrics.RECOVERY, POOL, 100), (5.0, 0.1, 5.0, 5, 4))
        self.assertIsNone(workload.spread(metrics.ALL_SERVED, THREADS, 100))  # no connection was lost
        cells = {row.label: next(cell for cell in row.cells if cell.metric is metrics.RECOVERY)
                 for row in summary.rows(workload)}
        self.assertEqual([summary.value_text(cells[name]) for name in (THREADS, LOOP, POOL)], ["0.700", "2.00", "≥ 5.00"])
        self.assertEqual(cells[LOOP].ratio_text, "asio_threads: not recovered in 2 of 5 repetitions")
        self.assertEqual(cells[POOL].ratio_text, "asio_pool: not recovered in 4 of 5 repetitions")

    def test_slow_readers_windows_that_began_with_a_backlog_gave_a_ratio_of_thousands(self):
        def make(name, i):
            if i < (3 if name == LOOP else 2):
                return {"requests": requests(2411, 3552, 2099), "throughput": 2411.0, "p99": 2.5e6}
            return {"requests": requests(1000), "p99": 400.0}

        workload = self.load_one(*five(make, THREADS, LOOP))
        self.assertEqual(workload.values(metrics.GOODPUT, LOOP, 100), [1000.0, 1000.0])
        self.assertEqual(workload.spread(metrics.P99, LOOP, 100).high, 0.4)
        cell = summary.cell(workload, metrics.P99, LOOP, 100)
        self.assertEqual((cell.verdict, cell.ratio_text), ("", ratios.DISAGREE))
        self.assertEqual(self.leads(workload)["p99"], "?")
        self.assertEqual(len(workload.spoilt_values(metrics.P99, LOOP, 100)), 3)

    def test_a_limit_of_the_machine_for_both_is_no_tie(self):
        bound = five(lambda name, i: {"rate": None, "limiter": "generator"}, THREADS, LOOP)
        self.assertEqual(self.leads(self.load_one(*bound))["throughput"], "")
