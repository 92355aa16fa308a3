import json
import os
import unittest

from tvl.testing import tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_claims import CPU, FULL, pair
from tvl.testing.synthetic_points import ENVIRONMENT, write

UNSURE = [0.8, 0.95, 0.9, 0.87, 1.0]


class Undecided(Folder):
    def listed(self, *words, ratios=None, environment=FULL, repetitions=5):
        found = pair(ratios or {64: UNSURE}, workload="mine", repetitions=repetitions)
        write(self.folder, found, {**environment, "claims": {"mine": [{**CPU, "decide_at": 64}]}})
        done = tvl_results.run("undecided", self.folder, *words)
        return done.returncode, done.stdout, done.stderr

    def test_one_point_a_line_and_the_claims_on_standard_error(self):
        self.assertEqual(self.listed(), (0, "mine/asio_loop/64\nmine/asio_threads/64\n",
                                         "mine: threads are expensive\n1 claim to decide by further repetitions\n"))

    def test_nothing_when_all_are_decided(self):
        self.assertEqual(self.listed(ratios={64: 0.5}), (0, "", "0 claims to decide by further repetitions\n"))

    def test_a_claim_with_enough_repetitions_is_given_up(self):
        self.assertEqual(self.listed("--until-n", "5")[:2], (0, ""))
        self.assertNotEqual(self.listed("--until-n", "6")[1], "")
        many = {64: [0.5 + i / 60 for i in range(60)]}
        self.assertEqual(self.listed(ratios=many, repetitions=60)[1], "", "60 are enough by default")

    def test_the_end_of_the_repetitions_is_noted(self):
        self.assertEqual(self.listed("--ended", "time"), (0, "", ""))
        with open(os.path.join(self.folder, "environment.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["extra_passes"], {"ended": "time"})

    def test_a_quick_run_is_refused_in_one_line(self):
        code, out, said = self.listed(environment=ENVIRONMENT)
        self.assertEqual((code, out, said.count("\n")), (2, "", 1))
        self.assertIn("a quick run", said)

    def test_bad_input_is_one_line(self):
        done = tvl_results.run("undecided", self.folder)
        self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1))
        self.assertEqual(self.listed("--until-n", "0")[0], 2)


if __name__ == "__main__":
    unittest.main()
