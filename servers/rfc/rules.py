"""The rules of the RFCs, from rules_*.toml beside this file.

    [[rule]]
    section = "3.2"
    must = "answer HTTP/1.1 without Host with 400"   what a server must or must not do
    send = "GET /plaintext HTTP/1.1\\r\\n\\r\\n"       bytes as Latin-1, {20000 x} = 20,000 times x; a list waits for a
                                                     reply before each further part
    frames = ["8182 00000000 6869"]                  instead of send: a handshake and these frames, hexadecimal
    fields = "Sec-WebSocket-Protocol: x\\r\\n"         further fields of that handshake
    want = ["400; closed", "4??; open"]              answers that keep the rule, see play.py; ? and * as in a shell
    show = ["Date"]                                  fields of the replies to name in the answer
    body = true                                      name their bodies too
    head = true                                      its first request is a HEAD
    end = true                                       the client ends its side behind the last byte
    needs = "echo"                                   what the server must offer; also for a whole file
    reason = "..."                                   why our servers do not keep it
"""

import fnmatch
import os
import re
import tomllib
from typing import NamedTuple

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = ("rules_9110.toml", "rules_9112.toml", "rules_6455.toml")
HANDSHAKE = ("GET /ws/echo HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")


class Rule(NamedTuple):
    rfc: str  # its title
    url: str  # of the section
    section: str
    must: str
    parts: tuple  # bytes to send
    shown: str  # what is sent, for a reader
    want: tuple
    show: tuple
    body: bool
    head: bool
    end: bool
    is_websocket: bool  # frames follow the handshake
    needs: str  # "" = nothing
    reason: str  # "" = our servers keep it

    def is_kept(self, answer):
        return any(fnmatch.fnmatchcase(answer, one) for one in self.want)


def load():
    """All rules, in the order of the files."""
    found = []
    for name in FILES:
        with open(os.path.join(HERE, name), "rb") as file:
            table = tomllib.load(file)
        found += [read(table, one) for one in table["rule"]]
    return found


def read(file, table):
    frames = table.get("frames")
    if frames is None:
        send = [table["send"]] if isinstance(table["send"], str) else table["send"]
        parts, shown = [repeated(text).encode("latin-1") for text in send], " … ".join(send)
    else:
        handshake = HANDSHAKE + table.get("fields", "") + "\r\n"
        parts = [handshake.encode() + b"".join(bytes.fromhex(repeated(frame)) for frame in frames)]
        shown = ", ".join(frames) or table.get("fields", "the handshake")
    return Rule(file["title"], file["url"] + table["section"], table["section"], table["must"], tuple(parts),
                escaped(shown), tuple(table["want"]), tuple(table.get("show", ())), table.get("body", False),
                table.get("head", False), table.get("end", False), frames is not None,
                table.get("needs", file.get("needs", "")), table.get("reason", ""))


def repeated(text):
    """"{3 ab}" is "ababab"."""
    return re.sub(r"\{(\d+) ([^}]*)\}", lambda found: found[2] * int(found[1]), text)


def escaped(text):
    """With \\r\\n and other bytes as in a program."""
    return repr(text)[1:-1].replace("\\'", "'")
