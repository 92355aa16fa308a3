"""points.jsonl, line by line: which lines are points, which of them are valid, and what is refused."""

import json
import sys

SCHEMA = 1


class BadInput(Exception):
    """What a program prints as its one line before it exits with 2."""


def is_valid(record):
    return not record.get("interrupted") and (record.get("verdict") or {}).get("valid") is not False


def only_late(record):
    """Invalid for one reason: the generator sent later than it was due to. What was due was answered nevertheless."""
    reasons = (record.get("verdict") or {}).get("reasons") or []
    late = all(reason.startswith("requests left the generator ") for reason in reasons)
    return bool(reasons) and late and not record.get("interrupted")


def why_invalid(record):
    if record.get("interrupted"):
        return "interrupted"
    verdict = record.get("verdict") or {}
    return "; ".join(verdict.get("reasons") or []) or verdict.get("limiter") or "no reason given"


def impossible(record):
    """The reason of tvl-suite for a throughput above what arithmetic allows: something measures wrongly, and nothing
    else in that run can be believed either. None for all others."""
    reasons = (record.get("verdict") or {}).get("reasons") or []
    return next((reason for reason in reasons if reason.startswith("impossible")), None)


def read(path):
    """The points of a file. A suite that was killed, or a disk that was full, leaves a piece of a line, at the end or,
    where the run was resumed, anywhere: such lines cost one warning for all of them. A file without any point is
    refused."""
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: {getattr(error, 'strerror', None) or 'not a text file'}") from None
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
        others = f" (and {len(bad) - 1} more like it)" if len(bad) > 1 else ""
        print(f"{bad[0]}: ignored{others}, {len(found)} points read", file=sys.stderr)
    return found


def checked(line):
    try:
        record = json.loads(line)
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
