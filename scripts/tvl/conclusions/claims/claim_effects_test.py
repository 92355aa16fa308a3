"""Claims about shares, limits, slopes and sizes, and those whose contestants failed."""

import unittest

from tvl.conclusions.claims.claims import FAILS, HOLDS, OPEN
from tvl.testing.synthetic_claims import Claims, pair, WOBBLE
from tvl.testing.synthetic_points import left_out, point

ALONE = {"of": "asio_threads", "versus": None, "threshold": None}
BOTH = ("asio_threads", "asio_loop")


class Share(Claims):
    def outcome_of(self, rates, decide_at=None):
        tops = {x: [{"label": "threads / delay", "rate": 320.0}, {"label": "connections / delay", "rate": 20.0 * x}]
                for x in rates}
        found = [point(x=x, repetition=r, throughput=rate * WOBBLE[r], ceilings=tops[x])
                 for x, rate in rates.items() for r in range(5)]
        return self.outcome({"metric": "throughput", "of": "asio_threads", "versus": None, "expect": "higher",
                             "share_of": "threads / delay", "threshold": 0.9, "decide_at": decide_at}, found)

    def test_of_the_ceiling_where_it_is_the_lowest(self):
        self.assertEqual(self.outcome_of({1: 20.0, 8: 100.0, 64: 310.0}), HOLDS)
        self.assertEqual(self.outcome_of({16: 310.0, 64: 160.0}, 64), FAILS)
        self.assertEqual(self.outcome_of({64: 288.0}), OPEN)
        self.assertEqual(self.outcome_of({1: 20.0}), OPEN)

    def test_of_what_is_expected(self):
        found = [point(x=n, repetition=r, p99=4000.0 * 20 * factor * WOBBLE[r],  # p50 is a quarter of it
                       expected=[{"label": "max", "ms": 20.0}, {"label": "sum", "ms": 20.0 * n}])
                 for n, factor in ((1, 1.0), (8, 1.1)) for r in range(5)]
        rule = {**ALONE, "metric": "p50", "expect": "lower", "threshold": 1.25, "decide_at": 8}
        self.assertEqual(self.outcome({**rule, "share_of": "max"}, found), HOLDS)
        self.assertEqual(self.outcome({**rule, "share_of": "sum", "expect": "equal"}, found), FAILS)


class Limit(Claims):
    def test_a_number_in_the_unit_of_the_metric(self):
        found = [point(x=x, repetition=r, server={"cpu_share": share * WOBBLE[r]})
                 for x, share in ((1, 0.5), (64, 0.9)) for r in range(5)]
        rule = {**ALONE, "metric": "server_share", "expect": "higher", "decide_at": 64}
        for limit, expected in ((80, HOLDS), (95, FAILS), (90, OPEN)):
            self.assertEqual(self.outcome({**rule, "limit": limit}, found), expected)
        self.assertIn("is 90.0 % (88.2 % to 91.9 %); the claim needs at least 80.0 %. At 1: 50.0 %.",
                      self.judged({**rule, "limit": 80}, found).sentence)

    def test_an_index_has_no_unit(self):
        found = [point(repetition=r, connections={"jain": 0.99}) for r in range(5)]
        verdict = self.judged({**ALONE, "metric": "jain", "limit": 0.95, "expect": "higher"}, found, sd=0.0)
        self.assertIn("is 0.990 (0.990 to 0.990); the claim needs at least 0.950.", verdict.sentence)


class Slope(Claims):
    def found(self, mine, theirs, sizes=(1, 64, 1000)):
        """KiB of user memory for each connection."""
        return [point(contestant=name, position=p, x=x, repetition=r, pss=int((4 << 20) + kib * WOBBLE[r] * x * 1024))
                for r in range(5) for x in sizes for p, (name, kib) in enumerate((("asio_threads", theirs),
                                                                                 ("asio_loop", mine)))]

    def test_of_another(self):
        rule = {"metric": "user_memory", "slope": True, "threshold": 0.2}
        self.assertEqual(self.outcome(rule, self.found(1, 20)), HOLDS)
        self.assertEqual(self.outcome(rule, self.found(10, 20)), FAILS)
        self.assertEqual(self.outcome(rule, self.found(1, 20, sizes=(1, 64))), OPEN)
        self.assertEqual(self.outcome({**rule, "at": [1, 64]}, self.found(1, 20)), OPEN)

    def test_what_was_not_served_takes_no_memory(self):
        rule = {"metric": "user_memory", "slope": True, "threshold": 0.2}
        for name in BOTH:
            found = [{**one, "requests": {"ok": 0}} if (one["contestant"], one["x"]) == (name, 1000) else one
                     for one in self.found(1, 20)]
            verdict = self.judged(rule, found)
            self.assertEqual(verdict.outcome, OPEN)
            self.assertIn(f"`{name}` at 1000 connections: answered nothing (5 of 5 repetitions)", verdict.sentence)

    def test_against_a_limit_in_kib(self):
        rule = {"metric": "user_memory", "slope": True, "threshold": None, "versus": None, "limit": 4}
        self.assertEqual(self.outcome(rule, self.found(3, 20)), HOLDS)
        self.assertEqual(self.outcome(rule, self.found(5, 20)), FAILS)
        self.assertEqual(self.outcome(rule, self.found(4, 20)), OPEN)
        said = self.judged(rule, self.found(3, 20)).sentence
        self.assertRegex(said, r"grows with connections by 3.00 KiB \(2.9\d KiB to 3.0\d KiB\) each; the claim needs ")


class Largest(Claims):
    RULE = {"metric": "largest", "expect": "higher", "threshold": 2}

    def outcome_of(self, mine, theirs):
        found = [point(contestant=name, position=p, x=x, repetition=r, valid=x <= most)
                 for r in range(3) for x in (1000, 8000, 50000)
                 for p, (name, most) in enumerate((("asio_threads", theirs), ("asio_loop", mine)))]
        return self.outcome(self.RULE, found)

    def test_size_that_was_served(self):
        self.assertEqual(self.outcome_of(50000, 8000), HOLDS)
        self.assertEqual(self.outcome_of(8000, 8000), FAILS)
        self.assertEqual(self.outcome_of(50000, 50000), OPEN)  # the sweep was too short

    def test_with_a_late_generator_alone_all_were_served(self):
        late = "requests left the generator 6451 us late (p99)"
        unanswered = "answered 71 % of the requests that fell due"
        for reasons, outcome in (([late], HOLDS), ([late, unanswered], FAILS), ([unanswered], FAILS)):
            found = [point(contestant=name, position=p, x=x, repetition=r)
                     for r in range(3) for x in (1000, 8000) for p, name in enumerate(BOTH)]
            for record in found:
                if record["x"] == 8000:
                    mine = record["contestant"] == "asio_loop"
                    record["verdict"] = {"valid": False, "limiter": "generator",
                                         "reasons": reasons if mine else [unanswered]}
            self.assertEqual(self.outcome(self.RULE, found), outcome, reasons)

    def limit(self, contestant, x, code):
        return left_out(contestant=contestant, status="limit", x=x) | {"left_out": {
            "status": "limit", "reason": f"too few: {code}", "code": code}}

    def test_what_a_limit_forbids_needs_no_repetition(self):
        found = [point(x=x, contestant=name, position=p) for x in (1000, 8000) for p, name in enumerate(BOTH)
                 if (name, x) != ("asio_threads", 8000)]
        self.assertEqual(self.outcome(self.RULE, found), OPEN)
        self.assertEqual(self.outcome(self.RULE, found + [self.limit("asio_threads", 8000, "kernel.pid_max")]), HOLDS)

    def test_what_limits_of_the_machine_forbid_both_is_not_decidable_and_no_tie(self):
        found = [point(x=x, contestant=name, position=p) for x in (1000, 8000) for p, name in enumerate(BOTH)]
        for codes, said in ((["RLIMIT_NOFILE hard"] * 2, "RLIMIT_NOFILE hard."),
                            (["kernel.pid_max", "RLIMIT_NOFILE hard"], "RLIMIT_NOFILE hard and kernel.pid_max.")):
            verdict = self.judged(self.RULE, found + [self.limit(name, 50000, code) for name, code in zip(BOTH, codes)])
            self.assertEqual((verdict.outcome, verdict.ratio, verdict.points), (OPEN, None, ()))
            self.assertEqual(verdict.sentence,
                             f"Both served 8000, and a limit of this machine forbids more to both: {said}")


class Answered(Claims):
    def found(self, ok, overdue=0, valid=False):
        return [point(x=x, repetition=r, valid=valid or x == 0, requests={
            "scheduled": 1000, "ok": right, "unsent_at_start": late})
            for x, right, late in ((0, 1000, 0), (64, ok, overdue)) for r in range(3)]

    def outcome_of(self, found, **rule):
        return self.outcome({**ALONE, "metric": "answered", "decide_at": 64, **rule}, found)

    def test_invalid_points_say_it_too(self):
        for ok in (10, 0):
            found = self.found(ok)
            self.assertEqual(self.outcome_of(found, limit=50), HOLDS)
            self.assertEqual(self.outcome_of(found, limit=95, expect="higher"), FAILS)

    def test_what_was_overdue_when_the_window_began_was_not_answered_in_time(self):
        self.assertEqual(self.outcome_of(self.found(1000, 600, valid=True), limit=95, expect="higher"), FAILS)
        self.assertEqual(self.outcome_of(self.found(1000, 1, valid=True), limit=95, expect="higher"), HOLDS)


class Failed(Claims):
    """A contestant that failed is no winner, and its own metric says so."""

    def test_it_has_no_ratio_in_other_metrics(self):
        found = pair({64: 0.5}, requests={"scheduled": 1000, "ok": 900})
        for record in found:
            if record["contestant"] == "asio_threads":
                record["requests"] = {"scheduled": 1000, "ok": 0}
        verdict = self.judged({}, found)
        self.assertEqual((verdict.outcome, verdict.ratio), (OPEN, None))
        self.assertEqual(verdict.sentence, "`asio_threads` at 64 connections: answered nothing (5 of 5 repetitions), "
                                           "so there is nothing to compare by Server CPU per request.")

    def test_a_failure_in_few_repetitions_is_said(self):
        found = pair({64: 0.5}, requests={"scheduled": 1000, "ok": 900})
        found[-1] = {**found[-1], "requests": {"scheduled": 1000, "ok": 0}}
        verdict = self.judged({}, found)
        self.assertEqual(verdict.outcome, HOLDS)
        self.assertIn(", `asio_loop` at 64: answered nothing (1 of 5).", verdict.sentence)

    def test_a_missed_rate_shows_a_core_that_is_used_up(self):
        missed = {"code": "rate-not-met", "text": "answered 98 % of the requests that fell due"}
        found = [point(repetition=r, valid=False, limiter="rate-not-met", reasons=[missed],
                       server={"cpu_share": 0.98 * WOBBLE[r]}) for r in range(5)]
        rule = {**ALONE, "metric": "server_share", "expect": "higher", "limit": 85}
        self.assertEqual(self.outcome(rule, found), HOLDS)
        for record in found:
            record["verdict"]["reasons"].append({"code": "host-busy", "text": "others used 60 %"})
        self.assertEqual(self.outcome(rule, found), OPEN)

    def storm(self, threads, loop, x=250):
        """Times until all were served, None: not inside the 2.5 s that are left."""
        phases = [{"begin_s": 0.0, "end_s": 1.0, "rate": None}, {"begin_s": 1.0, "end_s": 3.5, "rate": None}]
        found = [point(contestant=name, position=p, x=x, repetition=r, phases=phases, window_s=3.5,
                       recovery={"all_served_s": took and took * WOBBLE[r], "response_s": took and took * WOBBLE[r]})
                 for r in range(5) for p, (name, took) in enumerate((("asio_threads", threads), ("asio_loop", loop)))]
        for record in found:
            record["plan"]["storm_s"] = 1.0
        return found

    def test_those_that_were_never_all_served_were_served_later_than_the_window(self):
        rule = {"metric": "all_served", "threshold": 1.25}
        self.assertEqual(self.outcome(rule, self.storm(0.6, 0.3)), HOLDS)
        verdict = self.judged(rule, self.storm(None, 0.3))
        self.assertEqual(verdict.outcome, HOLDS)
        self.assertIn("where it had not happened yet (5 points), the window's end counts", verdict.sentence)
        self.assertEqual(self.outcome(rule, self.storm(0.6, None)), FAILS)
        self.assertEqual(self.outcome(rule, self.storm(None, None)), OPEN)
        self.assertEqual(self.outcome(rule, self.storm(2.45, None)), OPEN)  # not longer by more than the window shows

    def test_without_recovery_a_limit_is_not_met(self):
        rule = {**ALONE, "metric": "recovery"}
        self.assertEqual(self.outcome({**rule, "limit": 2}, self.storm(1.0, 1.0), sd=0.01), HOLDS)
        self.assertEqual(self.outcome({**rule, "limit": 2}, self.storm(None, 1.0), sd=0.01), FAILS)
        self.assertEqual(self.outcome({**rule, "limit": 3}, self.storm(None, 1.0), sd=0.01), OPEN)

    def test_recovery_at_once_is_0_seconds(self):
        found = [point(repetition=r, recovery={"response_s": took}) for r, took in enumerate((0.0, 0.1, 0.9, 0.0, 0.5))]
        verdict = self.judged({**ALONE, "metric": "recovery", "limit": 3}, found, sd=0.12)
        self.assertEqual((verdict.outcome, verdict.low), (HOLDS, 0.0))


if __name__ == "__main__":
    unittest.main()
