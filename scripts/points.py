"""points.jsonl as a tree a chart or a table can ask: workload -> contestant -> x -> repetitions.

    for workload in points.load("results/2026-11-22-120000-host"):
        print(workload.ratio(metrics.CPU, "asio_loop", 64))

A comparison is always made inside one repetition of one block, where both contestants met the same machine, and only
then summarised. Invalid points stay visible (`invalid`) and take part in no median and no ratio.
"""

import json
import os
import statistics
import sys
from collections import Counter
from typing import NamedTuple

SCHEMA = 1


class BadInput(Exception):
    """What a program prints as its one line before it exits with 2."""


class Spread(NamedTuple):
    """What the repetitions say together: their median, how far apart they are, how many there were."""

    median: float
    low: float
    high: float
    n: int


def spread(values):
    """None when nothing was measured."""
    seen = [value for value in values if value is not None]
    if not seen:
        return None
    return Spread(statistics.median(seen), min(seen), max(seen), len(seen))


class Workload:
    def __init__(self, name):
        self.name = name
        self.contestants = []  # chart order, those left out included
        self.titles = {}
        self.versus = {}
        self.left_out = {}  # contestant -> (status, reason)
        self.points = {}  # (contestant, x) -> {repetition: record}, valid ones
        self.invalid = {}  # the same, invalid ones

    @property
    def sizes(self):
        return sorted({x for _, x in list(self.points) + list(self.invalid)})

    @property
    def measured(self):
        """Contestants with a record, in chart order."""
        have = {name for name, _ in list(self.points) + list(self.invalid)}
        return [name for name in self.contestants if name in have]

    @property
    def baseline(self):
        """The contestant every ratio is against: the first in chart order that was measured."""
        return self.measured[0] if self.measured else None

    @property
    def records(self):
        """Every measured record, valid or not."""
        groups = list(self.points.values()) + list(self.invalid.values())
        return [record for group in groups for record in group.values()]

    def sample(self):
        """Any record, for what all points of a workload share (path, cpus, plan); None when all were left out."""
        return next(iter(self.records), None)

    def values(self, metric, contestant, x):
        """One value per valid repetition that has it."""
        group = self.points.get((contestant, x), {})
        return [value for value in map(metric.read, group.values()) if value is not None]

    def spread(self, metric, contestant, x):
        return spread(self.values(metric, contestant, x))

    def ratio(self, metric, contestant, x):
        """contestant / baseline, repetition by repetition; None for the baseline itself or when no pair is complete."""
        if contestant == self.baseline:
            return None
        mine, base = self.points.get((contestant, x), {}), self.points.get((self.baseline, x), {})
        pairs = [(metric.read(mine[r]), metric.read(base[r])) for r in sorted(mine.keys() & base.keys())]
        return spread(a / b for a, b in pairs if a is not None and b)

    def slope(self, metric, contestant):
        """Growth of the median per unit of x by least squares; None below three sizes, where a line proves nothing."""
        known = [(x, self.spread(metric, contestant, x)) for x in self.sizes]
        known = [(x, s.median) for x, s in known if s]
        if len(known) < 3:
            return None
        return statistics.linear_regression(*zip(*known)).slope

    def limiter(self, contestant, x):
        """What most valid repetitions were limited by; None without valid repetitions."""
        group = self.points.get((contestant, x), {})
        named = Counter((r.get("verdict") or {}).get("limiter") or "none" for r in group.values())
        return named.most_common(1)[0][0] if named else None

    def ceilings(self):
        """{label: {x: rate}}"""
        found = {}
        for record in self.records:
            for ceiling in record.get("ceilings") or []:
                found.setdefault(ceiling["label"], {})[record["x"]] = ceiling["rate"]
        return found


def load(folder):
    """The workloads of a run's folder (or of a points.jsonl), in the order they were measured."""
    path = os.path.join(folder, "points.jsonl") if os.path.isdir(folder) else folder
    workloads = {}
    for record in read_records(path):
        workload = workloads.setdefault(record["workload"], Workload(record["workload"]))
        add(workload, record)
    for workload in workloads.values():
        workload.contestants = chart_order(workload)
    return list(workloads.values())


def add(workload, record):
    name = record["contestant"]
    workload.titles[name] = record.get("title") or name
    workload.versus[name] = record.get("versus")
    if "left_out" in record:
        reason = record["left_out"] or {}
        workload.left_out[name] = (reason.get("status") or "left out", reason.get("reason") or "no reason given")
        return
    key, repetition = (name, record["x"]), record.get("repetition") or 0
    for group in (workload.points, workload.invalid):  # a point measured again replaces what was there
        group.get(key, {}).pop(repetition, None)
    group = workload.points if is_valid(record) else workload.invalid
    group.setdefault(key, {})[repetition] = record


def is_valid(record):
    return not record.get("interrupted") and (record.get("verdict") or {}).get("valid") is not False


def why_invalid(record):
    if record.get("interrupted"):
        return "interrupted"
    verdict = record.get("verdict") or {}
    return "; ".join(verdict.get("reasons") or []) or verdict.get("limiter") or "no reason given"


def chart_order(workload):
    """A block's first round is in the workload's own order; later rounds are rotated."""
    firsts = {}
    for record in workload.records:
        rank = (record.get("repetition") or 0, record.get("position") or 0)
        name = record["contestant"]
        firsts[name] = min(firsts.get(name, rank), rank)
    names = sorted(firsts, key=firsts.get)
    return names + [name for name in workload.left_out if name not in firsts]


def read_records(path):
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: {getattr(error, 'strerror', None) or 'not a text file'}") from None
    lines = text.splitlines()
    records = []
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except ValueError:
            if number == len(lines) and not text.endswith("\n"):
                print(f"{path}:{number}: last line is cut off, ignored", file=sys.stderr)
                break
            raise BadInput(f"{path}:{number}: not JSON") from None
        records.append(checked(record, f"{path}:{number}"))
    if not records:
        raise BadInput(f"{path}: no points in it")
    return records


def checked(record, where):
    if not isinstance(record, dict) or "workload" not in record or "contestant" not in record:
        raise BadInput(f"{where}: not a point of tvl-suite (no workload or contestant)")
    if record.get("schema") != SCHEMA:
        raise BadInput(f"{where}: schema {record.get('schema')}, this program reads schema {SCHEMA}")
    if "left_out" not in record and not isinstance(record.get("x"), (int, float)):
        raise BadInput(f"{where}: a point without its x")
    return record
