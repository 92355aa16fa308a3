import argparse
import json
import os
import subprocess
import tomllib
from unittest import mock

from tvl import ROOT
from tvl.analysis.planted_test import record_of
from tvl.commands import sensitivity
from tvl.testing import tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point, write

MOODS = (1.0, 1.01, 0.99, 1.005, 0.995)


class Sensitivity(Folder):
    def run_of(self, slowed=(1.05, 1.051, 1.049, 1.0505, 1.0495), again=(1.0, 1.001, 0.999, 1.0005, 0.9995), times=2):
        """posix_loop, a second instance, and one that costs `slowed` times as much, with the drift of the machine."""
        found = []
        for repetition, mood in enumerate(MOODS * times):
            costs = (("posix_loop", 4.0), ("posix_loop_again", 4.0 * again[repetition % 5]),
                     ("posix_loop_planted", 4.0 * slowed[repetition % 5]))
            rotated = [costs[(position + repetition) % 3] for position in range(3)]
            found += [point("connections", name, 64, repetition, position=i, cpu=cost * mood)
                      for i, (name, cost) in enumerate(rotated)]
        return write(self.folder, found)

    def sensitivity(self, *words):
        """(exit code, the text with its lines joined, errors)"""
        done = tvl_results.run("sensitivity", *words)
        return done.returncode, " ".join(done.stdout.split()), done.stderr

    def test_the_slowdown_is_found_and_nothing_else(self):
        code, text, said = self.sensitivity(self.run_of())
        self.assertEqual((code, said), (0, ""))
        self.assertTrue(text.endswith("of 5.00 % was found 2 times of 2, without one a regression 0 times."), text)

    def test_one_that_is_overlooked_fails(self):
        code, text, _ = self.sensitivity(self.run_of(slowed=(1.05, 1.04, 0.99, 1.05, 1.06)))
        self.assertEqual(code, 1)
        self.assertIn("was found 0 times of 2, without one a regression 0 times.", text)

    def test_a_false_alarm_fails(self):
        code, text, _ = self.sensitivity(self.run_of(again=(1.04, 1.05, 1.06, 1.04, 1.05)))
        self.assertEqual(code, 1)
        self.assertIn("was found 2 times of 2, without one a regression 2 times.", text)

    def test_the_threshold_is_that_of_the_interval(self):
        run = self.run_of()  # 1.049 to 1.051
        self.assertEqual(self.sensitivity(run, "--threshold", "4.8")[0], 0)
        self.assertEqual(self.sensitivity(run, "--threshold", "4.95")[0], 1)

    def test_one_that_is_larger_than_asked_for_shows_nothing(self):
        code, text, _ = self.sensitivity(self.run_of(slowed=(1.27, 1.28, 1.27, 1.26, 1.27)))
        self.assertEqual(code, 1)
        self.assertIn("of 27.00 % was found 2 times of 2, without one a regression 0 times. This shows nothing about "
                      "5 %: the machine was another one", text)
        self.assertEqual(self.sensitivity(self.folder, "--percent", "20")[0], 0)

    def test_repetitions_without_their_five_decide_nothing(self):
        folder = self.run_of(times=1)
        path = os.path.join(folder, "points.jsonl")
        with open(path, encoding="utf-8") as file:
            lines = file.readlines()
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(lines[:-3])
        code, text, said = self.sensitivity(folder)
        self.assertEqual((code, text), (2, ""))
        self.assertEqual(said, "sensitivity: no 5 valid repetitions with a second instance and an injected slowdown\n")

    def test_what_is_kept_says_the_same(self):
        kept = os.path.join(self.folder, "kept.jsonl")
        whole = self.sensitivity(self.run_of(), "--record", kept)
        self.assertEqual(self.sensitivity(kept), whole)

    def test_of_the_recorded_run_all_is_found_and_nothing_else(self):
        code, text, said = self.sensitivity(os.path.join(ROOT, "results", "planted.jsonl"))
        self.assertEqual((code, said), (0, ""))
        self.assertTrue(text.endswith("was found 20 times of 20, without one a regression 0 times."), text)

    def test_in_the_recorded_minutes_it_is_found_19_times_of_20_and_nothing_else(self):
        code, text, said = self.sensitivity(os.path.join(ROOT, "results", "planted_smallest.jsonl"), "--smallest")
        self.assertEqual((code, said), (0, ""))
        self.assertIn("14 repetitions of 57 s: a slowdown of 2.04 % was found 19 times of 20, without one a regression 0 "
                      "times.", text)

    def test_it_fits_a_terminal(self):
        done = tvl_results.run("sensitivity", os.path.join(ROOT, "results", "planted.jsonl"), "--smallest")
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80)

    def test_bad_input_is_one_line(self):
        for words in ((os.path.join(self.folder, "missing"),), ("--times", "0"), ("--percent", "200"),
                      ("--repetitions", "1")):
            code, _, said = self.sensitivity(*words)
            self.assertEqual(code, 2, words)
            self.assertTrue(said.splitlines()[-1].startswith(("sensitivity: ", "tvl-results sensitivity: ")), said)

    def test_the_variants_differ_in_name_and_flag_alone(self):
        for name in ("asio_loop", "asio_pool", "posix_threads"):
            with open(os.path.join(ROOT, "servers", f"{name}.toml"), "rb") as file:
                server = tomllib.load(file)
            again = tomllib.loads(sensitivity.variant(name, "_again"))
            slower = tomllib.loads(sensitivity.variant(name, "_planted", 312))
            self.assertEqual(slower.pop("command")[1:], server["command"][1:] + ["--planted", "312"])
            self.assertEqual(again.pop("command")[1:], server.pop("command")[1:])
            self.assertEqual((again.pop("name"), slower.pop("name")), (f"{name}_again", f"{name}_planted"))
            del server["name"]
            self.assertEqual((again, slower), (server, server))


class Smallest(Folder):
    """With a suite whose servers cost as the committed record says."""

    def measure(self, *words, per_round=0.00015, exponent=1):
        """(exit code, joined text, [(rounds, repetitions)] of each run)"""
        runs = []

        def created(injection, arguments):
            injection.name, injection.folder = arguments.contestant, "results/RUN"

        def measured(injection, rounds, repetitions, suffix):
            runs.append((rounds, repetitions))
            return record_of((rounds * per_round) ** exponent, repetitions, seed=len(runs))

        with (mock.patch.object(sensitivity.Injection, "measured", measured),
              mock.patch.object(sensitivity.Injection, "__init__", created)):
            done = tvl_results.run("sensitivity", *words)
        return done.returncode, " ".join(done.stdout.split()), runs

    def test_it_is_measured_twice_and_the_smallest_that_is_found_often_counts(self):
        kept = os.path.join(self.folder, "kept.jsonl")
        code, text, runs = self.measure("--smallest", "--record", kept)
        self.assertEqual(code, 0, text)
        self.assertEqual([repetitions for _, repetitions in runs], [9, 9, 292, 292])
        self.assertAlmostEqual(runs[2][0], 100, delta=30)  # rounds of 1.5 %
        self.assertLess(runs[3][0], runs[2][0] + 25)
        self.assertRegex(text, r"The smallest slowdown that was measured and found often enough: 1\.[2-5]\d %\.")
        self.assertEqual(tvl_results.run("sensitivity", kept, "--smallest").returncode, 0)

    def test_all_of_it_takes_less_than_45_minutes(self):
        _, _, runs = self.measure("--smallest")
        self.assertLess(sum(repetitions for _, repetitions in runs) * 3.92 / 60, 45)

    def test_without_it_one_slowdown_is_measured(self):
        code, _, runs = self.measure()
        self.assertEqual((code, [repetitions for _, repetitions in runs]), (0, [9, 9, 104]))

    def test_rounds_are_tried_until_they_cost_about_what_was_asked_for(self):
        code, text, runs = self.measure(exponent=2, per_round=0.0004)  # as rounds that also make the server wake more
        self.assertEqual((code, [repetitions for _, repetitions in runs]), (0, [9, 9, 9, 104]))
        self.assertEqual(runs[-1][0], runs[-2][0])
        self.assertAlmostEqual((runs[-1][0] * 0.0004) ** 2, 0.05, delta=0.0125)

    def test_the_nearest_attempt_is_taken(self):
        _, _, runs = self.measure(exponent=6, per_round=0.0007)  # 12 %, then one that makes no difference
        self.assertEqual(runs, [(1000, 9), (mock.ANY, 9), (1000, 104)])

    def test_comparisons_of_more_than_a_minute_do_not_count(self):
        folder = os.path.join(self.folder, "slow.jsonl")
        with open(folder, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(one) + "\n" for one in record_of(0.02, 300, seconds=5))
        code, text, _ = self.measure(folder, "--smallest")
        self.assertEqual(code, 1)
        self.assertIn("No slowdown was found often enough in a minute each.", text)

    def test_a_server_without_the_flag_is_named(self):
        with mock.patch.object(sensitivity, "TRIED", 1):
            self.assertEqual(self.measure("--smallest", per_round=1e-9)[0], 2)

    def test_the_suite_is_asked_for_three_servers_without_controls(self):
        arguments = argparse.Namespace(contestant="asio_loop", seconds=3.0)
        with (mock.patch.object(os.path, "exists", return_value=True), mock.patch.object(sensitivity, "write"),
              mock.patch.object(sensitivity, "read"), mock.patch.object(subprocess, "call", return_value=0) as called):
            sensitivity.Injection(arguments).measured(100, 5, "")
        words = called.call_args.args[0]
        self.assertEqual([os.path.basename(words[i + 1]) for i, word in enumerate(words) if word == "--contestant"],
                         ["asio_loop", "asio_loop_again.toml", "asio_loop_planted.toml"])
        self.assertIn("--benchmark_filter=/64$", words)
