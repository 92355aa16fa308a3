import os
import unittest

from tvl.conclusions.claims import claim_verdicts, claim_wellposed, claims
from tvl.data import points
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_claims import CPU, FULL, pair
from tvl.testing.synthetic_points import write

ASKED = {"connections": [{**CPU, "decide_at": 64}]}
KEY = ("connections", None, "cpu of asio_loop, versus asio_threads, at 64")


class WellPosed(Folder):
    def judged(self, ratio, recorded, x=64, folder=None, asked=None):
        run = points.load(write(self.folder, pair({x: ratio}), FULL))
        return claim_wellposed.judge([run], asked or ASKED, recorded, folder or self.folder)

    def test_the_distance_is_in_recorded_deviations(self):
        (one,) = self.judged(0.5, {KEY: 0.2})
        self.assertEqual((one.claim, one.run, one.why, one.is_ill_posed), ("connections:1", 1, "", True))
        self.assertAlmostEqual(one.distance, 2.94, delta=0.02)  # log(0.9 / 0.5) = 0.588
        (one,) = self.judged(0.5, {KEY: 0.19})
        self.assertFalse(one.is_ill_posed)

    def test_without_recorded_noise_that_of_the_runs_counts(self):
        (one,) = self.judged(0.5, {})
        self.assertAlmostEqual(one.sd, 0.0079, delta=0.0002)

    def test_one_repetition_is_not_judged(self):
        run = points.load(write(self.folder, pair({64: 0.85}, repetitions=1), FULL))
        (one,) = claim_wellposed.judge([run], ASKED, {KEY: 0.2}, self.folder)
        self.assertEqual((one.why, one.is_ill_posed), ("repetitions are too few: 1", False))

    def test_without_any_noise_it_is_far_away(self):
        (one,) = self.judged([0.5] * 5, {KEY: 0.0})
        self.assertEqual((one.distance, one.is_ill_posed), (float("inf"), False))

    def test_what_a_run_cannot_tell_is_named(self):
        for why, found in (("no effect at 64", self.judged(0.5, {}, x=8)), ("no noise is known", self.judged(0.0, {})),
                           ("not measured", self.judged(0.5, {}, asked={"memory": [CPU]}))):
            self.assertEqual([(one.why, one.is_ill_posed) for one in found], [(why, False)])

    def test_a_workload_that_has_changed_since_is_named(self):
        path = os.path.join(self.folder, "connections.toml")
        for load, why in (("seconds = 1.0\nwarmup_s = 0.3\nconnections = [1, 64]", ""),
                          ("seconds = 2\nwarmup_s = 0.3\nconnections = [1, 64]",
                           "the workload has changed since: seconds = 2, was 1")):
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"[load]\n{load}\n")
            (one,) = self.judged(0.5, {KEY: 0.01})
            self.assertEqual(one.why, why)


class Recorded(unittest.TestCase):
    def test_all_claims_that_the_reference_run_decides_are_well_posed_by_the_present_rules(self):
        """One that it could not decide, or found about the threshold, has no verdict that could turn round."""
        found = claim_wellposed.judge([points.load(claims.REFERENCE)])
        undecided = {one.guide for one in claims.evaluate(claims.REFERENCE)
                     if one.outcome in (claim_verdicts.OPEN, claim_verdicts.ABOUT)}
        self.assertEqual([f"{one.claim}: {one.distance:.1f}" for one in found
                          if one.is_ill_posed and one.case.rule.guide not in undecided], [])
        self.assertEqual({one.claim for one in found},
                         {f"{name}:{place}" for name, tables in claims.of_files().items()
                          for place in range(1, len(tables) + 1)})


if __name__ == "__main__":
    unittest.main()
