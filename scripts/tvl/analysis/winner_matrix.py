"""Winner matrix: a run as workloads by metrics; each cell has the model of the best contestant and its lead.

A row is a workload at one load: the largest x and, where connections are on the axis, the smallest too, because
the leader may change in between. Contestants of one model do not compete, and one that failed does not compete at all.
One without a model competes with all others, under its own name.
"""

import math
from typing import NamedTuple, Optional

from tvl.analysis import ratios
from tvl.data import metrics, models, variables
from tvl.data.workload import Line

COLUMNS = (metrics.THROUGHPUT, metrics.P50, metrics.P99, metrics.CPU, metrics.SWITCHES, metrics.MEMORY)
UNDECIDED, OTHER_RATE = "?", "other rates"


class Cell(NamedTuple):
    line: Optional[Line]  # of the leader; None: the same, or nothing to compare
    lead: Optional[float]  # how many times better than the best of any other model, 1 for the same; None: unknown
    failed: tuple = ()  # labels of this row that failed, are without a valid point, or that a limit stopped
    at_least: bool = False  # the leader was not at its own limit
    why: str = ""  # there is no lead: UNDECIDED, OTHER_RATE or ratios.ONE_PAIR

    @property
    def leader(self):
        """Its label, or None."""
        return self.line and self.line.label

    @property
    def text(self):
        mark = " ×" if self.failed else ""
        if self.lead is None:
            return (self.why + mark).strip()
        if self.line is None:
            return ratios.SAME + mark
        return f"{models.name(self.line)} {'≥ ' if self.at_least else ''}{factor(self.lead)}{mark}"


class Row(NamedTuple):
    name: str
    cells: tuple
    how_failed: dict  # label -> words, of those that are out of the comparison


def factor(lead):
    """1 or more, whichever direction is better."""
    return f"{lead:.2f}x" if lead < 10 else f"{lead:,.0f}x" if lead < 1000 else ">999x"


def rows(workloads):
    return [row(workload, series, x) for workload in workloads for series in series_of(workload)
            for x in loads(workload)]


def series_of(workload):
    """The series values at which several contestants compete, else [None]."""
    texts = dict.fromkeys(workload.lines[label].series for label in workload.measured)
    shared = [text for text in texts if text and len(competitors(workload, text)) > 1]
    return shared or [None] * (len(competitors(workload, None)) > 1)


def competitors(workload, series):
    """Lines with that value of the series, and those that have none."""
    return [label for label in workload.measured if workload.lines[label].series in (series, None)]


def loads(workload):
    ends = workload.sizes[:1] + workload.sizes[-1:] if workload.x_name == "connections" else workload.sizes[-1:]
    return list(dict.fromkeys(ends))


def row(workload, series, x):
    what = [workload.heading, variables.words(series)]
    axis = variables.axis(workload.x_name, (workload.sample() or {}).get("endpoint"))
    name = ", ".join(text for text in what if text) + f": {x:g} {axis.removesuffix('s') if x == 1 else axis}"
    labels = competitors(workload, series)
    return Row(name, tuple(cell(workload, metric, labels, x) for metric in COLUMNS),
               {label: why for label in labels if (why := how_failed(workload, label, x))})


def how_failed(workload, label, x):
    """Why it is out of the comparison; None if it is not."""
    if failure := workload.failed(label, x):
        return failure.text
    if (label, x) in workload.limits:
        return "stopped at a limit of the machine"
    return "no valid point" if workload.invalid.get((label, x)) and not workload.points.get((label, x)) else None


def cell(workload, metric, labels, x):
    """The leader is the best contestant, if it certainly differs from all of the other models."""
    out = tuple(label for label in labels if how_failed(workload, label, x))
    known = {label: found.median for label in labels
             if label not in out and (found := workload.spread(metric, label, x))}
    if metric is metrics.THROUGHPUT and workload.rate is not None:
        return Cell(None, None, out)  # all have the offered rate
    order = sorted(known, key=known.get, reverse=metric.better == metrics.HIGHER)
    first = workload.lines[order[0]] if order else None
    others = [label for label in order if models.family(workload.lines[label]) != models.family(first)]
    if metric is metrics.THROUGHPUT and any(workload.bounded_by(label, x) for label in others):
        return Cell(None, None, out)
    compared = [ratios.compared(workload, metric, first.label, x, base=other) for other in others]
    return led(metric, first, compared, out,
               metric is metrics.THROUGHPUT and bool(first and workload.bounded_by(first.label, x)))


def led(metric, first, found, out, at_least):
    """The Cell of the best contestant's line by its Compared to all of other models."""
    known = [one.ratio for one in found if one.ratio]
    said = {ratios.sameness(metric, ratio) for ratio in known}
    whys = {one.why for one in found}
    if ratios.OTHER_RATE in whys:
        return Cell(None, None, out, why=OTHER_RATE)
    if ratios.UNDECIDED in said or ratios.DISAGREE in whys:
        return Cell(None, None, out, why=UNDECIDED)
    if not known:
        return Cell(None, None, out)
    if None in said:
        return Cell(None, None, out, why=ratios.ONE_PAIR)
    if ratios.SAME in said:
        return Cell(None, 1, out)
    if not all(ratios.is_better(metric, ratio) for ratio in known):  # its median is best, but not pair by pair
        return Cell(None, None, out, why=UNDECIDED)
    return Cell(first, min(lead(metric, ratio) for ratio in known), out, at_least)


def lead(metric, ratio):
    return ratio.median if metric.better == metrics.HIGHER else 1 / ratio.median if ratio.median else math.inf
