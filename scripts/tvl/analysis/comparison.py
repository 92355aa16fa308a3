"""Compares two runs point by point: ratios with intervals, and regressions.

    runs = comparison.Runs(old_folder, new_folder)
    for row in comparison.rows(runs, metrics=[metrics.CPU], threshold=0.03):
        print(row.label, row.x, row.ratio, row.outcome)

Two runs have no pairs: their repetitions were measured at different times. With `relative_to`, a contestant that did not
change, the ratios to it inside one block are compared, which excludes drift of the machine. Two contestants of one run
are compared pair by pair (`between`).
"""

import statistics
from typing import NamedTuple, Optional

from tvl.data import environment, points
from tvl.data.metrics import at, HIGHER
from tvl.stats import independent_ratio
from tvl.stats.intervals import Interval

REGRESSION, IMPROVEMENT, SAME = "regression", "improvement", "no difference"
SMALL = "differs, below the threshold"
UNDECIDED = "too few repetitions"
MACHINE = ("cpu_model", "cores", "kernel", "governor", "mitigations")
VERSIONS = ("compiler", "compiler_flags", "build_type", "boost", "os")
PLAN = ("mode", "connections", "rate", "arrivals", "seconds", "warmup_s", "requests_per_connection", "sources", "crowd",
        "steps", "storm_s", "late", "processes", "threads", "timeout_s", "think_s", "together")


class Row(NamedTuple):
    workload: str  # its heading
    label: str
    x: float
    metric: object
    old: Optional[float]  # medians; with relative_to of the ratios to that contestant
    new: Optional[float]
    ratio: Optional[Interval]
    outcome: str
    differs: str  # differing conditions, one line; empty = none


class Runs:
    """Two runs, and what makes them incomparable as a whole."""

    def __init__(self, old, new):
        self.old, self.new = ({w.heading: w for w in points.load(folder)} for folder in (old, new))
        self.conditions = [environment.load(folder) for folder in (old, new)]

    def machine_differs(self):
        """One line for each fact about the machine that differs. Facts that only one run recorded are ignored."""
        return differences(*self.conditions, MACHINE)

    def conditions_differ(self):
        limits = [dict((found.get("limits") or {}), by_name=None) for found in self.conditions]
        return differences(*self.conditions, VERSIONS) + differences(*limits, sorted({**limits[0], **limits[1]}))

    def only_in_one(self):
        """(heading, label, "the old run" or "the new run") of each line without a valid point in the other run."""
        found = []
        for mine, other, name in ((self.old, self.new, "the old run"), (self.new, self.old, "the new run")):
            theirs = {(heading, label) for heading, w in other.items() for label, _ in w.points}
            found += [(heading, label, name) for heading, w in mine.items() for label in w.lines
                      if any(key[0] == label for key in w.points) and (heading, label) not in theirs]
        return found


def differences(old, new, names):
    """Ignores what only one run recorded."""
    pairs = [(name, old.get(name), new.get(name)) for name in names]
    return [f"{name}: {short(a)} / {short(b)}" for name, a, b in pairs if a is not None and b is not None and a != b]


def short(value):
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def rows(runs, metrics, threshold, relative_to=None, anyway=False):
    """A row for every point of both runs, in the order of the new run. Rows whose conditions differ are marked and, unless
    `anyway`, have no outcome."""
    everywhere = runs.conditions_differ()
    for heading, new in runs.new.items():
        old = runs.old.get(heading)
        for label in new.lines if old else ():
            for x in sorted({x for name, x in new.points if name == label and (label, x) in old.points}):
                differs = everywhere + plans_differ(old.points[label, x], new.points[label, x])
                for metric in metrics:
                    if label != relative_to:
                        sides = [side(w, metric, label, x, relative_to) for w in (old, new)]
                        yield judged(heading, label, x, metric, *sides, threshold, differs, anyway)


def plans_differ(old, new):
    """Of any repetition: the plans of a point are equal, or shares of each repetition's knee."""
    one, other = next(iter(old.values())), next(iter(new.values()))
    lines = differences(one.get("plan") or {}, other.get("plan") or {}, PLAN)
    lines += differences(one, other, ("path",))
    return lines + differences(cores(one), cores(other), ("server cores", "generator cores"))


def cores(record):
    return {f"{name} cores": len(used) for name in ("server", "generator") if (used := at(record, "cpus", name))}


def side(workload, metric, label, x, relative_to):
    if relative_to is None:
        return workload.values(metric, label, x)
    mine, theirs = (workload.points.get((name, x), {}) for name in (label, base_label(workload, label, relative_to)))
    pairs = [(metric.read(mine[r]), metric.read(theirs[r])) for r in sorted(mine.keys() & theirs.keys())]
    return [a / b for a, b in pairs if a is not None and b]


def base_label(workload, label, contestant):
    """The line of that contestant with the same series value, if it has one."""
    series = workload.lines[label].series
    return next((name for name, line in workload.lines.items() if line.contestant == contestant
                 and line.series in (series, None)), None)


def judged(heading, label, x, metric, old, new, threshold, differs, anyway):
    ratio = independent_ratio.compared([v for v in old if v > 0], [v for v in new if v > 0])
    outcome = outcome_of(metric, ratio, threshold)
    medians = (statistics.median(values) if values else None for values in (old, new))
    said = "; ".join(differs)
    return Row(heading, label, x, metric, *medians, ratio, "not comparable" if said and not anyway else outcome, said)


def outcome_of(metric, ratio, threshold):
    """A regression is a significant difference for the worse beyond the threshold."""
    if ratio is None or ratio.level == 0:
        return UNDECIDED
    if ratio.low <= 1 <= ratio.high:
        return SAME
    if abs(ratio.median - 1) < threshold:
        return SMALL
    return IMPROVEMENT if (ratio.median > 1) == (metric.better == HIGHER) else REGRESSION


def between(workloads, old, new, metrics, threshold):
    """Two contestants of one run, pair by pair inside the blocks."""
    for workload in workloads:
        for label in [name for name, line in workload.lines.items() if line.contestant == new]:
            base = base_label(workload, label, old)
            for x in workload.sizes if base else ():
                for metric in metrics:
                    ratio = workload.ratio(metric, label, x, base=base)
                    values = (workload.spread(metric, name, x) for name in (base, label))
                    medians = (found.median if found else None for found in values)
                    yield Row(workload.heading, label, x, metric, *medians, ratio,
                              outcome_of(metric, ratio, threshold), "")
