"""Each contradiction, with the rule switched off that keeps it out of what is shown: it is found. With the rule: it is
not."""

import contextlib
import os
from unittest import mock

from tvl import ROOT
from tvl.analysis import ratios, summary, winner_matrix
from tvl.conclusions.claims import claim_effects, claim_verdicts, claims
from tvl.data import until, validity
from tvl.data.workload import Workload
from tvl.testing import tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_claims import CPU, FULL, pair
from tvl.testing.synthetic_points import ENVIRONMENT, left_out, point, write

LATE = {"code": "generator-late", "text": "requests left the generator 1420 us late (p99)"}
MISSED = {"code": "rate-not-met", "text": "answered 61 % of the requests that fell due"}
BACKLOG = {"scheduled": 3099, "sent": 3000, "ok": 2411, "unsent_at_start": 2099, "in_flight_at_start": 0}
KEPT_UP = {"scheduled": 1000, "sent": 1000, "ok": 1000, "unsent_at_start": 0, "in_flight_at_start": 0}
RULE = {**CPU, "source": "own", "decide_at": 64}
TWINS = ("asio_threads", "asio_loop")


def open_loop(contestant, repetition, requests=KEPT_UP, **more):
    more = {"throughput": float(requests["ok"]), "rate": 1000, "limiter": "none", **more}
    place = TWINS.index(contestant)
    return point("slow_readers", contestant, 1000, repetition, requests=requests, position=place, **more)


class Doctor(Folder):
    def setUp(self):
        super().setUp()
        patched = mock.patch.object(claims, "of_files", lambda: {"connections": [RULE]})
        patched.start()
        self.addCleanup(patched.stop)

    def check(self, found, *off, environment=FULL):
        """(exit code, joined text); off: (module, name, replacement) of each rule that is switched off"""
        with contextlib.ExitStack() as stack:
            for target, name, replacement in off:
                stack.enter_context(mock.patch.object(target, name, replacement))
            done = tvl_results.run("doctor", write(self.folder, found, environment))
        self.assertEqual(done.stderr, "")
        return done.returncode, " ".join(done.stdout.split())

    def assert_found_without_its_rule(self, found, off, *texts, **more):
        code, text = self.check(found, *off, **more)
        self.assertEqual(code, 1, text)
        for expected in texts:
            self.assertIn(expected, text)
        code, text = self.check(found, **more)
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r"[1-9]\d* figures checked, none breaks a rule\.$")

    def test_a_clean_run_is_one_line(self):
        done = tvl_results.run("doctor", write(self.folder, pair({1: 1.0, 64: 0.5}), FULL))
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout.splitlines()[-1], r"^\d+ figures checked, none breaks a rule\.$")

    def test_a_backlog_when_the_window_begins(self):
        found = [open_loop(name, r, requests) for name, requests in zip(TWINS, (KEPT_UP, BACKLOG)) for r in range(5)]
        off = [(validity, "backlog", lambda record: None), (ratios, "compared", lambda *_, **__: ratios.Compared(None))]
        self.assert_found_without_its_rule(
            found, off, "slow_readers, asio_loop at 1000, p99 ms: 2,099 requests were overdue when the window began",
            "replies/s: 2,099 requests were overdue", "replies/s: 2,411 replies a second are more than was offered")

    def test_more_replies_than_were_offered(self):
        found = [open_loop(name, r, {**KEPT_UP, "ok": 2411}) for name in TWINS for r in range(5)]
        self.assert_found_without_its_rule(found, [(validity, "backlog", lambda record: None)],
                                           "replies/s: 2,411 replies a second are more than was offered")

    def test_more_goodput_than_the_highest_phase_offered(self):
        phases = [{"begin_s": 0.0, "end_s": 1.0, "rate": 1000.0, "goodput": 1000.0},
                  {"begin_s": 1.0, "end_s": 2.0, "rate": 2000.0, "goodput": 3000.0}]
        found = [open_loop(name, r, phases=phases, chart={"panels": ["goodput"]}) for name in TWINS for r in range(5)]
        code, text = self.check(found)
        self.assertEqual(code, 1)
        self.assertIn("goodput/s: 3,000 replies a second are more than was offered", text)

    def test_a_response_time_of_a_late_generator(self):
        late = {"valid": False, "reasons": [LATE]}
        found = [open_loop(name, r, **(late if r < 3 else {})) for name in TWINS for r in range(5)]
        for i, record in enumerate(found):
            record["latency"] = {"response": {"p50": 100.0 + i, "p99": 900.0 + i}}
        self.assert_found_without_its_rule(found, [(validity, "spoilt", lambda record: frozenset())],
                                           "asio_loop at 1000, p99 ms: the generator was late")

    def failing(self):
        """asio_pool is cheapest and missed the rate."""
        cpu = {"asio_threads": 20.0, "asio_loop": 10.0, "asio_pool": 5.0}
        return [point("models", name, 64, r, position=place, cpu=cost * (1 + r / 100), rate=2000,
                      reasons=[MISSED] * (name == "asio_pool"))
                for r in range(5) for place, (name, cost) in enumerate(cpu.items())]

    def test_a_rank_a_ratio_and_a_lead_of_a_contestant_that_failed(self):
        self.assert_found_without_its_rule(
            self.failing(), [(Workload, "failed", lambda *_: None), (winner_matrix, "how_failed", lambda *_: None)],
            "models, asio_pool at 64, rank 1: asio_pool failed: it missed the rate",
            "ratio of CPU µs/req: asio_pool failed: it missed the rate",
            "CPU µs/req, pool 2.00x: asio_pool failed: it missed the rate")

    def test_an_interval_from_one_pair(self):
        def with_interval(cell):
            return f"{ratios.times(cell.ratio.median)} ({ratios.bounds(cell.ratio)})" if cell.ratio else ""

        self.assert_found_without_its_rule(pair({64: 0.5}, repetitions=1),
                                           [(summary.Cell, "ratio_text", property(with_interval))],
                                           "ratio of CPU µs/req: one pair has no interval")

    def test_a_lead_from_one_pair(self):
        self.assert_found_without_its_rule(
            pair({64: 0.5}, repetitions=1), [(ratios, "sameness", lambda *_: ratios.DIFFERS)],
            "matrix, connections: 64 connections: CPU µs/req, loop 2.02x: asio_loop leads")

    def test_a_ratio_of_repetitions_that_disagree_in_kind(self):
        self.assert_found_without_its_rule(pair({64: [0.001, 2.0, 1.0, 5.0, 0.5]}, metric="p99"),
                                           [(ratios, "is_too_wide", lambda *_: False)],
                                           "ratio of p99 ms: its interval spans more than 100 times: 0.0010 to 5.00")

    def test_the_same_outside_of_the_margin(self):
        self.assert_found_without_its_rule(
            pair({1: 1.0, 64: [0.61, 0.8, 1.65, 1.1, 1.2]}),
            [(ratios, "sameness", lambda metric, ratio: "same" if ratio.low <= 1 <= ratio.high else "differs")],
            "connections, asio_loop at 64, ratio of CPU µs/req: called the same: 0.61 to 1.65",
            "matrix, connections: 64 connections: CPU µs/req, same: called the same, and",
            "findings, connections, asio_loop at 64: CPU µs/req called the same: 1.10x (0.61 to 1.65)")

    def test_a_tie_that_is_none(self):
        self.assert_found_without_its_rule(
            pair({1: [0.61, 0.8, 1.65, 1.1, 1.2], 64: 0.5}), [(ratios, "sameness", lambda *_: ratios.SAME)],
            "findings, connections, asio_loop at 1: CPU µs/req called the same")

    def test_the_same_beside_the_cheapest(self):
        costs = {"posix_loop": (10.0,) * 5, "asio_loop": (9.0, 11.0, 12.0, 10.5, 10.2), "asio_threads": (30.0,) * 5}
        found = [point("models", name, 64, r, position=place, cpu=values[r], rate=2000)
                 for r in range(5) for place, (name, values) in enumerate(costs.items())]
        self.assert_found_without_its_rule(
            found, [(ratios, "sameness", lambda metric, ratio: "same" if ratio.low <= 1 <= ratio.high else "differs")],
            "findings, models, asio_loop at 64: CPU µs/req called the same: 1.05x (0.90 to 1.20)")

    def test_a_comparison_of_different_offered_rates(self):
        found = [point("overload", name, 100, r, position=place, rate=rate, p99=p99)
                 for r in range(5) for place, (name, rate, p99) in enumerate((("asio_threads", 1000, 900.0),
                                                                             ("asio_loop", 2000, 300.0)))]
        self.assert_found_without_its_rule(
            found, [(ratios, "rates_differ", lambda *_: False)],
            "overload, asio_loop at 100, ratio of p99 ms: they were offered different rates",
            "p99 ms, loop 3.00x: asio_loop and asio_threads were offered different rates")

    def test_a_verdict_of_two_repetitions(self):
        self.assert_found_without_its_rule(
            pair({64: 0.5}, repetitions=2), [(claim_verdicts, "are_too_few", lambda _: False)],
            'claim "threads are expensive" (connections), holds: decided by 2 repetitions')

    def test_a_verdict_of_a_quick_run(self):
        off = [(claims, "is_quick", lambda *_: False)]
        self.assert_found_without_its_rule(pair({64: 0.5}), off, "holds: a quick run has no verdicts",
                                           environment=ENVIRONMENT)

    def test_a_verdict_on_a_contestant_that_failed(self):
        found = [dict(record, requests={"ok": 0 if record["contestant"] == "asio_loop" else 9})
                 for record in pair({64: 0.5})]
        self.assert_found_without_its_rule(found, [(claim_effects, "failed", lambda *_: None)],
                                           "holds: asio_loop failed: it answered nothing")

    def test_a_verdict_where_a_limit_of_the_machine_stopped_both(self):
        largest = {"guide": "it reaches further", "source": "own", "metric": "largest", "of": "asio_loop",
                   "versus": "asio_threads", "expect": "higher", "threshold": 1.1}
        found = pair({1000: 1.0, 19000: 1.0}) + [point(contestant="asio_loops", x=50000, quick=False)] + [
            left_out("connections", name, "limit", "the limit of open files", x=50000, facet=None, series=None)
            for name in TWINS]
        with mock.patch.object(claims, "of_files", lambda: {"connections": [largest]}):
            self.assert_found_without_its_rule(found, [(claim_effects, "limits_of_both", lambda *_: None)],
                                               "both end before 50000: the limit of open files")

    def storm(self, edges, **more):
        phases = [{"begin_s": 0.0, "end_s": 1.5}, {"begin_s": 1.5, "end_s": 3.0}]
        return [point("spike", name, 100, r, phases=phases, timeline=[{"t": t, "ok": 5} for t in edges], **more)
                for name in TWINS for r in range(3)]

    def test_a_row_of_a_timeline_that_spans_a_change(self):
        code, text = self.check(self.storm((1.0, 2.0, 3.0), timeline_interval_s=1.0))
        self.assertEqual(code, 1)
        self.assertIn("spike, asio_loop at 100, timeline: a row spans the change at 1.5 s", text)
        self.assertEqual(self.check(self.storm((0.5, 1.0, 1.5, 2.0, 2.5, 3.0), timeline_interval_s=0.5))[0], 0)

    def test_a_time_to_recover_of_those_that_recovered_only(self):
        found = [open_loop(name, r, window_s=3.0,
                           phases=[{"begin_s": begin, "end_s": begin + 1.5, "rate": 1000.0} for begin in (0.0, 1.5)],
                           recovery={"response_s": None if (name, r) == ("asio_loop", 0) else 0.5})
                 for name in TWINS for r in range(5)]
        self.assert_found_without_its_rule(
            found, [(until, "bound", lambda *_: None)],
            "asio_loop at 1000, recovery s: without 1 of 5 repetitions, in which it had not happened at the end",
            "asio_loop at 1000, ratio of recovery s: in some repetitions it had not happened at the end")

    def test_what_an_older_run_does_not_have_is_one_line(self):
        code, text = self.check(self.storm((1.0, 2.0, 3.0)))
        self.assertEqual(code, 0)
        self.assertIn("Timelines are those of an older version, with rows of a second: not checked.", text)

    def test_it_fits_a_terminal(self):
        with mock.patch.object(Workload, "failed", lambda *_: None):
            done = tvl_results.run("doctor", write(self.folder, self.failing(), FULL))
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80)

    def test_bad_input_is_one_line(self):
        done = tvl_results.run("doctor", os.path.join(self.folder, "missing"))
        self.assertEqual((done.returncode, done.stdout, len(done.stderr.splitlines())), (2, "", 1))


    def test_a_run_without_a_figure_is_exit_2(self):
        done = tvl_results.run("doctor", write(self.folder, [left_out()]))
        self.assertEqual(done.returncode, 2)
        self.assertIn("0 figures checked", done.stdout)


class Reference(Folder):
    def test_the_committed_run_breaks_no_rule(self):
        done = tvl_results.run("doctor", os.path.join(ROOT, "results", "reference"))
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertRegex(done.stdout, r"[\d,]{4,} figures checked, none breaks a rule\.\n$")
