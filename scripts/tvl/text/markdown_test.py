import unittest

from tvl.text import markdown


class Markdown(unittest.TestCase):
    def test_plain_words_stay_as_they_are(self):
        for said in ("asio_loop", "/fetch?n=1&ms=20", "1.5 of 3 (93.75 %)", "C++20, a-b", "é 日本", "4", "a | b"):
            self.assertEqual(markdown.text(said), said)

    def test_what_has_a_meaning_is_escaped(self):
        self.assertEqual(markdown.text("*a* `b` [c](d) <i> ~e~ $f$ \\ &lt; _g_ h__i"),
                         r"\*a\* \`b\` \[c\](d) \<i> \~e\~ \$f\$ \\ \&lt; \_g\_ h\_\_i")

    def test_a_line_begins_no_block(self):
        self.assertEqual([markdown.text(said) for said in ("# a", "> a", "- a", "+", "1. a", "12) a", "---", "==")],
                         ["\\# a", "\\> a", "\\- a", "\\+", "1\\. a", "12\\) a", "\\---", "\\=="])

    def test_code_has_ticks_unless_the_name_would_end_them(self):
        self.assertEqual(markdown.code("a_b*"), "`a_b*`")
        self.assertEqual(markdown.code("a`b"), r"<code>a\`b</code>")
        self.assertEqual(markdown.code("<!-- results:x:end -->"), r"<code>\<!-- results:x:end --></code>")

    def test_a_row_has_as_many_cells_as_it_was_given(self):
        self.assertEqual(markdown.row(["a|b", markdown.text("\\|"), ""]), "| a\\|b | \\\\\\| |  |")


if __name__ == "__main__":
    unittest.main()
