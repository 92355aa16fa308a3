"""Columns and lines of a terminal, where a character may take two columns, or none."""

import textwrap
import unicodedata

COLUMNS = 80
BESIDE = "\uffff"  # stands for the second column of a wide character; outside.line() leaves none in a text


def columns(character):
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def width(text):
    return len(text) if text.isascii() else sum(map(columns, text))


def left(text, wide):
    return text + " " * (wide - width(text))


def right(text, wide):
    return " " * (wide - width(text)) + text


def grid(rows, left_aligned=()):
    """Rows of texts as a table, aligned right but for the columns of these numbers."""
    widths = [max(map(width, column)) for column in zip(*rows)]
    return "\n".join("  ".join((left if i in left_aligned else right)(text, w)
                               for i, (text, w) in enumerate(zip(row, widths))).rstrip() for row in rows)


def fill(text):
    """In lines of at most COLUMNS; the second and later ones are indented."""
    wide = "".join(one + BESIDE * (columns(one) == 2) for one in text)
    return textwrap.fill(wide, COLUMNS, subsequent_indent="  ").replace(BESIDE, "")
