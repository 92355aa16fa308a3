"""Compares two runs point by point, or two contestants of one run: ratios with intervals, and regressions.

    runs = comparison.Runs(old_folder, new_folder)
    for row in comparison.judged(comparison.rows(runs, [metrics.CPU], 0.03), 0.03):
        print(row.label, row.x, row.ratio, row.outcome)

Two runs have no pairs: their repetitions were measured at different times. With `relative_to`, a contestant that did
not change, the ratios to it inside one block are compared, which excludes drift of the machine. Two contestants of one
run are compared pair by pair (`between`), and so are two runs of which each repetition was measured right after that of
the other (`by_turns`).

A regression is worse by more than the threshold: its whole interval lies beyond, and with as many rows as there are
chance is no explanation (multiplicity.py, by the test behind the interval).
"""

import os
import statistics
from typing import NamedTuple, Optional

from tvl.analysis import conditions, identities, ratios
from tvl.data import environment, points
from tvl.data.metrics import at, HIGHER
from tvl.stats import independent_ratio, multiplicity, paired_ratio
from tvl.stats.intervals import Interval

REGRESSION, IMPROVEMENT = "regression", "improvement"
WORSE, BETTER = "worse, or chance", "better, or chance"  # beyond the threshold, as some of so many rows are by chance
SMALL = "differs, perhaps by less"
SAME, UNTOLD = ratios.SAME, ratios.UNDECIDED
UNDECIDED = "too few repetitions"
NO_RATIO = "a value is 0"
OTHER_PLAN = "not comparable"
UNJUDGED = (UNDECIDED, NO_RATIO, OTHER_PLAN)
PLAN = ("mode", "connections", "rate", "arrivals", "seconds", "warmup_s", "requests_per_connection", "sources", "crowd",
        "steps", "storm_s", "late", "processes", "threads", "timeout_s", "think_s", "together", "congestion_control")


class Row(NamedTuple):
    workload: str  # its heading
    label: str
    x: float
    metric: object
    old: Optional[float]  # medians; with relative_to of the ratios to that contestant
    new: Optional[float]
    ratio: Optional[Interval]  # new / old
    p_worse: float  # one-sided, of "worse by at most the threshold"
    p_better: float
    least_p: float  # the smallest that so few repetitions allow
    outcome: str
    differs: str  # differing conditions, one line; empty = none
    is_another: bool = False  # the contestant's manifest, command or program differs between the runs


class Runs:
    """Two runs, and what makes them incomparable as a whole."""

    def __init__(self, old, new):
        loaded = [points.load(folder) for folder in (old, new)]
        self.old, self.new = ({w.heading: w for w in workloads} for workloads in loaded)
        environments = [environment.load(os.path.dirname(run) if os.path.isfile(run) else run) for run in (old, new)]
        self.conditions = list(map(conditions.recorded, environments, loaded))
        self.changes = identities.changes(*environments)  # of each contestant

    def machine_differs(self):
        """One line for each fact about the machine that differs. Facts that only one run recorded are ignored."""
        return conditions.differing(self.conditions, conditions.MACHINE)

    def only_in_new(self):
        """(heading, label) of each line without a valid point in the old run. lost_points.py has those of the old."""
        known = {(heading, label) for heading, w in self.old.items() for label, _ in w.points}
        return [(heading, label) for heading, w in self.new.items() for label in w.lines
                if any(name == label for name, _ in w.points) and (heading, label) not in known]


def rows(runs, metrics, threshold, relative_to=None, anyway=False, by_turns=False):
    """A row for every point of both runs, in the order of the new run. Rows whose conditions differ are marked and,
    unless `anyway`, have no outcome."""
    everywhere = conditions.differing(runs.conditions, conditions.COSTS)
    for heading, new in runs.new.items():
        old = runs.old.get(heading)
        for label in new.lines if old else ():
            for x in sorted({x for name, x in new.points if name == label and (label, x) in old.points}):
                differs = "; ".join(everywhere + plans_differ(old.points[label, x], new.points[label, x]))
                for metric in metrics if new.lines[label].contestant != relative_to else ():
                    sides = [side(w, metric, label, x, relative_to) for w in (old, new)]
                    said = "; ".join(filter(None, [differs, *(why_none(w, metric, x, label) for w in (old, new))]))
                    compare = of_turns if by_turns else of_samples
                    found = compare(heading, label, x, metric, *sides, threshold)._replace(
                        differs=said, is_another=bool(runs.changes.get(new.lines[label].contestant)))
                    if any(sides):
                        yield found._replace(outcome=OTHER_PLAN) if said and not anyway else found


def why_none(workload, metric, x, *labels):
    """Why figures of one of these lines do not compare: it failed, or something else was the limit; else None."""
    for label in labels:
        if failed := workload.failed(label, x):
            return f"{failed.text}: {label}"
    return next((f"throughput is a lower bound: {label}" for label in labels
                 if ratios.lower_bounds(workload, metric, x, label)), None)


def plans_differ(old, new):
    """Of any repetition: the plans of a point are equal, or shares of each repetition's knee."""
    one, other = next(iter(old.values())), next(iter(new.values()))
    lines = differences(one.get("plan") or {}, other.get("plan") or {}, PLAN)
    lines += differences(one, other, ("path", "congestion_control"))
    return lines + differences(cores(one), cores(other), ("server cores", "generator cores"))


def differences(old, new, names):
    """Ignores what only one run recorded."""
    pairs = [(name, old.get(name), new.get(name)) for name in names]
    return [f"{name}: {conditions.short(str(a))} / {conditions.short(str(b))}" for name, a, b in pairs
            if a is not None and b is not None and a != b]


def cores(record):
    return {f"{name} cores": len(used) for name in ("server", "generator") if (used := at(record, "cpus", name))}


def side(workload, metric, label, x, relative_to):
    """{repetition: value}"""
    if relative_to is None:
        return workload.values_by_repetition(metric, label, x)
    base = base_label(workload, label, relative_to)
    pairs = workload.pairs_by_repetition(metric, label, x, base) if base else {}
    return {repetition: a / b for repetition, (a, b) in pairs.items() if b}


def base_label(workload, label, contestant):
    """The line of that contestant with the same series value, if it has one."""
    series = workload.lines[label].series
    return next((name for name, line in workload.lines.items() if line.contestant == contestant
                 and line.series in (series, None)), None)


def of_turns(heading, label, x, metric, old, new, threshold):
    """old, new: {repetition: value}"""
    both = sorted(old.keys() & new.keys())
    return of_pairs(heading, label, x, metric, [(old[one], new[one]) for one in both], threshold)


def of_samples(heading, label, x, metric, old, new, threshold):
    """old, new: {repetition: value}, which have no pairs"""
    old, new = list(old.values()), list(new.values())
    medians = [statistics.median(values) if values else None for values in (old, new)]
    if not all(value > 0 for value in (*old, *new)):
        return without_ratio(heading, label, x, metric, medians)
    ratio, bound = independent_ratio.compared(old, new), 1 + threshold
    up, down = independent_ratio.p_above(old, new, bound), independent_ratio.p_above(new, old, bound)
    return row(heading, label, x, metric, medians, ratio, (up, down),
               independent_ratio.smallest_p(len(old), len(new)), threshold)


def between(workloads, old, new, metrics, threshold):
    """Two contestants of one run, pair by pair inside the blocks. Where tables have no ratio of them, neither have
    these rows."""
    for workload in workloads:
        for label in [name for name, line in workload.lines.items() if line.contestant == new]:
            base = base_label(workload, label, old)
            for x in workload.sizes if base else ():
                for metric in metrics:
                    pairs = [(b, a) for a, b in workload.pairs(metric, label, x, base)]
                    found = of_pairs(workload.heading, label, x, metric, pairs, threshold)
                    why = (why_none(workload, metric, x, label, base)
                           or ratios.compared(workload, metric, label, x, base=base).why)
                    if pairs:
                        yield found._replace(outcome=OTHER_PLAN, ratio=None, differs=why) if why else found


def of_pairs(heading, label, x, metric, pairs, threshold):
    """pairs: [(old, new)] of each repetition"""
    medians = [statistics.median(values) for values in zip(*pairs)] if pairs else (None, None)
    if not all(value > 0 for pair in pairs for value in pair):
        return without_ratio(heading, label, x, metric, medians)
    found, bound = [b / a for a, b in pairs], 1 + threshold
    up, down = paired_ratio.p_above(found, bound), paired_ratio.p_above([1 / ratio for ratio in found], bound)
    return row(heading, label, x, metric, medians, paired_ratio.compared(found), (up, down),
               paired_ratio.smallest_p(len(found)), threshold)


def without_ratio(heading, label, x, metric, medians):
    """A 0 has no ratio. Without the repetitions that have one, the others would not be the typical ones."""
    return Row(heading, label, x, metric, *medians, None, 1, 1, 1, NO_RATIO, "")


def row(heading, label, x, metric, medians, ratio, ps, least_p, threshold):
    """ps: one-sided, of a ratio above the threshold and below its reciprocal"""
    worse, better = ps[::-1] if metric.better == HIGHER else ps
    said = outcome(metric, ratio, threshold)
    return Row(heading, label, x, metric, *medians, ratio, worse, better, least_p, said, "")


def outcome(metric, ratio, threshold):
    """Of one row alone: the words of ratios.py with the threshold as margin; of those that differ, whether the whole
    interval lies beyond the threshold."""
    said = ratio and ratios.word(ratio, threshold)
    if said is None:
        return UNDECIDED
    if said != ratios.DIFFERS:
        return said
    if 1 / (1 + threshold) <= ratio.high and ratio.low <= 1 + threshold:
        return SMALL
    return BETTER if ratios.is_better(metric, ratio) else WORSE


def judged(found):
    """The rows with their outcome among all rows that can be judged: those that chance does not explain are
    regressions and improvements."""
    found = list(found)
    tested = [i for i, row in enumerate(found) if row.outcome not in UNJUDGED]
    for alone, among_all, p in ((WORSE, REGRESSION, "p_worse"), (BETTER, IMPROVEMENT, "p_better")):
        counts = multiplicity.rejected([getattr(found[i], p) for i in tested])
        for i, is_certain in zip(tested, counts):
            if is_certain and found[i].outcome == alone:
                found[i] = found[i]._replace(outcome=among_all)
    return found


class Family(NamedTuple):
    """What so many rows with so few repetitions can show."""

    tested: int
    by_chance: float  # rows beyond the threshold on the bad side, at most: were every ratio exactly on the threshold
    fewest: int  # rows that must be worse at once until any of them is a regression; above `tested`: none can be one


def tells_nothing(found):
    """Whether no row is decided, or none could have been a regression with so few repetitions."""
    known = family(found)
    return known.fewest > known.tested or all(row.outcome in (UNTOLD, *UNJUDGED) for row in found)


def family(found):
    tested = [row for row in found if row.outcome not in UNJUDGED]
    by_chance = sum((1 - row.ratio.level) / 2 for row in tested)
    least = min((row.least_p for row in tested), default=1)
    return Family(len(tested), by_chance, multiplicity.fewest(least, len(tested)) if tested else 1)
