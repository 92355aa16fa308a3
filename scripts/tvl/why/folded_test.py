import os
import tempfile
import unittest

from tvl.data.records import BadInput
from tvl.why import folded


class Folded(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.path = os.path.join(self.temporary.name, "a.folded")

    def read(self, content):
        with open(self.path, "wb") as file:
            file.write(content)
        return folded.read(self.path)

    def refusal(self, content):
        with self.assertRaises(BadInput) as caught:
            self.read(content)
        return str(caught.exception).removeprefix(self.path)

    def test_stacks_and_their_counts(self):
        self.assertEqual(self.read(b"a`operator new;b_[k] 12\na`main 3\n"), {"a`operator new;b_[k]": 12, "a`main": 3})
        self.assertEqual(self.read(b"a`main 3\na`main 4"), {"a`main": 7})
        self.assertEqual(self.read(b""), {})

    def test_a_line_that_is_none_is_refused_with_its_number(self):
        for line in (b"a`main", b"a`main x", b"a`main -1", b"a`main 0", b" 5", b"a;;b 5", b"a`main; 5", b"17"):
            self.assertEqual(self.refusal(b"a`main 3\n" + line + b"\n"), ":2: not FRAME;FRAME;... COUNT", line)
        self.assertEqual(self.refusal(b"\xff 3\n"), ":1: not UTF-8")

    def test_a_missing_file_is_refused(self):
        with self.assertRaises(BadInput) as caught:
            folded.read(self.path)
        self.assertIn("No such file", str(caught.exception))

    def test_hidden_characters_of_names_are_escaped(self):
        self.assertEqual(self.read(b"a`\x1b[31mred 1\n"), {"a`\\x1b[31mred": 1})


if __name__ == "__main__":
    unittest.main()
