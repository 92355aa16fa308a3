"""Verdicts of quick runs, and the points behind those that are not decided."""

import unittest
from unittest import mock

from tvl.conclusions.claims import claim_verdicts, claims
from tvl.conclusions.claims.claim_verdicts import AGREES, CONTRADICTS, FAILS, HOLDS, OPEN, SILENT
from tvl.testing.synthetic_claims import Claims, CPU, pair
from tvl.testing.synthetic_points import ENVIRONMENT, point, write


class Quick(Claims):
    def quick(self, ratio, reference=(HOLDS, 64), repetitions=3, x=64):
        known = {} if reference is None else {("connections", CPU["guide"]): reference}
        with mock.patch.object(claims, "outcomes_of_reference", lambda: known):
            return self.judged({}, pair({x: ratio}, repetitions=repetitions), environment=ENVIRONMENT)

    def test_it_agrees_or_contradicts_and_has_no_verdict(self):
        for ratio, reference, expected in ((0.5, HOLDS, AGREES), (1.2, HOLDS, CONTRADICTS), (0.5, FAILS, CONTRADICTS),
                                           (1.2, FAILS, AGREES), (0.9, HOLDS, SILENT), (0.5, OPEN, SILENT)):
            self.assertEqual(self.quick(ratio, (reference, 64)).outcome, expected, (ratio, reference))

    def test_without_a_reference_too_few_repetitions_or_at_another_size_it_says_nothing(self):
        self.assertEqual(self.quick(0.5, None).outcome, SILENT)
        self.assertEqual(self.quick(0.5, repetitions=2).outcome, SILENT)
        self.assertEqual(self.quick(0.5, x=8).outcome, SILENT)

    def test_what_it_did_not_measure_says_nothing(self):
        with mock.patch.object(claims, "outcomes_of_reference", dict):
            write(self.folder, pair({64: 0.5}, repetitions=3), ENVIRONMENT)
            self.assertEqual({v.outcome for v in claims.evaluate(self.folder, {"memory": [CPU], "connections": [CPU]})},
                             {SILENT})

    def test_points_without_a_run_s_environment_say_it_themselves(self):
        with mock.patch.object(claims, "outcomes_of_reference", dict):
            for quick, expected in ((True, SILENT), (False, HOLDS)):
                found = [{**record, "quick": quick} for record in pair({64: 0.5})]
                self.assertEqual(self.outcome({}, found, environment=None), expected)


class Reference(unittest.TestCase):
    def test_the_committed_run_has_outcomes(self):
        found = claims.outcomes_of_reference()
        self.assertIn(HOLDS, {outcome for outcome, _ in found.values()})


class Behind(Claims):
    UNSURE = [0.8, 0.95, 0.9, 0.87, 1.0]

    def behind(self, rule, found, **more):
        return self.judged(rule, found, **more).points

    def test_all_contestants_at_the_size_that_decides(self):
        found = pair({1: 0.5, 64: self.UNSURE})
        self.assertEqual(self.behind({"decide_at": 64}, found),
                         ("connections/asio_loop/64", "connections/asio_threads/64"))
        self.assertEqual(self.behind({"decide_at": 1}, found), ())

    def test_both_sizes_of_a_comparison_with_itself(self):
        found = [point(x=x, repetition=r, cpu=20.0 * (self.UNSURE[r] if x else 1))
                 for x in (0, 64, 1000) for r in range(5)]
        rule = {"of": "asio_threads", "versus": None, "versus_x": 0, "decide_at": 64}
        self.assertEqual(self.behind(rule, found), ("connections/asio_threads/64", "connections/asio_threads/0"))

    def test_every_size_of_a_slope(self):
        found = [point(contestant=name, position=p, x=x, repetition=r, pss=int((4 << 20) + kib * x * 1024))
                 for r in range(5) for x in (1, 64, 1000)
                 for p, (name, kib) in enumerate((("asio_threads", 20.0), ("asio_loop", 20.0 * self.UNSURE[r])))]
        names = self.behind({"metric": "user_memory", "slope": True}, found)
        self.assertEqual(set(names), {f"connections/{name}/{x}" for name in ("asio_loop", "asio_threads")
                                      for x in (1, 64, 1000)})

    def test_a_slope_that_is_unknown_because_a_size_was_invalid_too_often(self):
        def slope(bad):
            return [point(contestant=name, position=p, x=x, repetition=r, pss=int((4 << 20) + kib * x * 1024),
                          valid=not (x == 1000 and r < bad and name == "asio_loop"), limiter="host-busy")
                    for r in range(3) for x in (1, 64, 1000)
                    for p, (name, kib) in enumerate((("asio_threads", 20.0), ("asio_loop", 2.0)))]

        rule = {"metric": "user_memory", "slope": True}
        self.assertEqual(self.behind(rule, slope(0)), ())
        verdict = self.judged(rule, slope(2))
        self.assertEqual((verdict.outcome, len(verdict.points), verdict.tried), (OPEN, 6, 3))
        verdict = self.judged(rule, slope(3))
        self.assertEqual((verdict.outcome, verdict.points), (OPEN, ()))  # more of them would be no better

    def test_every_line_of_a_contestant_with_several(self):
        found = [point(contestant=name, position=p, series=f"threads:{t}", repetition=r,
                       cpu=20.0 * (1, self.UNSURE[r])[p])
                 for t in (1, 4) for r in range(5) for p, name in enumerate(("asio_threads", "asio_loop"))]
        self.assertEqual(set(self.behind({}, found)), {f"connections/{name}/64/threads:{t}"
                                                       for name in ("asio_loop", "asio_threads") for t in (1, 4)})

    def test_a_facet_is_in_the_name(self):
        found = pair({64: self.UNSURE}, facet="rate:2000", rate=2000.0)
        self.assertIn("connections/asio_loop/64/rate:2000", self.behind({}, found))

    def test_more_repetitions_are_counted_whether_valid_or_not(self):
        found = pair({64: self.UNSURE})
        found[-1] = {**found[-1], "verdict": {"valid": False, "limiter": "none", "reasons": []}}
        verdict = self.judged({}, found)
        self.assertEqual((verdict.n, verdict.tried), (4, 5))

    def test_what_repetition_does_not_help_is_not_listed(self):
        found = pair({64: 0.5}, "throughput", base=1000.0, limiter="generator")
        self.assertEqual(self.behind({"metric": "throughput", "expect": "higher"}, found), ())


class Sides(unittest.TestCase):
    def test_near_is_within_a_quarter_of_either_threshold(self):
        rule = claims.claim_rules.read({**CPU, "expect": "equal", "threshold": 1.5}, "w")
        found = claim_verdicts.claim_intervals.Found(1.5, 1.3, 1.7, 9, "moderated")
        self.assertTrue(claim_verdicts.is_about_the_threshold(rule, found))
        self.assertFalse(claim_verdicts.is_about_the_threshold(rule, found._replace(high=1.9)))
        self.assertFalse(claim_verdicts.is_about_the_threshold(rule, found._replace(n=2)))


if __name__ == "__main__":
    unittest.main()
