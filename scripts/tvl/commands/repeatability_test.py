import os
import unittest
from unittest import mock

from tvl.commands import repeatability
from tvl.conclusions.claims import claims
from tvl.testing import tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import ENVIRONMENT, point, write

MOODS = (1.0, 1.04, 0.97, 1.02, 0.99)
AGAIN = (1.001, 0.999, 1.002, 0.998, 1.0)
FULL = dict(ENVIRONMENT, quick=False)
CLAIM = "threads are expensive: CPU per request"  # at most 0.9 times; its figures below are at 4096 connections
CLAIMS = {"connections": [table for table in claims.of_files()["connections"] if table["guide"] == CLAIM]}


class Repeatability(Folder):
    def setUp(self):
        super().setUp()
        patched = mock.patch.object(claims, "of_files", lambda: CLAIMS)
        patched.start()
        self.addCleanup(patched.stop)

    def run_of(self, name, cpu, again=AGAIN, environment=FULL, repetitions=5):
        """asio_loop at `cpu`, asio_threads at 20, twice; the machine drifts."""
        folder = os.path.join(self.folder, name)
        os.makedirs(folder)
        found = []
        for repetition, (mood, off) in list(enumerate(zip(MOODS, again)))[:repetitions]:
            found += [point(x=4096, repetition=repetition, cpu=20.0 * mood),
                      point(x=4096, repetition=repetition, cpu=20.0 * mood * off, control=True, throughput=1000.0 * off,
                            p99=2000.0 * off),
                      point(contestant="asio_loop", x=4096, repetition=repetition, position=1,
                            cpu=cpu * mood * off)]
        return write(folder, found, environment)

    def check(self, *words):
        """(exit code, the text with its lines joined)"""
        done = tvl_results.run("repeatability", *words)
        self.assertEqual(done.stderr, "")
        return done.returncode, " ".join(done.stdout.split())

    def test_a_run_agrees_with_itself(self):
        run = self.run_of("one", 10.0)
        code, text = self.check(run, run)
        self.assertEqual(code, 0)
        self.assertIn("100.0 % have overlapping intervals; by chance alone 99.2 %", text)
        self.assertIn("In 100.0 % each median lies inside the other's interval; by chance alone 71.4 %", text)
        self.assertNotIn("apart", text)
        self.assertIn("Verdicts: 1 of 1 the same (0 of them undecided in every run), 0 undecided in one, 0 turned "
                      "round.", text)

    def test_the_conditions_come_first(self):
        one = self.run_of("one", 10.0)
        other = self.run_of("other", 10.0, environment=dict(FULL, kernel="6.2.0"))
        self.assertTrue(self.check(one, one)[1].startswith("no recorded condition differs "))
        self.assertTrue(self.check(one, other)[1].startswith("conditions differ, kernel: 6.1.0 / 6.2.0 "))

    def test_ratios_that_do_not_meet_are_shown(self):
        _, text = self.check(self.run_of("one", 10.0), self.run_of("other", 12.0))
        self.assertRegex(text, r"asio_loop 4096 CPU.*: 0.50x \(0.50 to 0.50\) / 0.60x \(0.60 to 0.60\), apart")

    def test_a_lower_bound_has_no_ratio_to_compare(self):
        found = [point(contestant=name, x=4096, repetition=r, position=p, limiter="generator" if p else "none")
                 for r in range(5) for p, name in enumerate(("asio_threads", "asio_loop"))]
        run = write(self.folder, found, FULL)
        _, text = self.check(run, run, "--all")
        self.assertNotIn("replies/s", text)
        self.assertIn("asio_loop 4096 CPU", text)

    def test_a_verdict_turned_round_is_named_and_fails(self):
        code, text = self.check(self.run_of("one", 10.0), self.run_of("other", 30.0))
        self.assertEqual(code, 1)
        self.assertIn(f'turned round: "{CLAIM}" (connections): holds / does not hold', text)
        self.assertIn("0 of 1 the same (0 of them undecided in every run), 0 undecided in one, 1 turned round", text)

    def test_a_third_run_is_compared_with_both(self):
        runs = [self.run_of(f"run{number}", 10.0) for number in range(3)]
        code, text = self.check(*runs)
        self.assertEqual(code, 0)
        for names in ("runs 1 and 2", "runs 1 and 3", "runs 2 and 3"):
            self.assertIn(f"Ratios, {names}: of", text)
        self.assertEqual(self.check(*runs[:2], self.run_of("turned", 30.0))[0], 1)

    def test_a_baseline_that_differs_from_itself_is_no_proof(self):
        found = [point(workload, x=4096, repetition=r, cpu=20.0 * (1.05 + r / 1000 if control else 1), control=control)
                 for workload in ("connections", "delay") for r in range(5) for control in (False, True)]
        found += [point(contestant="asio_loop", x=4096, repetition=r, cpu=10.0 + r / 100) for r in range(5)]
        code, text = self.check(*[write(self.folder, found, FULL)] * 2)
        self.assertEqual(code, 1)
        self.assertIn("0 of 2 (0 %, expected 93.75 %, so few by chance in 0.39 % of all runs): fails", text)
        self.assertIn("Throughput 2 of 2 (100 %, expected 93.75 %)", text)

    def test_a_run_without_controls_is_no_proof(self):
        folder = write(self.folder, [point(contestant=name, x=4096, repetition=repetition, cpu=cpu)
                                     for repetition in range(5)
                                     for name, cpu in (("asio_threads", 20.0), ("asio_loop", 10.0))],
                       FULL)
        code, text = self.check(folder, folder)
        self.assertEqual(code, 2)
        self.assertIn("A/A, run 1: it has no load with two controls or more.", text)

    def test_one_repetition_or_a_quick_run_is_said_in_one_line(self):
        one, short = self.run_of("one", 10.0), self.run_of("short", 10.0, repetitions=1)
        code, text = self.check(one, short)
        self.assertEqual(code, 2)
        self.assertIn("Run 2 has one repetition: no intervals", text)
        self.assertIn("Ratios, runs 1 and 2: none that both have with two repetitions or more.", text)
        code, text = self.check(one, self.run_of("two", 10.0, repetitions=2))
        self.assertEqual(code, 2)
        self.assertIn("Run 2 has 2 repetitions, too few for a verdict.", text)
        code, text = self.check(one, self.run_of("quick", 10.0, environment=ENVIRONMENT, repetitions=3))
        self.assertEqual(code, 2)
        self.assertIn("Run 2 is a quick run, which has no verdicts", text)
        self.assertIn("have overlapping intervals", text)

    def test_it_fits_a_terminal(self):
        done = tvl_results.run("repeatability", self.run_of("one", 10.0), self.run_of("other", 30.0), "--all")
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80)

    def test_bad_input_is_one_line(self):
        for words in ((self.folder, self.folder), (self.run_of("one", 10.0),)):
            done = tvl_results.run("repeatability", *words)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("repeatability: ", done.stderr.splitlines()[-1])


class Kinds(unittest.TestCase):
    def test_of_two_or_more_verdicts(self):
        yes, no, unsure = claims.HOLDS, claims.FAILS, claims.OPEN
        for outcomes, expected in (((yes, yes), "the same"), ((yes, no), "turned round"),
                                   ((yes, unsure), "undecided in one"), ((unsure, unsure), "undecided"),
                                   ((yes, unsure, no), "turned round"), ((unsure, claims.ABOUT), "undecided")):
            verdicts = [mock.Mock(outcome=outcome) for outcome in outcomes]
            self.assertEqual(repeatability.kind(verdicts), expected, outcomes)

    def test_all_but_one_must_be_the_same_and_none_turned_round(self):
        def check(*kinds, runs=2):
            found = [{("w", str(i)): mock.Mock(outcome=pair[n], words=pair[n], workload="w", guide=str(i))
                      for i, pair in enumerate(kinds)} for n in range(runs)]
            with mock.patch.object(repeatability, "by_claim", lambda run, _: found[run]), \
                    mock.patch.object(repeatability, "say"):
                return repeatability.verdicts_repeat(range(runs))

        same, half, turned = (("holds",) * 3, ("holds", "open", "holds"), ("holds", "does not hold", "holds"))
        self.assertTrue(check(same, same, half))
        self.assertFalse(check(same, half, half))
        self.assertFalse(check(same, same, turned))
        self.assertTrue(check(same, half, half, runs=3))
        self.assertFalse(check(("open", "open")))
