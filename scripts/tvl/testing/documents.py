"""The Markdown files of the project, in pieces."""

import os
import re
from typing import NamedTuple

from tvl import ROOT

FENCE = re.compile(r"^ *```(\w*)$")


class Block(NamedTuple):
    language: str
    line: int  # of the fence, from 1
    lines: list  # without the indentation of the fence


def paths():
    """Relative to the project, without build folders and runs that are not committed."""
    found = ["README.md"]
    for top in (".github", "bench", "clients", "scripts", "servers"):
        for folder, _, names in os.walk(os.path.join(ROOT, top)):
            found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names if name.endswith(".md")]
    return sorted(found + ["results/README.md", "results/reference/README.md"])


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def blocks(text):
    """Its fenced blocks."""
    found, opened, indent = [], None, 0
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if opened is None and fence:
            indent = len(line) - len(line.lstrip())
            opened = Block(fence.group(1), number, [])
        elif fence:
            found.append(opened)
            opened = None
        elif opened:
            opened.lines.append(line[indent:])
    return found


def prose(text):
    """The same text with empty lines in place of its fenced blocks."""
    lines = text.splitlines()
    for block in blocks(text):
        lines[block.line - 1:block.line + len(block.lines) + 1] = [""] * (len(block.lines) + 2)
    return "\n".join(lines)
