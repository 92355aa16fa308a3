import os
import unittest
from unittest import mock

from tvl.conclusions.claims import claims
from tvl.testing import tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_claims import CPU, FULL, pair
from tvl.testing.synthetic_points import ENVIRONMENT, write

CLAIMS = {"mine": [{**CPU, "decide_at": 64}, {**CPU, "guide": "more", "decide_at": 1000}]}


class WellPosed(Folder):
    def run_of(self, name, ratio, environment=FULL):
        folder = os.path.join(self.folder, name)
        os.makedirs(folder, exist_ok=True)
        return write(folder, pair({64: ratio}, workload="mine"), environment)

    def check(self, *runs):
        with mock.patch.object(claims, "of_files", lambda: CLAIMS):
            return tvl_results.run("well-posed", *runs)

    def test_far_from_the_threshold_is_well_posed(self):
        done = self.check(self.run_of("one", 0.5))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"mine:1 +1 +0.50x +at most 0.90x +0.0079 +74.\d")
        self.assertIn("mine:2, run 1, cannot be judged: no effect at 1000", done.stdout)
        self.assertIn("1 of 1 are well posed, 1 cannot be judged", done.stdout)

    def test_near_it_in_any_of_the_runs_is_not(self):
        done = self.check(self.run_of("one", 0.5), self.run_of("other", 0.89))
        self.assertEqual(done.returncode, 1)
        self.assertIn("mine:1, run 2, is ill posed: 1.4 standard deviations, at least 3 are", done.stdout)
        self.assertIn("1 of 2 are well posed", done.stdout)

    def test_runs_that_tell_nothing_are_exit_2(self):
        folder = write(self.folder, pair({7: 0.5}, workload="mine"), FULL)
        done = self.check(folder)
        self.assertEqual(done.returncode, 2)
        self.assertIn("0 of 0 are well posed, 2 cannot be judged", done.stdout)

    def test_it_fits_a_terminal(self):
        done = tvl_results.run("well-posed", claims.REFERENCE)
        self.assertEqual(done.stderr, "")
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80)

    def test_a_quick_run_or_none_is_refused_in_one_line(self):
        for folder in (self.run_of("quick", 0.5, ENVIRONMENT), self.folder):
            done = self.check(folder)
            self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1))


if __name__ == "__main__":
    unittest.main()
