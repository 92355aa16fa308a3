import contextlib
import io
import json
import os

from tvl.data import metrics, points, records
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point, write


class Input(Folder):
    def test_a_cut_off_last_line_costs_one_warning(self):
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            workload = self.load_one(point(), tail=json.dumps(point(repetition=1))[:100])
        self.assertEqual(len(workload.records), 1)
        self.assertIn("points.jsonl:2: not JSON, cut off: ignored, 1 points read", said.getvalue())
        self.assertEqual(said.getvalue().count("\n"), 1)

    def test_lines_that_are_no_points_cost_one_warning_wherever_they_stand(self):
        piece = json.dumps(point(repetition=1))
        said = io.StringIO()
        with contextlib.redirect_stderr(said):  # killed within a line, then resumed in the same line
            workload = self.load_one(point(), tail=piece[:100] + piece + "\n" + '{"a": 1}\n\n' + piece + "\n")
        self.assertEqual(len(workload.records), 2)
        self.assertIn("points.jsonl:2: not JSON: ignored (and 1 more like it), 2 points read", said.getvalue())
        self.assertEqual(said.getvalue().count("\n"), 1)

    def test_members_of_another_kind_are_no_point(self):
        for record in ('{"schema": 1, "workload": 3, "contestant": "c", "x": 1}', "17", "null",
                       '{"schema": 1, "workload": "w", "contestant": null, "x": 1}'):
            self.assertIn("points.jsonl:1: not a point of tvl-suite", self.refusal(record + "\n"), record)
        self.assertIn("without its x", self.refusal('{"schema": 1, "workload": "w", "contestant": "c", "x": true}\n'))

    def test_only_what_is_above_its_ceiling_is_impossible(self):
        self.assertIsNone(records.impossible(point(valid=False, reasons=["3 resets"])))
        above = "impossible: 900 replies/s are above the ceiling of 800 (threads / delay)"
        self.assertEqual(records.impossible(point(valid=False, reasons=["3 resets", above])), above)

    def test_reasons_with_codes_are_told_by_these_alone(self):
        late = {"code": "generator-late", "text": "whatever it says"}
        failed = {"code": "errors", "text": "impossible"}
        self.assertIsNone(records.impossible(point(valid=False, reasons=[late, failed])))
        above = {"code": "impossible", "text": "900 replies/s"}
        self.assertEqual(records.impossible(point(valid=False, reasons=[late, above])), "900 replies/s")
        self.assertEqual(records.why_invalid(point(valid=False, reasons=[late, above])), "whatever it says; 900 replies/s")

    def test_reasons_of_older_records_get_the_code_of_their_text(self):
        said = ["requests left the generator 1200 us late (p99)", "answered 0 % of the requests that fell due",
                "answered 98.9 % of the requests before the first change", "12 replies are too few for a median",
                "3 of 64 connections got no reply at all", "the server used 97 % of a core", "3 resets"]
        self.assertEqual([one.code for one in records.reasons(point(reasons=said))],
                         ["generator-late", "rate-not-met", "rate-not-met", "too-few-samples", "connections-starved",
                          "server-cpu", None])

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
        with self.assertRaisesRegex(points.BadInput, "points.jsonl:1: not UTF-8"):
            points.load(self.folder)

    def test_a_line_that_is_not_utf_8_is_ignored_as_a_cut_off_one_is(self):
        write(self.folder, [point(), point(repetition=1)])
        path = os.path.join(self.folder, "points.jsonl")
        with open(path, "rb") as file:
            text = file.read()
        with open(path, "wb") as file:
            file.write(text.replace(b"asio_threads", b"asio_\xff\xfe", 1))
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            (workload,) = points.load(self.folder)
        self.assertEqual(len(workload.records), 1)
        self.assertRegex(said.getvalue(), "points.jsonl:1: not UTF-8: ignored, 1 points read\n$")

    def test_texts_are_one_printable_line_each(self):
        workload = self.load_one(point(title="a\n\x1b[31m\ud800"))
        self.assertEqual(workload.lines["asio_threads"].title, "a \\x1b[31m\ufffd")

    def test_a_number_that_json_does_not_have_is_unknown(self):
        workload = self.load_one(point(throughput=float("nan")))
        self.assertEqual(workload.values(metrics.THROUGHPUT, "asio_threads", 64), [])
