"""Winner matrix: a run as workloads by metrics; each cell has the model of the best contestant and its lead.

A row is a workload at one load: the largest x and, where connections are on the axis, the smallest too, because
the leader may change in between. Contestants of one model do not compete.
"""

import math
from typing import NamedTuple, Optional

from tvl.analysis import ratios
from tvl.data import metrics, variables

COLUMNS = (metrics.THROUGHPUT, metrics.P50, metrics.P99, metrics.CPU, metrics.SWITCHES, metrics.MEMORY)


class Cell(NamedTuple):
    leader: Optional[str]  # label; None: a tie, or nothing to compare
    model: Optional[str]
    lead: Optional[float]  # how many times better than the best of the next model, 1 for a tie; None: unknown
    failed: tuple = ()  # labels of this row without a valid point, or that a limit stopped
    at_least: bool = False  # the leader was not at its own limit
    sure: bool = True  # False: of one repetition

    @property
    def text(self):
        mark = " ×" if self.failed else ""
        if self.lead is None:
            return mark.strip()
        if self.leader is None:
            return "tie" + mark
        return f"{self.model} {'≥ ' if self.at_least else ''}{factor(self.lead)}{'' if self.sure else '?'}{mark}"


class Row(NamedTuple):
    name: str
    cells: tuple


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
    return Row(name, tuple(cell(workload, metric, labels, x) for metric in COLUMNS))


def cell(workload, metric, labels, x):
    """The leader is the best contestant. It is a tie when the best of another model does not differ."""
    failed = tuple(label for label in labels if not workload.points.get((label, x))
                   and (workload.invalid.get((label, x)) or (label, x) in workload.limits))
    known = {label: found.median for label in labels if (found := workload.spread(metric, label, x))}
    if metric is metrics.THROUGHPUT and workload.rate is not None:
        return Cell(None, None, None, failed)  # all have the offered rate
    order = sorted(known, key=known.get, reverse=metric.better == metrics.HIGHER)
    first = next(iter(order), None)
    model = first and workload.lines[first].model
    second = next((label for label in order if workload.lines[label].model != model), None)
    ratio = second and workload.ratio(metric, first, x, base=second)
    bounded = [bool(metric is metrics.THROUGHPUT and workload.bounded_by(label, x)) for label in (first, second)]
    if ratio is None or bounded[1]:
        return Cell(None, None, None, failed)
    lead = ratio.median if metric.better == metrics.HIGHER else 1 / ratio.median if ratio.median else math.inf
    sure = ratio.level > 0
    if ratios.is_same(ratio) or lead <= 1:
        return Cell(None, None, 1, failed, sure=sure)
    return Cell(first, model, lead, failed, bounded[0], sure)
