import unittest

from tvl.text import terminal


class Terminal(unittest.TestCase):
    def test_a_wide_character_takes_two_columns_and_a_combining_one_none(self):
        self.assertEqual([terminal.width(text) for text in ("abc", "µs", "日本", "e\u0301", "😀")], [3, 2, 4, 1, 2])
        self.assertEqual((terminal.left("日", 3) + "|", terminal.right("日", 3) + "|"), ("日 |", " 日|"))
        self.assertEqual(terminal.left("abc", 2), "abc")

    def test_a_grid_is_aligned_by_columns(self):
        self.assertEqual(terminal.grid([("a", "bc"), ("日", "1")], left_aligned=(0,)), "a   bc\n日   1")

    def test_lines_fit_the_terminal(self):
        for text in ("word " * 40, "日本" * 60, "x" * 200):
            lines = terminal.fill(text).splitlines()
            self.assertTrue(all(terminal.width(line) <= 80 for line in lines), lines)
            self.assertEqual("".join(lines).replace(" ", ""), text.replace(" ", ""))


if __name__ == "__main__":
    unittest.main()
