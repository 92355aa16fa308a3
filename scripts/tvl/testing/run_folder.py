"""A test with a folder for one run."""

import os
import tempfile
import unittest

from tvl.data import points
from tvl.testing.synthetic_points import write


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
