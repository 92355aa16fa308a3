import argparse
import math
import os
import random
import subprocess
import tempfile
import unittest
from unittest import mock

from tvl.commands import build_commits
from tvl.stats import independent_ratio
from tvl.testing import tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import ENVIRONMENT, point, write


class TwoSamples(unittest.TestCase):
    def test_levels_are_those_of_the_tables_of_mann_and_whitney(self):
        self.assertEqual([(k, round(level, 3)) for k, level in map(independent_ratio.places, (5, 3, 9), (5, 3, 9))],
                         [(3, 0.968), (1, 0.9), (18, 0.960)])

    def test_one_value_each_has_a_ratio_and_no_certainty(self):
        self.assertEqual(independent_ratio.compared([2.0], [3.0]), (1.5, 1.5, 1.5, 1, 0.0))
        self.assertIsNone(independent_ratio.compared([], [3.0]))

    def test_the_interval_covers_the_truth_as_often_as_it_says(self):
        dice = random.Random(1)
        hits = 0
        for _ in range(2000):
            old, new = ([math.exp(dice.gauss(0, 0.1)) * scale for _ in range(5)] for scale in (1.0, 1.05))
            found = independent_ratio.compared(old, new)
            hits += found.low <= 1.05 <= found.high
        self.assertAlmostEqual(hits / 2000, 0.968, delta=0.015)


class Compare(Folder):
    def run_of(self, name, cpu, environment=ENVIRONMENT, **more):
        """asio_loop costs `cpu` in five repetitions, times the drift of the machine; posix_loop has the drift alone."""
        folder = os.path.join(self.folder, name)
        os.makedirs(folder)
        moods = more.pop("moods", (1.0, 1.01, 0.99, 1.005, 0.995))
        records = [point("connections", contestant, 64, i, position=p, cpu=cost * mood, **more)
                   for i, mood in enumerate(moods)
                   for p, (contestant, cost) in enumerate((("posix_loop", 3.0), ("asio_loop", cpu)))]
        return write(folder, records, environment)

    def compare(self, *words):
        done = tvl_results.run("compare", *words)
        return done.returncode, done.stdout, done.stderr

    def outcomes(self, *words):
        code, text, said = self.compare(*words, "--all")
        self.assertEqual(said, "")
        lines = [line for line in text.splitlines() if "asio_loop" in line and "CPU" in line]
        return code, [line.partition(")")[2].strip() for line in lines]

    def test_a_regression_is_found_and_exits_1(self):
        old, new = self.run_of("old", 4.0), self.run_of("new", 4.2)
        self.assertEqual(self.outcomes(old, new), (1, ["regression"]))
        self.assertEqual(self.outcomes(new, old), (0, ["improvement"]))

    def test_the_same_is_no_difference(self):
        old, new = self.run_of("old", 4.0), self.run_of("new", 4.0)
        self.assertEqual(self.outcomes(old, new), (0, ["no difference"]))

    def test_small_differences_are_no_regression(self):
        old, new = self.run_of("old", 4.0), self.run_of("new", 4.08, moods=(1.0, 1.001, 0.999, 1.0005, 0.9995))
        self.assertEqual(self.outcomes(old, new, "--threshold", "3%"), (0, ["differs, below the threshold"]))
        self.assertEqual(self.outcomes(old, new, "--threshold", "1%"), (1, ["regression"]))

    def test_a_machine_that_drifted_is_seen_through(self):
        slow = (1.1, 1.11, 1.09, 1.105, 1.095)
        old, new = self.run_of("old", 4.0), self.run_of("new", 4.0, moods=slow)
        self.assertEqual(self.outcomes(old, new), (1, ["regression"]))
        self.assertEqual(self.outcomes(old, new, "--relative-to", "posix_loop"), (0, ["no difference"]))

    def test_one_repetition_decides_nothing(self):
        old, new = self.run_of("old", 4.0, moods=(1.0,)), self.run_of("new", 8.0, moods=(1.0,))
        self.assertEqual(self.outcomes(old, new), (0, ["too few repetitions"]))

    def test_two_contestants_of_one_run(self):
        run = self.run_of("run", 4.0)
        code, text, _ = self.compare(run, "--between", "posix_loop", "asio_loop")
        self.assertEqual(code, 1)
        self.assertIn("1.333 (1.333 to 1.333)", text)

    def test_another_machine_is_refused_and_other_versions_are_marked(self):
        old = self.run_of("old", 4.0)
        other = self.run_of("other", 4.2, dict(ENVIRONMENT, cpu_model="Real CPU 1"))
        code, text, said = self.compare(old, other)
        self.assertEqual((code, text), (2, ""))
        self.assertEqual(said, "compare: two machines: cpu_model: Imaginary CPU 3000 / Real CPU 1 (--anyway compares "
                               "them)\n")
        newer = self.run_of("newer", 4.2, dict(ENVIRONMENT, compiler="clang 20"))
        self.assertEqual(self.outcomes(old, newer), (0, ["not comparable"]))
        self.assertEqual(self.outcomes(old, newer, "--anyway"), (1, ["regression"]))
        self.assertIn("Conditions differ, compiler: clang 19.1.7 / clang 20", self.compare(old, newer)[1])

    def test_points_with_another_plan_are_marked(self):
        old, new = self.run_of("old", 4.0), self.run_of("new", 4.2, plan={"mode": "closed", "connections": 64,
                                                                           "seconds": 3.0})
        self.assertEqual(self.outcomes(old, new), (0, ["not comparable"]))
        self.assertIn("Conditions differ, seconds: 1.0 / 3.0", self.compare(old, new)[1])

    def test_points_measured_concurrently_are_not_comparable_with_single_ones(self):
        old, new = (self.run_of(name, 4.0, plan={"mode": "closed", "together": n}) for name, n in (("old", 1), ("new", 2)))
        self.assertEqual(self.outcomes(old, new), (0, ["not comparable"]))

    def test_markdown_hides_what_does_not_differ(self):
        old, new = self.run_of("old", 4.0), self.run_of("new", 4.2)
        text = self.compare(old, new, "--format", "markdown")[1]
        self.assertIn("| connections | asio_loop | 64 | CPU µs/req | 4.00 | 4.20 | 1.050 (1.03", text)
        self.assertIn("<details><summary>1 more</summary>", text)

    def test_the_chart_is_drawn(self):
        old, new = self.run_of("old", 4.0), self.run_of("new", 4.2)
        path = os.path.join(self.folder, "ratios.svg")
        self.assertEqual(self.compare(old, new, "--chart", path)[0], 1)
        self.assertGreater(os.path.getsize(path), 1000)

    def test_bad_input_is_one_line(self):
        old = self.run_of("old", 4.0)
        for words in ((old, os.path.join(self.folder, "none")), (old, "--between", "posix_loop", "nobody"),
                      (old, old, "--relative-to", "nobody"), (old,), (), ("--commits", "a", "b"),
                      ("--commits", "no-such-commit", "HEAD", "--contestant", "asio_loop"),
                      ("--commits", "a", "b", "--contestant", "asio_loop", "--metric", "p99")):
            with self.subTest(words=words):
                code, text, said = self.compare(*words)
                self.assertEqual((code, text), (2, ""))
                self.assertEqual(said.splitlines()[-1].count("compare: "), 1, said)
                self.assertNotIn("Traceback", said)


class TwoCommits(unittest.TestCase):
    def suite_command(self, *words):
        """The arguments of tvl-suite."""
        options = argparse.Namespace(commits=["a", "b"], contestant="asio_loop", workload="connections", repetitions=5,
                                     quick=False, apart="--apart" in words)
        with (tempfile.TemporaryDirectory() as kept, mock.patch.object(build_commits, "KEPT", kept),
              mock.patch.multiple(build_commits, resolved=str, built=mock.Mock(), manifest=mock.Mock(return_value="")),
              mock.patch.object(os.path, "exists", return_value=True),
              mock.patch.object(subprocess, "call", return_value=0) as called):
            build_commits.measured(options)
        return called.call_args.args[0]

    def test_they_are_measured_together_unless_told_otherwise(self):
        self.assertIn("--together", self.suite_command())
        self.assertNotIn("--together", self.suite_command("--apart"))

    def test_each_side_has_a_manifest_with_its_own_program(self):
        shown = ('name    = "asio_loop"\ntitle   = "a loop"\nversus  = "asio_threads"\n'
                 'command = ["{bin}/asio_loop", "--port", "{port}"]\n')
        with mock.patch.object(build_commits, "git", return_value=shown):
            text = build_commits.manifest("abc", "asio_loop", "asio_loop_new", "asio_loop_old", "/b/asio_loop")
        self.assertEqual(text, 'name = "asio_loop_new"\ntitle = "a loop, commit abc"\nversus = "asio_loop_old"\n'
                               'command = ["/b/asio_loop", "--port", "{port}"]\n')

    def test_the_workload_asks_the_two_alone(self):
        text = build_commits.workload("connections", ["a_old", "a_new"])
        self.assertIn('\ncontestants = ["a_old", "a_new"]\n', text)
        self.assertEqual(text.count("contestants"), 1)
