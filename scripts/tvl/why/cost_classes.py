"""Which class of cost a sample belongs to: the table cost_classes.toml, which a reader may edit.

    table = cost_classes.table()
    table.class_of("asio_loop`main;libc.so.6`__send;do_syscall_64_[k];tcp_sendmsg_[k];memcpy_[k]")     "send"

A frame of the kernel ends in _[k], any other is FILE`FUNCTION. One of an unknown file, [unknown]`..., matches no rule.
"""

import functools
import os
import re
import tomllib
from typing import NamedTuple, Optional

from tvl.data.records import BadInput

FILE = os.path.join(os.path.dirname(__file__), "cost_classes.toml")
OTHER = "other"
KERNEL = "_[k]"
NO_FILE = "[unknown]"
ADDED = re.compile(r"\.(?:isra|constprop|part|cold|llvm|lto_priv)\b.*|@.*")  # to a name, by compilers and linkers
LISTS = ("kernel", "user", "of", "under")


class Class(NamedTuple):
    key: str
    title: str
    meaning: str


class Rule(NamedTuple):
    """Of functions of the kernel (is_kernel) or of programs. of, under: None where any file or caller will do."""

    key: str
    is_kernel: bool
    name: re.Pattern
    of: Optional[re.Pattern]
    under: Optional[re.Pattern]

    def matches(self, frame):
        return (frame.is_kernel == self.is_kernel and frame.file != NO_FILE
                and self.name.fullmatch(frame.name) is not None
                and (self.of is None or self.of.fullmatch(frame.file) is not None))


class Frame(NamedTuple):
    is_kernel: bool
    file: str  # "" of the kernel
    name: str  # without what was added to it


class Table:
    """classes: [Class] in drawing order, `other` is the last; rules: [Rule]"""

    def __init__(self, classes, rules):
        self.classes, self.rules = classes, rules
        self.rules_of = functools.lru_cache(maxsize=None)(self.rules_of)  # few frames, in many stacks

    def rules_of(self, text):
        """(Frame, the rules that match it)"""
        frame = parsed(text)
        return frame, tuple(rule for rule in self.rules if rule.matches(frame))

    def class_of(self, stack):
        """stack: frames with semicolons between them, the outermost first. The key of a class."""
        frames = [self.rules_of(text) for text in reversed(stack.split(";"))]
        of_kernel = frames[0][0].is_kernel
        frames = [(frame, rules) for frame, rules in frames if frame.is_kernel == of_kernel]
        for place, (_, rules) in enumerate(frames):
            for rule in rules:
                if rule.under is None or any(rule.under.fullmatch(outer.name) for outer, _ in frames[place + 1:]):
                    return rule.key
        return OTHER


def parsed(text):
    """A Frame of its text."""
    if text.endswith(KERNEL):
        return Frame(True, "", ADDED.sub("", text.removesuffix(KERNEL)))
    file, _, name = text.partition("`")
    return Frame(False, file, ADDED.sub("", name))


@functools.lru_cache(maxsize=None)
def table(path=FILE):
    """Raises BadInput for a file that is no such table."""
    try:
        with open(path, "rb") as file:
            found = tomllib.load(file)
        classes = [Class(**entry) for entry in found["class"]]
        keys = [one.key for one in classes]
        if len(set(keys)) < len(keys) or keys[-1:] != [OTHER]:
            raise ValueError(f"every class once, and {OTHER} last")
        return Table(classes, [rule(entry, keys) for entry in found["rule"]])
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path}: no table of cost classes: {error}") from None


def rule(entry, keys):
    if entry["class"] not in keys:
        raise ValueError(f"a rule of an unknown class {entry['class']}")
    if entry.keys() - {"class", *LISTS} or ("kernel" in entry) == ("user" in entry):
        raise ValueError(f"a rule has class, kernel or user, and perhaps of and under: {', '.join(entry)}")
    found = {name: pattern(entry[name]) if name in entry else None for name in LISTS}
    return Rule(entry["class"], "kernel" in entry, found["kernel"] or found["user"], found["of"], found["under"])


def pattern(texts):
    """Of texts in which * stands for any text."""
    return re.compile("|".join(".*".join(map(re.escape, text.split("*"))) for text in texts))
