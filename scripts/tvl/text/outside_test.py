import unittest

from tvl.text import outside


class Line(unittest.TestCase):
    def test_what_is_printable_stays(self):
        for text in ("", "asio_loop", "a  b", "µs ≥ 日本 👩\u200d💻", "$x$ </script> |`*_"):
            self.assertEqual(outside.line(text), text)

    def test_line_breaks_are_blanks_and_control_characters_are_visible(self):
        self.assertEqual(outside.line("a\r\nb\tc\u2028d"), "a b c d")
        self.assertEqual(outside.line("\x1b[31m\0\x7f\x9b"), "\\x1b[31m\\x00\\x7f\\x9b")
        self.assertEqual(outside.line("\u202egnp\uffff"), "\\u202egnp\\uffff")

    def test_every_character_can_be_encoded_and_printed_on_one_line(self):
        for number in range(0x110000):
            text = outside.line(chr(number))
            text.encode()
            self.assertLessEqual(len(text.splitlines() or [""]), 1, hex(number))


class Json(unittest.TestCase):
    def test_texts_and_names_are_lines(self):
        self.assertEqual(outside.parsed(r'{"a\n": ["\ud800", {"b": "\u001b"}, 1, null]}'),
                         {"a ": ["\ufffd", {"b": "\\x1b"}, 1, None]})
        self.assertEqual(outside.parsed('"\x7f\u2028"'), "\\x7f ")
        self.assertEqual(outside.parsed(r'"\ud83d\ude00"'), "😀")

    def test_numbers_that_json_does_not_have_are_unknown(self):
        self.assertEqual(outside.parsed("[NaN, -Infinity, 1]"), [None, None, 1])

    def test_what_is_no_json_is_a_value_error(self):
        for text in ("", "nan", "[" * 100_000):
            with self.assertRaises(ValueError):
                outside.parsed(text)


if __name__ == "__main__":
    unittest.main()
