import json
import os
import unittest

from tvl.testing import tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_claims import FULL, pair
from tvl.testing.synthetic_points import ENVIRONMENT, write


class Noise(Folder):
    def run_of(self, name, environment=FULL, repetitions=5):
        folder = os.path.join(self.folder, name)
        os.makedirs(folder, exist_ok=True)
        return write(folder, pair({1: 0.9, 64: 0.5, 4096: 0.25}, repetitions=repetitions), environment)

    def test_the_file_names_its_runs_and_has_the_noise_of_present_claims(self):
        path = os.path.join(self.folder, "noise.json")
        runs = [self.run_of("one"), self.run_of("other")]
        done = tvl_results.run("noise", *runs, "--output", path)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        with open(path, encoding="utf-8") as file:
            text = file.read()
        found = json.loads(text)
        self.assertEqual([run["folder"] for run in found["runs"]], ["one", "other"])
        self.assertEqual(found["runs"][0]["commit"], FULL["commit"])
        (cpu,) = [one for one in found["claims"] if one["effect"] == "cpu of asio_loop, versus asio_threads, at 4096"]
        self.assertEqual((cpu["workload"], cpu["freedom"]), ("connections", 8))
        self.assertNotIn(self.folder, text)
        self.assertEqual(tvl_results.run("noise", *runs).stdout, text, "the same on standard output")

    def test_a_quick_run_or_none_is_refused_in_one_line(self):
        quick, short = self.run_of("quick", ENVIRONMENT), self.run_of("short", repetitions=2)
        for folder, said in ((quick, "a quick run"), (self.folder, "points.jsonl"), (short, "three repetitions")):
            done = tvl_results.run("noise", folder)
            self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1))
            self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main()
