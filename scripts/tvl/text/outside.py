"""Text that others wrote (names, titles, messages, paths) as one printable line, and JSON with such text in it.

    outside.line("a\\nb\\x1b[31m")             a b\\x1b[31m      the escape is four visible characters
    outside.parsed('{"title": "\\\\ud800"}')   {"title": "\\ufffd"}

What is read from a file passes here once, so that charts, tables and terminals get text without control characters.
"""

import json
import re

BREAKS = re.compile("[\t-\r\x85\u2028\u2029]+")
# Control characters, those that reverse the order of a line's letters, and what XML does not allow.
HIDDEN = re.compile("[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
HALVES = re.compile("[\ud800-\udfff]")  # of a pair, alone: UTF-8 cannot encode them


def line(text):
    """Line breaks and tabs are blanks, hidden characters are escaped, halves of surrogate pairs are U+FFFD."""
    return HALVES.sub("\ufffd", HIDDEN.sub(escaped, BREAKS.sub(" ", text)))


def escaped(found):
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def parsed(text):
    """The value of a JSON text; every text in it, names too, is a line(). NaN and Infinity, which some programs write,
    are None. Raises ValueError."""
    try:
        value = json.loads(text, parse_constant=lambda _: None)
        return value if "\\" not in text and text.isprintable() else cleaned(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def cleaned(value):
    if isinstance(value, str):
        return line(value)
    if isinstance(value, list):
        return [cleaned(one) for one in value]
    return {line(name): cleaned(one) for name, one in value.items()} if isinstance(value, dict) else value
