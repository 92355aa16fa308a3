"""The inputs of a fuzz target: NAME_fuzz.inputs beside NAME_fuzz.cpp, one file that a reader can check.

A line is a comment, a word that mutations insert, or an input. Escapes are Python's for bytes: \\r \\n \\t \\\\ \\xNN; a
blank at the end of a line is \\x20. Bytes that are printable ASCII stand for themselves.

    # what this is
    word Content-Length:\\x20
    input 0001GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n
"""

import codecs
import hashlib
import os

LONGEST = 4096  # bytes of an input that is kept: more is for the fuzzer's own folder


def encoded(data):
    """Bytes as text of one line."""
    text = codecs.escape_encode(data)[0].decode("ascii").replace("\\'", "'")
    return text[:-1] + "\\x20" if text.endswith(" ") else text


def decoded(text):
    return codecs.escape_decode(text.encode("ascii"))[0]


class Inputs:
    """comments: lines; words, inputs: bytes, in the order of the file."""

    def __init__(self, comments, words, inputs):
        self.comments, self.words, self.inputs = comments, words, inputs

    def write_dictionary(self, path):
        """In libFuzzer's format."""
        with open(path, "w", encoding="ascii") as file:
            for word in self.words:
                file.write('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n')

    def write_corpus(self, folder):
        os.makedirs(folder, exist_ok=True)
        for data in self.inputs:
            with open(os.path.join(folder, hashlib.sha1(data).hexdigest()), "wb") as file:
                file.write(data)

    def text(self):
        lines = [*self.comments, *(f"word {encoded(w)}" for w in self.words)]
        return "\n".join([*lines, *(f"input {encoded(i)}".rstrip() for i in self.inputs)]) + "\n"


def read(path):
    """Raises ValueError, "FILE:LINE: what is wrong"."""
    comments, words, inputs = [], [], []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file.read().splitlines(), 1):
            kind, _, text = line.partition(" ")
            try:
                if line.startswith("#"):
                    comments.append(line)
                elif kind in ("word", "input"):
                    (words if kind == "word" else inputs).append(decoded(text))
                else:
                    raise ValueError("neither a comment, nor a word, nor an input")
            except ValueError as error:  # of an escape, too
                raise ValueError(f"{path}:{number}: {error}") from None
    return Inputs(comments, words, inputs)


def corpus(folder):
    """The inputs in a folder of libFuzzer, shortest first."""
    found = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            found.append(file.read())
    return sorted((data for data in found if len(data) <= LONGEST), key=lambda data: (len(data), data))
