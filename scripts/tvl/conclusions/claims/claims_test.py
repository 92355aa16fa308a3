"""Verdicts on claims of every kind."""

import unittest

from tvl.conclusions.claims import claims
from tvl.conclusions.claims.claims import ABOUT, FAILS, HOLDS, OPEN
from tvl.data import points
from tvl.data.records import BadInput
from tvl.testing.synthetic_claims import Claims, CPU, FULL, pair, WOBBLE
from tvl.testing.synthetic_points import left_out, point, write


class Versus(Claims):
    def test_lower(self):
        for ratio, expected in ((0.4, HOLDS), (0.95, FAILS), (1.5, FAILS), ([0.8, 0.8, 0.85, 0.9, 1.0], OPEN)):
            self.assertEqual(self.outcome({}, pair({64: ratio})), expected, ratio)

    def test_higher(self):
        rule = {"expect": "higher", "threshold": 1.1, "metric": "p99"}
        for ratio, expected in ((2.0, HOLDS), (1.0, FAILS), ([1.0, 1.2, 1.2, 1.1, 1.2], OPEN)):
            self.assertEqual(self.outcome(rule, pair({64: ratio}, "p99", base=1000.0)), expected, ratio)

    def test_equal_is_within_the_threshold_either_way(self):
        rule = {"expect": "equal", "threshold": 1.2}
        for ratio, expected in ((1.0, HOLDS), (0.9, HOLDS), (0.7, FAILS), (1.3, FAILS),
                                ([1.0, 1.0, 1.1, 1.2, 1.3], OPEN)):
            self.assertEqual(self.outcome(rule, pair({64: ratio})), expected, ratio)

    def test_one_size_decides_and_the_others_are_figures(self):
        found = pair({1: 1.0, 64: 0.7, 1000: 0.5})
        for decide_at, expected in ((1, FAILS), (64, HOLDS), (1000, HOLDS)):
            self.assertEqual(self.outcome({"decide_at": decide_at}, found), expected)
        verdict = self.judged({"decide_at": 1000}, found)
        self.assertEqual([round(value, 2) for value in verdict[4:7]], [0.5, 0.49, 0.51])
        self.assertEqual((verdict.n, verdict.x), (5, 1000))
        self.assertEqual((verdict.workload, verdict.chart), ("connections", "connections"))
        self.assertEqual(verdict.sentence, "Server CPU per request of `asio_loop` at 1000 connections is 0.50x (0.49x "
                                           "to 0.51x) that of `asio_threads`; the claim needs at most 0.90x. At 1: "
                                           "1.00x, at 64: 0.70x.")

    def test_several_sizes_without_one_that_decides_are_refused(self):
        verdict = self.judged({}, pair({1: 1.0, 64: 0.7}))
        self.assertEqual(verdict.outcome, OPEN)
        self.assertEqual(verdict.sentence, "Several sizes remain, 1, 64, and the claim has no 'decide_at'. At 1: "
                                           "1.00x, at 64: 0.70x.")
        self.assertEqual(self.outcome({"from": 8}, pair({1: 1.0, 64: 0.7})), HOLDS)

    def test_a_deciding_size_that_was_not_measured_is_named(self):
        verdict = self.judged({"decide_at": 4096}, pair({1: 1.0, 64: 0.7}))
        self.assertEqual((verdict.outcome, verdict.ratio, verdict.points), (OPEN, None, ()))
        self.assertEqual(verdict.sentence, "The claim is decided at 4096 connections, which was not measured, only 1, "
                                           "64. At 1: 1.00x, at 64: 0.70x.")
        self.assertIn("were not measured, only 1, 64", self.judged({"from": 5000}, pair({1: 1.0, 64: 0.7})).sentence)

    def test_less_than_three_repetitions_decide_nothing_and_five_without_recorded_noise(self):
        for sd, least in ((0.02, 3), (None, 5)):
            self.assertEqual(self.outcome({}, pair({64: 0.1}, repetitions=least), sd=sd), HOLDS)
            self.assertEqual(self.outcome({}, pair({64: 0.1}, repetitions=least - 1), sd=sd), OPEN)

    def test_one_pair_has_no_interval(self):
        for sd in (0.02, None):
            verdict = self.judged({}, pair({64: 0.1}, repetitions=1), sd=sd)
            self.assertEqual((verdict.outcome, round(verdict.ratio, 3)), (OPEN, 0.099))
            self.assertEqual((verdict.low, verdict.high), (None, None))
            self.assertIn("is 0.099x that of `asio_threads`; the claim needs at most 0.90x, and repetitions are too "
                          "few: 1.", verdict.sentence)

    def test_invalid_points_take_no_part(self):
        found = pair({1: 0.5}) + pair({64: 5.0}, valid=False)
        self.assertEqual(self.outcome({}, found), HOLDS)
        self.assertEqual(self.judged({}, pair({64: 0.5}, valid=False)).sentence,
                         "There are no valid points to compare by Server CPU per request.")

    def test_a_missing_contestant_is_named(self):
        alone = [record for record in pair({64: 0.5}) if record["contestant"] == "asio_loop"]
        self.assertIn("`asio_threads` has no point here: it was not measured", self.judged({}, alone).sentence)
        out = left_out(contestant="asio_threads", status="failed", reason="it ended")
        self.assertIn("failed: it ended", self.judged({}, alone + [out]).sentence)
        verdict = claims.evaluate(points.load(write(self.folder, alone)), {"memory": [CPU]})[0]
        self.assertEqual((verdict.outcome, verdict.chart, verdict.sentence),
                         (OPEN, None, "The workload memory was not measured."))

    def test_a_missing_column_is_not_0(self):
        self.assertEqual(self.outcome({}, [point(cpu=None), point(contestant="asio_loop", cpu=None, position=1)]), OPEN)

    def test_a_value_of_0_has_no_logarithm_and_an_interval_all_the_same(self):
        verdict = self.judged({}, pair({64: 0.0}))
        self.assertEqual((verdict.outcome, verdict.ratio), (HOLDS, 0.0))
        self.assertIn("by order statistics, as a value is 0.", verdict.sentence)

    def test_another_line_of_the_same_contestant(self):
        found = [point(x=x, series=f"beside:{how}", repetition=r, p99=p99 * WOBBLE[r])
                 for x in (0, 1) for how, p99 in (("block", 9000.0), ("offload", 900.0)) for r in range(5)]
        rule = {"metric": "p99", "of": "asio_threads beside:block", "versus": "asio_threads beside:offload",
                "expect": "higher", "threshold": 2, "decide_at": 1}
        self.assertEqual(self.outcome(rule, found), HOLDS)

    def test_of_several_lines_the_least_favourable_counts(self):
        found = [point(contestant=name, position=p, series=f"threads:{t}", repetition=r, cpu=cpu * WOBBLE[r])
                 for t, costs in ((1, (20.0, 5.0)), (4, (20.0, 19.0)))
                 for r in range(5) for p, (name, cpu) in enumerate(zip(("asio_threads", "asio_loop"), costs))]
        self.assertEqual(self.outcome({}, found), FAILS)
        self.assertEqual(self.outcome({"of": "asio_loop threads:1"}, found), HOLDS)
        single = [record for record in found if record["contestant"] == "asio_threads"]
        single += [point(contestant="asio_loop", position=1, repetition=r, cpu=10.0 * WOBBLE[r]) for r in range(5)]
        self.assertEqual(self.outcome({}, single), HOLDS)  # a line without the series against every line with it
        single += [point(series="threads:8", repetition=r, cpu=9.0) for r in range(5)]
        self.assertEqual(self.outcome({}, single), FAILS)


class Noise(Claims):
    def test_values_that_agree_by_chance_are_as_uncertain_as_recorded(self):
        found = pair({64: [0.85] * 5})
        self.assertEqual(self.outcome({}, found, sd=0.01), HOLDS)
        self.assertEqual(self.outcome({}, found, sd=0.2), OPEN)

    def test_without_recorded_noise_the_range_decides_and_that_is_said(self):
        verdict = self.judged({}, pair({64: [0.85, 0.8, 0.86, 0.82, 0.89]}), sd=None)
        self.assertEqual((verdict.outcome, verdict.low, verdict.high), (HOLDS, 0.8, 0.89))
        self.assertIn(", by order statistics, as no noise is recorded.", verdict.sentence)

    def test_equal_values_work_with_and_without_noise(self):
        for sd in (None, 0.0, 0.01):
            self.assertEqual(self.outcome({}, pair({64: [0.5] * 5}), sd=sd), HOLDS, sd)

    def test_a_noisy_run_needs_more(self):
        """Ten other claims of that run have four times their recorded noise."""
        tables = {f"w{i}": [CPU] for i in range(10)} | {"connections": [CPU]}
        found = pair({64: [0.80, 0.801, 0.799, 0.8, 0.802]})
        for i in range(10):
            found += pair({64: [0.3, 0.33, 0.27, 0.31, 0.29]}, workload=f"w{i}")
        run = points.load(write(self.folder, found))
        for sd, expected in ((0.08, HOLDS), (0.002, OPEN)):
            recorded = {(name, None, "cpu of asio_loop, versus asio_threads, at its size"): sd for name in tables}
            recorded["connections", None, "cpu of asio_loop, versus asio_threads, at its size"] = 0.02
            self.assertEqual(claims.evaluate(run, tables, recorded)[-1].outcome, expected)


class Threshold(Claims):
    NEAR = {64: [0.88, 0.92, 0.9, 0.87, 0.93]}

    def test_about_it_only_when_no_more_repetitions_follow(self):
        for passes, expected in ((None, OPEN), ({"ended": "interrupted"}, OPEN), ({"ended": "decided"}, ABOUT),
                                 ({"ended": "time"}, ABOUT), ("time", OPEN)):
            self.assertEqual(self.outcome({}, pair(self.NEAR), environment={**FULL, "extra_passes": passes}), expected)

    def test_or_when_there_are_sixty(self):
        many = [0.9 * (1 + 0.02 * (i % 5 - 2)) for i in range(60)]
        self.assertEqual(self.outcome({}, pair({64: many}, repetitions=60)), ABOUT)
        self.assertEqual(self.outcome({}, pair({64: many[:59]}, repetitions=59)), OPEN)

    def test_a_wide_interval_is_not_about_it(self):
        wide = {64: [0.5, 1.6, 0.9, 0.6, 1.4]}
        self.assertEqual(self.outcome({}, pair(wide), environment={**FULL, "extra_passes": {"ended": "time"}}), OPEN)


class Bounded(Claims):
    def throughput(self, ratio, of="server-cpu", versus="server-cpu", expect="higher"):
        found = pair({64: ratio}, "throughput", base=1000.0)
        for record in found:
            record["verdict"]["limiter"] = of if record["contestant"] == "asio_loop" else versus
        rule = {"metric": "throughput", "expect": expect, "threshold": 1.1 if expect == "higher" else 0.9}
        return self.judged(rule, found)

    def test_a_lower_bound_is_enough_for_at_least_and_for_nothing_else(self):
        self.assertEqual(self.throughput(2.0, of="generator").outcome, HOLDS)
        self.assertEqual(self.throughput(1.0, of="generator").outcome, OPEN)
        self.assertEqual(self.throughput(0.5, of="generator", expect="lower").outcome, OPEN)
        verdict = self.throughput(2.0, versus="services")
        self.assertEqual((verdict.outcome, verdict.points), (OPEN, ()))
        self.assertIn("the limit was not the contestant: services", verdict.sentence)


class Itself(Claims):
    def outcome_of(self, growth, decide_at):
        found = [point(x=x, repetition=r, p99=1000.0 * factor * (WOBBLE[r] if x else 1))
                 for x, factor in growth.items() for r in range(5)]
        return self.outcome({"metric": "p99", "of": "asio_threads", "versus": None, "versus_x": 0, "expect": "lower",
                             "threshold": 1.2, "decide_at": decide_at}, found)

    def test_relative_to_a_size_of_its_own(self):
        for last, expected in ((1.1, HOLDS), (1.5, FAILS), (1.2, OPEN)):
            self.assertEqual(self.outcome_of({0: 1.0, 1000: 1.3, 16000: last}, 16000), expected)
        self.assertEqual(self.outcome_of({1000: 1.0, 16000: 1.0}, 16000), OPEN)  # 0 was not measured


class Facets(Claims):
    def test_each_is_judged_unless_the_rule_chooses(self):
        found = pair({64: 0.5}, facet="rate:saturation") + pair({64: 1.0}, facet="rate:2000", rate=2000.0)
        run = points.load(write(self.folder, found))
        verdicts = claims.evaluate(run, {"connections": [CPU]})
        self.assertEqual([(v.workload, v.outcome) for v in verdicts],
                         [("connections, 2,000 requests/s offered", FAILS), ("connections, at saturation", HOLDS)])
        (verdict,) = claims.evaluate(run, {"connections": [{**CPU, "facet": "rate:2000"}]})
        self.assertEqual((verdict.outcome, verdict.chart), (FAILS, "connections-rate-2000"))
        (verdict,) = claims.evaluate(run, {"connections": [{**CPU, "facet": "rate:7"}]})
        self.assertEqual(verdict.sentence, "The workload connections was not measured with 7 requests/s offered.")


class Sources(Claims):
    def test_a_workload_of_ones_own_has_the_rules_that_the_run_recorded(self):
        write(self.folder, pair({64: 0.5}, workload="mine"), {**FULL, "claims": {"mine": [CPU]}})
        self.assertEqual([(v.workload, v.outcome, v.source) for v in claims.evaluate(self.folder)],
                         [("mine", HOLDS, "own")])

    def test_a_workload_of_this_project_has_the_present_rules(self):
        old = {"guide": "our own: an older rule", **{key: CPU[key] for key in CPU if key != "guide"}}
        write(self.folder, pair({64: 0.5}), {**FULL, "claims": {"connections": [old]}})
        self.assertEqual(claims.of_run(self.folder), {"connections": claims.of_files()["connections"]})

    def test_a_run_without_recorded_rules_has_all_present_ones(self):
        self.assertEqual(claims.of_run(write(self.folder, [point()])), claims.of_files())
        self.assertEqual(claims.of_run(write(self.folder, [point()], environment=None)), claims.of_files())

    def test_claims_of_another_shape_are_refused(self):
        for asked in ([CPU], {"mine": CPU}, {"mine": ["cpu"]}):
            write(self.folder, pair({64: 0.5}), environment={**FULL, "claims": asked})
            with self.assertRaises(BadInput, msg=asked):
                claims.evaluate(self.folder)


if __name__ == "__main__":
    unittest.main()
