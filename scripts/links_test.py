"""Every link of the documents leads to something: files, headings, and paths that are named in a sentence."""

import glob
import os
import re
import unittest

from tvl import ROOT
from tvl.testing import documents

LINK = re.compile(r"\]\(([^)\s]+)\)|<(?:img|a|source)\b[^>]*?(?:src|href|srcset)=\"([^\"]+)\"")
PATH = re.compile(r"(?:servers|clients|bench|scripts|results|\.github)/[\w./*-]*")
MADE = re.compile(r"\b(?!README|CONTRIBUTING)[A-Z]+\b|<")  # results/RUN: a name for what the reader makes


def anchors(text):
    """What GitHub makes of the headings: lower case, blanks as -, no punctuation; a number behind one that repeats."""
    found = []
    for title in re.findall(r"^#+ +(.*?) *$", documents.prose(text), re.MULTILINE):
        title = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title)
        slug = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        found.append(f"{slug}-{found.count(slug)}" if slug in found else slug)
    return found


def broken(path, text, root=ROOT):
    """A message for each link and path that leads nowhere. `path` is that of the document, relative to `root`."""
    folder = os.path.join(root, os.path.dirname(path))
    for number, line in enumerate(documents.prose(text).splitlines(), 1):
        for link in filter(None, (a or b for a, b in LINK.findall(line))):
            target, _, anchor = link.partition("#")
            full = os.path.normpath(os.path.join(folder, target))
            if re.match(r"[a-z]+:", link):
                continue
            if not os.path.exists(full):
                yield f"{path}:{number}: no {link}"
            elif anchor and anchor not in anchors(documents.read(full) if target else text):
                yield f"{path}:{number}: no heading {link}"
        for span in re.findall(r"`([^`]+)`", line):
            for name in filter(PATH.fullmatch, re.split(r"[\s,]+", span)):
                if not MADE.search(name) and not any(glob.glob(os.path.join(top, name)) for top in (root, folder)):
                    yield f"{path}:{number}: no file {name}"


class Links(unittest.TestCase):
    def test_every_link_of_every_document_resolves(self):
        for path in documents.paths():
            with self.subTest(path):
                self.assertEqual(list(broken(path, documents.read(path))), [])

    def test_a_broken_one_is_found(self):
        text = ("# One `two`: three\n# One two three\n[a](#one-two-three-1) [b](#none)\n[c](../README.md#layout) [d](nowhere.md)"
                " [e](https://example.org)\n`servers/nowhere.cpp` `scripts/run --quick` `servers/*.toml` `results/RUN/`\n"
                "```text\n[f](nowhere.md)\n```\n")
        self.assertEqual(list(broken("servers/made.md", text.replace("[a](", "[a](README.md"))),
                         ["servers/made.md:3: no heading README.md#one-two-three-1", "servers/made.md:3: no heading #none",
                          "servers/made.md:4: no nowhere.md", "servers/made.md:5: no file servers/nowhere.cpp"])

    def test_anchors_are_those_of_github(self):
        self.assertEqual(anchors("# A/A control\n## What it can't say, yet\n# A `b` [c](d.md)\n# A/A control\n"),
                         ["aa-control", "what-it-cant-say-yet", "a-b-c", "aa-control-1"])


if __name__ == "__main__":
    unittest.main()
