"""points.jsonl, line by line: which lines are points, which of them are valid, and what is refused."""

import json
import sys

SCHEMA = 1


class BadInput(Exception):
    """What a program prints as its one line before it exits with 2."""


def is_valid(record):
    return not record.get("interrupted") and (record.get("verdict") or {}).get("valid") is not False


def why_invalid(record):
    if record.get("interrupted"):
        return "interrupted"
    verdict = record.get("verdict") or {}
    return "; ".join(verdict.get("reasons") or []) or verdict.get("limiter") or "no reason given"


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: {getattr(error, 'strerror', None) or 'not a text file'}") from None
    lines = text.splitlines()
    found = []
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except ValueError:
            if number == len(lines) and not text.endswith("\n"):
                print(f"{path}:{number}: last line is cut off, ignored", file=sys.stderr)
                break
            raise BadInput(f"{path}:{number}: not JSON") from None
        found.append(checked(record, f"{path}:{number}"))
    if not found:
        raise BadInput(f"{path}: no points in it")
    return found


def checked(record, where):
    if not isinstance(record, dict) or "workload" not in record or "contestant" not in record:
        raise BadInput(f"{where}: not a point of tvl-suite (no workload or contestant)")
    if record.get("schema") != SCHEMA:
        raise BadInput(f"{where}: schema {record.get('schema')}, this program reads schema {SCHEMA}")
    if "left_out" not in record and not isinstance(record.get("x"), (int, float)):
        raise BadInput(f"{where}: a point without its x")
    return record
