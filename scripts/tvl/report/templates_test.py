import unittest

from tvl.report.templates import marked
from tvl.testing.synthetic_hostile import SHOWN
from tvl.text import markdown


class Marked(unittest.TestCase):
    def test_strong_and_code(self):
        self.assertEqual(marked("**a `b*` c** <d>"), "<strong>a <code>b*</code> c</strong> &lt;d&gt;")

    def test_texts_and_names_of_others_are_text(self):
        shown = "=1+1 $x_1$ \\frac{ &lt;/script&gt;&lt;b id=&#34;i&#34;&gt;|`*_[a](b) \\x1b[31m\\u202e\ufffd 日本 #1b1f24"
        self.assertEqual(marked(f"{markdown.code(SHOWN)} **x** {markdown.text(SHOWN)}"),
                         f"<code>{shown}</code> <strong>x</strong> {shown}")


if __name__ == "__main__":
    unittest.main()
