import contextlib
import io
import json
import os

import points
from points_test import Folder
from synthetic_points import point


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
