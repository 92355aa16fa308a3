"""points.jsonl, line by line: which lines are points, whether they are valid, and the reasons."""

import re
import sys
from typing import NamedTuple, Optional

from tvl.text import outside

SCHEMA = 1
# Codes that this package uses.
GENERATOR_LATE, IMPOSSIBLE, RATE_NOT_MET, BACKLOG = "generator-late", "impossible", "rate-not-met", "backlog"
TOO_FEW = "too-few-samples"
# Reasons of older records are texts without a code: recognised by their beginning, and limits by their content, the
# most specific first. The codes of limits are the kernel's names.
OLD_REASONS = (("requests left the generator ", GENERATOR_LATE), ("impossible", IMPOSSIBLE),
               (r"answered \S+ % of the requests", RATE_NOT_MET), (r"\d+ replies are too few for ", TOO_FEW),
               (r"\d+ of \d+ connections got no reply at all", "connections-starved"),
               ("the server used ", "server-cpu"), ("the generator used ", "generator-full"),
               ("Little's law", "littles-law"), (r"the server ended \d+ connections of ", "background-lost"),
               (r"\d+ connects failed of ", "background-failed"))
OLD_LIMITS = (("pids.max", "cgroup pids.max"), ("max_map_count", "vm.max_map_count"),
              ("threads-max", "kernel.threads-max"), ("pid_max", "kernel.pid_max"),
              ("descriptor", "RLIMIT_NOFILE hard"), ("open files", "RLIMIT_NOFILE hard"),
              ("port", "net.ipv4.ip_local_port_range"), ("thread", "RLIMIT_NPROC soft"), ("memory", "MemAvailable"))


class BadInput(Exception):
    """Wrong input: a program prints it as one line and exits with 2."""


class Reason(NamedTuple):
    """code: None if unknown. Programs decide by it, never by the text."""

    code: Optional[str]
    text: str


def is_valid(record):
    return not record.get("interrupted") and (record.get("verdict") or {}).get("valid") is not False


def reasons(record):
    """The Reasons of a point's verdict."""
    found = (record.get("verdict") or {}).get("reasons") or []
    return [Reason(one.get("code"), one.get("text")) if isinstance(one, dict) else old_reason(one) for one in found]


def old_reason(text):
    return Reason(next((code for begin, code in OLD_REASONS if re.match(begin, text)), None), text)


def limit(left_out):
    """The Reason of a point that a limit of this machine forbids."""
    text = left_out.get("reason") or "no reason given"
    return Reason(left_out.get("code") or next((code for word, code in OLD_LIMITS if word in text), None), text)


def why_invalid(record):
    if record.get("interrupted"):
        return "interrupted"
    return ("; ".join(one.text for one in reasons(record)) or (record.get("verdict") or {}).get("limiter")
            or "no reason given")


def impossible(record):
    """The text about a throughput above its ceiling, or None. It invalidates the whole run."""
    return next((one.text for one in reasons(record) if one.code == IMPOSSIBLE), None)


def read(path):
    """The points of a file. A killed suite or a full disk leaves a partial line, in a resumed run anywhere: one warning
    for all of them, and for lines that are not UTF-8. Raises BadInput for a file without a point."""
    try:
        with open(path, "rb") as file:
            lines = file.read().split(b"\n")
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from None
    found, bad = [], []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(checked(line))
            except BadInput as error:
                bad.append(f"{path}:{number}: {error}" + (", cut off" if number == len(lines) else ""))
    if bad and not found:
        raise BadInput(bad[0])
    if not found:
        raise BadInput(f"{path}: no points in it")
    if bad:
        more = f" (and {len(bad) - 1} more like it)" if len(bad) > 1 else ""
        print(f"{bad[0]}: ignored{more}, {len(found)} points read", file=sys.stderr)
    return found


def checked(line):
    try:
        record = outside.parsed(line.decode())
    except UnicodeDecodeError:
        raise BadInput("not UTF-8") from None
    except ValueError:
        raise BadInput("not JSON") from None
    if not isinstance(record, dict) or not all(isinstance(record.get(key), str) for key in ("workload", "contestant")):
        raise BadInput("not a point of tvl-suite (no workload or contestant)")
    if record.get("schema") != SCHEMA:
        raise BadInput(f"schema {record.get('schema')}, this program reads schema {SCHEMA}")
    if "left_out" not in record and not is_number(record.get("x")):
        raise BadInput("a point without its x")
    return record


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)
