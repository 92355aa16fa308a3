"""A folded profile: a stack a line, frames with semicolons between them, the outermost first, then a blank and the count.

    folded.read("connections-asio_loop-64-0.folded")     {"asio_loop`main;libc.so.6`__send": 12, ...}
"""

import re

from tvl.data.records import BadInput
from tvl.text import outside

LINE = re.compile(r"(\S(?:.*\S)?) ([1-9][0-9]{0,14})")


def read(path):
    """Samples by stack; {} of an empty file. The names of frames are others': they come as outside.line()s. Raises
    BadInput."""
    found = {}
    try:
        with open(path, "rb") as file:
            lines = file.read().split(b"\n")
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    for number, line in enumerate(lines, 1):
        if line:
            stack, count = parsed(line, f"{path}:{number}")
            found[stack] = found.get(stack, 0) + count
    return found


def parsed(line, where):
    try:
        match = LINE.fullmatch(outside.line(line.decode()))
    except UnicodeDecodeError:
        raise BadInput(f"{where}: not UTF-8") from None
    if not match or "" in match[1].split(";"):
        raise BadInput(f"{where}: not FRAME;FRAME;... COUNT")
    return match[1], int(match[2])
