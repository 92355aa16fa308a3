"""Models: which contestants compete, share a hue, and are named together.

A manifest may have any word as its model, or none. Contestants with the same word are a family. One without a word is a
family of its own; so it competes with all others, under its own name.
"""

from typing import NamedTuple, Optional

KNOWN = ("threads", "loop", "pool", "prefork", "loops", "fibers", "uring")  # each has a hue (charts/style.py)
NONE = (None, "", "other")


class Family(NamedTuple):
    """Either a model, or a contestant that has none."""

    model: Optional[str]
    contestant: Optional[str] = None


def word(line):
    """The model of a line's contestant; None where it has none."""
    return None if line.model in NONE else line.model


def family(line):
    model = word(line)
    return Family(model) if model else Family(None, line.contestant)


def name(line):
    """A known model, else the contestant: its word says nothing to a reader of the chart."""
    return line.model if line.model in KNOWN else line.contestant
