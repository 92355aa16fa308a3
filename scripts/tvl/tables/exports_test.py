import csv
import io
import json
import os
import subprocess
import sys
import unittest

from tvl.data import points
from tvl.tables import exports
from tvl.testing import tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import left_out, point, write

TOOLS = "/usr/share/benchmark"  # compare.py of Debian's libbenchmark-dev
STAND_IN = """from types import SimpleNamespace
import numpy
def gmean(x): return numpy.exp(numpy.log(x).mean(axis=0))
def mannwhitneyu(*_, **__): return SimpleNamespace(pvalue=0.5)
"""  # for its scipy, which nothing of ours needs


class Exports(Folder):
    def run_of(self, *records):
        return points.load(write(self.folder, records))

    def rows(self, *records):
        return list(csv.DictReader(io.StringIO(exports.csv_text(self.run_of(*records)))))

    def benchmarks(self, *records):
        return json.loads(exports.google_benchmark(self.run_of(*records)))

    def test_csv_has_a_row_per_point_and_names_joined_with_dots(self):
        rows = self.rows(point(cpu=20.0), point(x=8, valid=False, reasons=["3 resets", "a, b"]), left_out())
        self.assertEqual([(row["contestant"], row["x"], row["server.cpu_us_per_request"], row["verdict.reasons"])
                          for row in rows], [("asio_threads", "64", "20.0", ""), ("asio_threads", "8", "20.0",
                                                                                  "3 resets;a, b")])
        self.assertEqual(rows[0]["cpus.server"], "0")
        self.assertNotIn("latency.response.hdr", rows[0])

    def test_csv_of_points_with_different_members_has_all_columns_and_leaves_empty_what_is_absent(self):
        rows = self.rows(point(throughput=None), point(x=8, recovery={"response_s": 1.5}))
        self.assertEqual([row["recovery.response_s"] for row in rows], ["", "1.5"])
        self.assertEqual(rows[0]["throughput"], "")

    def test_a_point_that_is_in_two_facets_is_in_one_row(self):
        rows = self.rows(point(facet="rate:1"), point(facet="rate:2"), point(x=8))
        self.assertEqual([(row["facet"], row["x"]) for row in rows], [("rate:1", "64"), ("", "8"), ("rate:2", "64")])

    def test_what_was_dropped_is_in_both_formats(self):
        late = {"valid": False, "reasons": ["requests left the generator 1420 us late (p99)"]}
        found = [point(p99=2000.0), point(repetition=1, p99=4000.0, **late), point(repetition=2, p99=9000.0, **late)]
        both = "response_tail;response_times"
        self.assertEqual([(row["dropped"], row["latency.response.p99"]) for row in self.rows(*found)],
                         [("", "2000.0"), (both, "4000.0"), (both, "9000.0")])
        self.assertEqual([row["dropped"] for row in self.rows(point(**late), point())], ["", "measured again"])
        said = self.benchmarks(*found)
        self.assertEqual(said["context"]["dropped"], [
            "connections: asio_threads: response times of 2 of 3 points dropped; p50 ms at 64: 0.500 without them, "
            "1.00 with them; p99 ms at 64: 2.00 without them, 4.00 with them"])
        self.assertEqual(said["context"]["left_out"][0], "connections/asio_threads/64: response times: requests left "
                         "the generator 1420 us late (p99)")
        self.assertEqual(len(said["benchmarks"]), 1)

    def test_google_benchmark_repetitions_are_one_benchmark(self):
        found = self.benchmarks(*[point(repetition=i, cpu=20.0 + i, p99=2000.0) for i in range(3)])["benchmarks"]
        self.assertEqual([(b["name"], b["repetitions"], b["repetition_index"], b["real_time"], b["cpu_time"], b["p99"],
                           b["time_unit"]) for b in found],
                         [("connections/asio_threads/64", 3, i, 500.0, 20.0 + i, 2000.0, "us") for i in range(3)])
        self.assertEqual({b["memory"] for b in found}, {6 << 20})

    def test_google_benchmark_says_why_a_point_has_no_numbers(self):
        found = self.benchmarks(point(valid=False, reasons=["3 resets"]), point(x=8, p99=None))
        self.assertEqual(found["benchmarks"], [])
        self.assertEqual(sorted(found["context"]["left_out"]),
                         ["connections/asio_threads/64: invalid: 3 resets",
                          "connections/asio_threads/8: no median response time"])

    @unittest.skipUnless(os.path.exists(f"{TOOLS}/compare.py"), "Google Benchmark's compare.py is not here")
    def test_compare_reads_it(self):
        for name, p99 in (("old", 2000.0), ("new", 4000.0)):
            with open(f"{self.folder}/{name}.json", "w", encoding="utf-8") as file:
                file.write(exports.google_benchmark(self.run_of(*[point(repetition=i, p99=p99) for i in range(3)],
                                                                point(x=8, valid=False))))
        os.mkdir(f"{self.folder}/scipy")
        for name, text in (("__init__", ""), ("stats", STAND_IN)):
            with open(f"{self.folder}/scipy/{name}.py", "w", encoding="utf-8") as file:
                file.write(text)
        done = subprocess.run([sys.executable, "-B", f"{TOOLS}/compare.py", "--no-color", "benchmarks",
                               f"{self.folder}/old.json", f"{self.folder}/new.json"], capture_output=True, text=True,
                              env={**os.environ, "PYTHONPATH": self.folder})
        self.assertEqual((done.returncode, done.stderr[-500:]), (0, ""))
        self.assertRegex(done.stdout, r"connections/asio_threads/64 +\+1\.0000 +\+0\.0000 +500 +1000 +20 +20")

    def test_markdown_of_one_contestant_without_some_columns(self):
        text = exports.markdown(self.run_of(point(cpu=None, voluntary=None)))
        self.assertIn("| conns | contestant | replies/s | p50 ms | p99 ms | memory MiB | limited by |", text)
        self.assertIn("| 64 | asio_threads | 1,000 | 0.500 | 2.00 | 6.00 | server-cpu |", text)

    def test_markdown_has_ratios_reasons_and_no_stray_bars(self):
        text = exports.markdown(self.run_of(point(), point(contestant="asio_loop", position=1, cpu=10.0),
                                            left_out(reason="a | b")))
        self.assertIn("10.0 (0.50x, 1 pair)", text)
        self.assertIn(r"| nginx | not installed: a \| b |", text)
        lines = [line for line in text.splitlines() if line.startswith("|")]
        self.assertEqual(len({line.replace(r"\|", "").count("|") for line in lines}), 1)


class Program(Folder):
    def export(self, *flags):
        return tvl_results.run("export", self.folder, *flags)

    def test_every_format_to_a_file_and_to_standard_output(self):
        write(self.folder, [point()])
        for name in exports.FORMATS:
            said = self.export("--format", name)
            self.assertEqual((said.returncode, said.stderr), (0, ""))
            self.assertIn("asio_threads", said.stdout)
            self.assertEqual(self.export("--format", name, "--output", f"{self.folder}/out").returncode, 0)
            with open(f"{self.folder}/out", encoding="utf-8") as file:
                self.assertEqual(file.read(), said.stdout)

    def test_bad_input_is_one_line_and_exit_2(self):
        write(self.folder, [])
        done = self.export("--format", "csv")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertRegex(done.stderr, r"^export: .*no points in it\n$")
        write(self.folder, [point()])
        done = self.export("--format", "csv", "--output", f"{self.folder}/none/out")
        self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1))
        self.assertEqual(self.export("--format", "xml").returncode, 2)
