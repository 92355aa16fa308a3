"""Runs every benchmark briefly: none gives a wrong result, crashes or hangs. Checks that the numbers exist, not their
values.

    smoke_test.py TVL-PRIMITIVES
"""

import json
import math
import os
import subprocess
import sys
import tempfile
import unittest

COMPARE = "/usr/share/benchmark/compare.py"  # of Debian's libbenchmark-tools
COUNTERS = ("ns_per_item", "cpu_ns_per_item", "voluntary_switches", "involuntary_switches")


def measured(path, *flags):
    subprocess.run([PROGRAM, "--quick", "--benchmark_min_time=0.001", f"--benchmark_out={path}", *flags], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(path, encoding="utf-8") as file:
        return json.load(file)


class Smoke(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.path = os.path.join(folder.name, "out.json")
        cls.data = measured(cls.path)
        cls.rows = [row for row in cls.data["benchmarks"] if row["run_type"] == "iteration"]

    def test_every_benchmark_has_a_row(self):
        listed = subprocess.run([PROGRAM, "--quick", "--benchmark_list_tests"], check=True, capture_output=True,
                                text=True)
        self.assertEqual([row["name"] for row in self.rows], listed.stdout.split())

    def test_none_failed(self):
        errors = [f"{row['name']}: {row['error_message']}" for row in self.rows if row.get("error_occurred")]
        skipped = [error for error in errors if ": skipped: " in error]
        for line in skipped:
            print(line, file=sys.stderr)
        self.assertEqual([error for error in errors if error not in skipped], [])
        self.assertLess(len(skipped), len(self.rows) / 2)

    def test_every_row_has_its_counters(self):
        listed = json.loads(subprocess.run([PROGRAM, "--list"], check=True, capture_output=True, text=True).stdout)
        compared = {}
        for primitive in listed:
            for row in primitive["rows"]:
                for way in ("thread_way", "loop_way"):
                    compared.setdefault(row[way].rpartition("/")[0], set()).add(row["counter"])
        for row in self.rows:
            if not row.get("error_occurred"):
                family = row["name"].removesuffix("/process_time/real_time").rpartition("/")[0]
                for counter in compared.get(family, set()) | (set(COUNTERS) & set(row)):
                    self.assertTrue(math.isfinite(row[counter]), f"{row['name']} {counter}")

    def test_repetitions_are_rounds_and_every_second_one_goes_backwards(self):
        data = measured(self.path + ".rounds", "--benchmark_repetitions=2", "--benchmark_filter=^run/")
        names = [row["name"].removesuffix("/process_time/real_time") for row in data["benchmarks"]]
        first = ["run/thread/join/1", "run/loop/asio_opened/1", "run/loop/asio/1", "run/loop/queue/1"]
        self.assertEqual(names, first + first[::-1])
        self.assertEqual({row["run_type"] for row in data["benchmarks"]}, {"iteration"})

    def test_the_context_describes_the_build(self):
        self.assertEqual(self.data["context"]["quick"], "true")
        self.assertRegex(self.data["context"]["compiler"], r"\d")
        self.assertRegex(self.data["context"]["executable"], "tvl-primitives$")

    @unittest.skipUnless(os.path.exists(COMPARE), "needs libbenchmark-tools")
    def test_googles_compare_py_reads_it(self):
        done = subprocess.run(["/usr/bin/python3", "-B", COMPARE, "--no-color", "benchmarks", self.path, self.path],
                              env={**os.environ, "PYTHONPATH": self.scipy()}, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        compared = [line.split() for line in done.stdout.splitlines() if line.startswith("switch/loop/queue/2/")]
        self.assertEqual([words[1:3] for words in compared], [["+0.0000", "+0.0000"]], done.stdout)

    def scipy(self):
        """A stub of the scipy functions that compare.py imports: python3-scipy of Debian 12 conflicts with
        libboost1.81-dev."""
        folder = os.path.join(os.path.dirname(self.path), "stand-in")
        os.makedirs(os.path.join(folder, "scipy"))
        with open(os.path.join(folder, "scipy", "__init__.py"), "w", encoding="utf-8"):
            pass
        with open(os.path.join(folder, "scipy", "stats.py"), "w", encoding="utf-8") as file:
            file.write("import numpy\nmannwhitneyu = None\n"
                       "def gmean(a):\n    return numpy.exp(numpy.log(a).mean(axis=0))\n")
        return folder


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
