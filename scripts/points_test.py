"""python3 -m unittest points_test"""

import contextlib
import io
import json
import os
import tempfile
import unittest

import metrics
import points
from synthetic_points import left_out, point, write


class Folder(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = self.temporary.name
        self.addCleanup(self.temporary.cleanup)

    def load_one(self, *records, **options):
        (workload,) = points.load(write(self.folder, records, **options))
        return workload

    def refusal(self, text):
        with open(os.path.join(self.folder, "points.jsonl"), "w", encoding="utf-8") as file:
            file.write(text)
        with self.assertRaises(points.BadInput) as caught:
            points.load(self.folder)
        return str(caught.exception)


class Aggregation(Folder):
    def test_median_and_range_of_repetitions(self):
        workload = self.load_one(*[point(repetition=i, cpu=cpu) for i, cpu in enumerate((21.0, 30.0, 20.0))])
        self.assertEqual(workload.spread(metrics.CPU, "asio_threads", 64), points.Spread(21.0, 20.0, 30.0, 3))

    def test_ratio_is_the_median_of_paired_ratios_not_the_ratio_of_medians(self):
        base, mine = (10.0, 20.0, 40.0), (5.0, 30.0, 40.0)  # pairs 0.5, 1.5, 1.0: median 1.0; medians 20 and 30: 1.5
        records = [point(repetition=i, cpu=cpu) for i, cpu in enumerate(base)]
        records += [point(contestant="asio_loop", repetition=i, cpu=cpu, position=1) for i, cpu in enumerate(mine)]
        ratio = self.load_one(*records).ratio(metrics.CPU, "asio_loop", 64)
        self.assertEqual(ratio, points.Spread(1.0, 0.5, 1.5, 3))

    def test_only_complete_pairs_make_a_ratio(self):
        workload = self.load_one(
            point(repetition=0, cpu=10.0), point(repetition=1, cpu=10.0, valid=False), point(repetition=2, cpu=None),
            *[point(contestant="asio_loop", repetition=i, cpu=20.0, position=1) for i in range(4)])
        self.assertEqual(workload.ratio(metrics.CPU, "asio_loop", 64), points.Spread(2.0, 2.0, 2.0, 1))

    def test_baseline_has_no_ratio_and_is_first_in_the_first_round(self):
        workload = self.load_one(  # written in the rotated order of round 1 first
            point(contestant="asio_loop", repetition=1, position=0), point(repetition=1, position=1),
            point(repetition=0, position=0), point(contestant="asio_loop", repetition=0, position=1))
        self.assertEqual(workload.contestants, ["asio_threads", "asio_loop"])
        self.assertIsNone(workload.ratio(metrics.CPU, "asio_threads", 64))

    def test_times_become_milliseconds_and_bytes_mebibytes(self):
        workload = self.load_one(point(p99=2000.0, pss=4 << 20, kernel=2 << 20))
        self.assertEqual(workload.values(metrics.P99, "asio_threads", 64), [2.0])
        self.assertEqual(workload.values(metrics.MEMORY, "asio_threads", 64), [6.0])

    def test_slope_needs_three_sizes(self):
        def at(*sizes):
            return self.load_one(*[point(x=x, pss=(x * 3 + 7) << 20) for x in sizes])

        self.assertAlmostEqual(at(1, 10, 100).slope(metrics.USER_MEMORY, "asio_threads"), 3.0)
        self.assertIsNone(at(1, 100).slope(metrics.USER_MEMORY, "asio_threads"))

    def test_a_point_measured_again_replaces_the_first(self):
        workload = self.load_one(point(cpu=10.0), point(cpu=12.0))
        self.assertEqual(workload.values(metrics.CPU, "asio_threads", 64), [12.0])
        workload = self.load_one(point(cpu=10.0, valid=False), point(cpu=12.0))
        self.assertEqual(len(workload.records), 1)


class Gaps(Folder):
    def test_invalid_points_are_kept_apart(self):
        workload = self.load_one(point(cpu=10.0), point(repetition=1, cpu=99.0, valid=False, reasons=["3 resets"]))
        self.assertEqual(workload.values(metrics.CPU, "asio_threads", 64), [10.0])
        self.assertEqual(points.why_invalid(workload.invalid["asio_threads", 64][1]), "3 resets")

    def test_interrupted_points_are_invalid(self):
        cut = point()
        cut["interrupted"] = True
        workload = self.load_one(cut)
        self.assertEqual(points.why_invalid(workload.invalid["asio_threads", 64][0]), "interrupted")

    def test_all_invalid(self):
        workload = self.load_one(point(valid=False), point(contestant="asio_loop", valid=False, position=1))
        self.assertIsNone(workload.spread(metrics.CPU, "asio_threads", 64))
        self.assertIsNone(workload.ratio(metrics.CPU, "asio_loop", 64))
        self.assertIsNone(workload.limiter("asio_threads", 64))
        self.assertEqual(workload.sizes, [64])

    def test_null_and_missing_values_are_absent_not_zero(self):
        bare = {key: point()[key] for key in ("schema", "workload", "contestant", "x")}
        nothing = point(contestant="asio_loop", throughput=None, p99=None, cpu=None, voluntary=None, pss=None,
                        position=1)
        workload = self.load_one(bare, nothing)
        for name in ("asio_threads", "asio_loop"):
            for metric in metrics.COLUMNS:
                self.assertIsNone(workload.spread(metric, name, 64), (name, metric.key))

    def test_half_a_sum_is_no_sum(self):
        self.assertIsNone(metrics.SWITCHES.read(point(involuntary=None)))
        self.assertIsNone(metrics.MEMORY.read(point(kernel=None)))

    def test_a_baseline_of_zero_gives_no_ratio(self):
        workload = self.load_one(point(voluntary=0, involuntary=0), point(contestant="asio_loop", position=1))
        self.assertIsNone(workload.ratio(metrics.SWITCHES, "asio_loop", 64))

    def test_left_out_contestants_are_named_and_have_no_points(self):
        workload = self.load_one(left_out(), point())
        self.assertEqual(workload.left_out, {"nginx": ("not installed", "nginx is not on PATH")})
        self.assertEqual(workload.contestants, ["asio_threads", "nginx"])
        self.assertEqual(workload.measured, ["asio_threads"])

    def test_a_workload_of_which_all_were_left_out(self):
        workload = self.load_one(left_out())
        self.assertIsNone(workload.baseline)
        self.assertEqual(workload.sizes, [])


class Input(Folder):
    def test_a_cut_off_last_line_costs_one_warning(self):
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            workload = self.load_one(point(), tail=json.dumps(point(repetition=1))[:100])
        self.assertEqual(len(workload.records), 1)
        self.assertIn("points.jsonl:2: last line is cut off", said.getvalue())
        self.assertEqual(said.getvalue().count("\n"), 1)

    def test_refusals_name_file_line_and_reason(self):
        self.assertIn("no points in it", self.refusal(""))
        self.assertIn("points.jsonl:1: not JSON", self.refusal("hello\nworld\n"))
        self.assertIn("points.jsonl:1: not a point of tvl-suite", self.refusal('{"a": 1}\n'))
        self.assertIn("points.jsonl:1: not a point of tvl-suite", self.refusal("[1, 2]\n"))
        self.assertIn("schema 9", self.refusal('{"schema": 9, "workload": "w", "contestant": "c", "x": 1}\n'))
        self.assertIn("without its x", self.refusal('{"schema": 1, "workload": "w", "contestant": "c"}\n'))

    def test_a_missing_file_and_one_that_is_not_text(self):
        with self.assertRaisesRegex(points.BadInput, "No such file"):
            points.load(self.folder + "/nowhere")
        with open(os.path.join(self.folder, "points.jsonl"), "wb") as file:
            file.write(b"\xff\xfe\x00")
        with self.assertRaisesRegex(points.BadInput, "not a text file"):
            points.load(self.folder)


class Numbers(unittest.TestCase):
    def test_three_digits(self):
        said = [metrics.number(v) for v in (None, 0, 0.01234, 0.1234, 1.234, 12.34, 123.4, 151234.5)]
        self.assertEqual(said, ["n/a", "0", "0.0123", "0.123", "1.23", "12.3", "123", "151,234"])


if __name__ == "__main__":
    unittest.main()
