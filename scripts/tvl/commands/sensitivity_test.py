import os
import tomllib

from tvl import ROOT
from tvl.commands import sensitivity
from tvl.testing import tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point, write

MOODS = (1.0, 1.01, 0.99, 1.005, 0.995)


class Sensitivity(Folder):
    def run_of(self, slowed=(1.05, 1.051, 1.049, 1.0505, 1.0495), again=(1.0, 1.001, 0.999, 1.0005, 0.9995), times=2):
        """posix_loop, the same once more, and one that costs `slowed` times as much, with the drift of the machine."""
        found = []
        for repetition, mood in enumerate(MOODS * times):
            costs = (("posix_loop", 4.0, {}), ("posix_loop", 4.0 * again[repetition % 5], {"control": True}),
                     ("posix_loop_planted", 4.0 * slowed[repetition % 5], {}))
            rotated = [costs[(position + repetition) % 3] for position in range(3)]
            found += [point("connections", name, 64, repetition, position=i, cpu=cost * mood, **more)
                      for i, (name, cost, more) in enumerate(rotated)]
        return write(self.folder, found)

    def sensitivity(self, *words):
        done = tvl_results.run("sensitivity", *words)
        return done.returncode, done.stdout, done.stderr

    def test_the_slowdown_is_found_and_nothing_else(self):
        code, text, said = self.sensitivity(self.run_of())
        self.assertEqual((code, said), (0, ""))
        self.assertTrue(text.endswith("found 2 times of 2 with a slowdown, 0 times without.\n"), text)

    def test_one_that_is_overlooked_fails(self):
        code, text, _ = self.sensitivity(self.run_of(slowed=(1.05, 1.04, 0.99, 1.05, 1.06)))
        self.assertEqual(code, 1)
        self.assertIn("found 0 times of 2 with a slowdown, 0 times without.", text)

    def test_a_false_alarm_fails(self):
        code, text, _ = self.sensitivity(self.run_of(again=(1.04, 1.05, 1.06, 1.04, 1.05)))
        self.assertEqual(code, 1)
        self.assertIn("found 2 times of 2 with a slowdown, 2 times without.", text)

    def test_repetitions_without_their_five_decide_nothing(self):
        folder = self.run_of(times=1)
        path = os.path.join(folder, "points.jsonl")
        with open(path, encoding="utf-8") as file:
            lines = file.readlines()
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(lines[:-3])
        code, text, said = self.sensitivity(folder)
        self.assertEqual((code, text), (2, ""))
        self.assertEqual(said, "sensitivity: no 5 repetitions with a valid control and a valid injected slowdown\n")

    def test_what_is_kept_says_the_same(self):
        kept = os.path.join(self.folder, "kept.jsonl")
        whole = self.sensitivity(self.run_of(), "--record", kept)
        self.assertEqual(self.sensitivity(kept), whole)

    def test_of_the_recorded_run_all_is_found_and_nothing_else(self):
        code, text, said = self.sensitivity(os.path.join(ROOT, "results", "planted.jsonl"))
        self.assertEqual((code, said), (0, ""))
        self.assertTrue(text.endswith("found 20 times of 20 with a slowdown, 0 times without.\n"), text)

    def test_bad_input_is_one_line(self):
        for words in ((os.path.join(self.folder, "missing"),), ("--times", "0"), ("--percent", "200")):
            code, _, said = self.sensitivity(*words)
            self.assertEqual(code, 2, words)
            self.assertTrue(said.splitlines()[-1].startswith(("sensitivity: ", "tvl-results sensitivity: ")), said)

    def test_the_slower_one_differs_in_name_and_flag_alone(self):
        for name in ("asio_loop", "asio_pool", "posix_threads"):
            with open(os.path.join(ROOT, "servers", f"{name}.toml"), "rb") as file:
                server = tomllib.load(file)
            slower = tomllib.loads(sensitivity.slower(name, 312))
            self.assertEqual(slower.pop("command")[1:], server.pop("command")[1:] + ["--planted", "312"])
            self.assertEqual(slower.pop("name"), server.pop("name") + "_planted")
            self.assertEqual(slower, server)
