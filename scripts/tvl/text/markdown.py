"""Text as part of a Markdown document (GitHub's).

    markdown.text("a|b <i> *c*")         a|b \\<i> \\*c\\*
    markdown.code("asio_loop")           `asio_loop`
    markdown.row(["a|b", "1"])           | a\\|b | 1 |

tvl/report/templates.py reads what code() and text() write.
"""

import re

# An underscore inside a word and an ampersand that begins no entity mean nothing.
SPECIAL = re.compile(r"[\\`*\[\]<~$]|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")
BLOCK = re.compile(r"^(?=>|#{1,6}(?:\s|$)|[+-](?:\s|$)|[=-]+$)|^\d+(?=[.)](?:\s|$))")  # a heading, an item, a quote
NOT_IN_TICKS = re.compile("[`|<]|^ | $|^$")  # < may begin the end of a generated section


def text(said):
    """Words that others wrote, outside of code."""
    return BLOCK.sub(r"\g<0>\\", SPECIAL.sub(r"\\\g<0>", said))


def code(name):
    """A name that others gave, as code."""
    return f"<code>{text(name)}</code>" if NOT_IN_TICKS.search(name) else f"`{name}`"


def row(cells):
    """A row of a table; the cells are Markdown."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
