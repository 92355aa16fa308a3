"""Checks that every asyncio mechanism has a primitive, and that both ways of every table row exist.

    rows_test.py TVL-PRIMITIVES
"""

import json
import os
import re
import subprocess
import sys
import unittest

DEMANDED = ("run create_task switch gather sleep call_later cancel queue executor generator subprocess socket "
            "blocking_call memory never_awaited baseline").split()
NAME = re.compile(r"[a-z_]+/(loop|thread|baseline)(/[A-Za-z0-9_]+)?/\d+")
MEASURED_HOW = "/process_time/real_time"  # Google Benchmark appends it
PROJECT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def output(*flags):
    return subprocess.run([PROGRAM, *flags], check=True, capture_output=True, text=True).stdout


class Rows(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.primitives = {each["name"]: each for each in json.loads(output("--list"))}
        cls.benchmarks = [name.removesuffix(MEASURED_HOW) for name in output("--benchmark_list_tests").split()]

    def test_all_exist(self):
        self.assertEqual([name for name in DEMANDED if name not in self.primitives], [])

    def test_each_has_a_file_and_an_asyncio_counterpart(self):
        for name, primitive in self.primitives.items():
            self.assertEqual(primitive["file"], f"bench/primitives/{name}.cpp")
            self.assertTrue(os.path.exists(os.path.join(PROJECT, primitive["file"])), primitive["file"])
            if name != "baseline":
                self.assertTrue(primitive["asyncio"], name)
                self.assertTrue(primitive["rows"], name)

    def test_both_ways_of_a_row_are_measured(self):
        for name, primitive in self.primitives.items():
            for row in primitive["rows"]:
                if not row["verdict"]:
                    self.assertIn(row["thread_way"], self.benchmarks)
                    self.assertIn(row["loop_way"], self.benchmarks)
                    self.assertRegex(row["thread_way"], f"^{name}/thread/")
                    self.assertRegex(row["loop_way"], f"^{name}/loop/")

    def test_no_row_compares_a_hop_between_threads_with_a_call(self):
        compared = {row[way] for row in self.primitives["executor"]["rows"] for way in ("thread_way", "loop_way")}
        self.assertIn("executor/loop/hop/1", self.benchmarks)
        self.assertNotIn("executor/loop/hop/1", compared)

    def test_names(self):
        self.assertEqual([name for name in self.benchmarks if not NAME.fullmatch(name)], [])
        self.assertEqual({name.split("/")[0] for name in self.benchmarks} - set(self.primitives), set())
        self.assertEqual(len(set(self.benchmarks)), len(self.benchmarks))

    def test_quick_has_every_row(self):
        def families(names):
            return {name.rpartition("/")[0] for name in names}
        quick = [name.removesuffix(MEASURED_HOW) for name in output("--quick", "--benchmark_list_tests").split()]
        self.assertEqual(families(quick), families(self.benchmarks))
        self.assertLess(len(quick), len(self.benchmarks))


class CommandLine(unittest.TestCase):
    def refused(self, *flags):
        done = subprocess.run([PROGRAM, *flags], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done.stderr

    def test_unknown_flags(self):
        self.assertIn("--qick", self.refused("--qick"))
        self.assertIn("--benchmark_filtre=a", self.refused("--benchmark_filtre=a"))
        self.assertIn("switch", self.refused("switch"))
        self.assertIn("nobody", self.refused("--benchmark_filter=nobody"))
        self.assertIn("rounds have no aggregates", self.refused("--benchmark_report_aggregates_only=true"))
        self.assertIn("from 1 to 1000, not 'few'", self.refused("--benchmark_repetitions=few"))

    def test_help_explains_a_row(self):
        for flag in ("-h", "--help"):
            self.assertRegex(output(flag), r"(?s)--quick.*PRIMITIVE/WAY\[/VARIANT\]/N.*ns_per_item")


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
