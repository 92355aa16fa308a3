"""A workload as rows of numbers: medians of the valid repetitions, each with its ratio to the baseline."""

from typing import NamedTuple, Optional

import metrics
import ranking
import ratios
from metrics import number
from workload import Spread


class Cell(NamedTuple):
    value: Optional[Spread]
    ratio: Optional[Spread]
    verdict: str  # of ratios.verdict
    at_least: bool = False


class Row(NamedTuple):
    """Either numbers, or the reason why there are none."""

    x: Optional[float]  # None: at every x
    label: str
    cells: tuple = ()
    limiter: str = ""
    rank: Optional[int] = None
    left_out: str = ""  # status: reason


def columns(workload):
    """The metrics that at least one point has."""
    return [m for m in metrics.COLUMNS if any(m.read(record) is not None for record in workload.records)]


def head(workload, metric):
    """The heading of a column."""
    return ("innocent " if workload.is_mixed and metric in metrics.RESPONSES else "") + metric.column


def x_head(workload):
    return "conns" if workload.x_name == "connections" else workload.x_name


def is_ranked(workload):
    return workload.rate is not None


def rows(workload):
    found = []
    for x in sorted({*workload.sizes, *(x for _, x in workload.limits)}):
        ranks = ranking.ranks(workload, x) if is_ranked(workload) else {}
        found += [Row(x, label, [cell(workload, metric, label, x) for metric in columns(workload)],
                      limiter(workload, label, x), ranks.get(label))
                  for label in ranking.order(workload, x)
                  if (label, x) in workload.points or (label, x) in workload.invalid]
        found += [Row(x, label, left_out=f"limit: {reason}")
                  for (label, at), reason in workload.limits.items() if at == x]
    return found + [Row(None, name, left_out=": ".join(why)) for name, why in workload.left_out.items()]


def cell(workload, metric, label, x):
    """A lower bound has no ratio, nor has anything against one."""
    bounded = {who for who in (label, workload.baseline_of(label))
               if metric is metrics.THROUGHPUT and workload.bounded_by(who, x)}
    ratio = None if bounded or metric.better is None else workload.ratio(metric, label, x)
    return Cell(workload.spread(metric, label, x), ratio, ratios.verdict(metric, ratio), label in bounded)


def limiter(workload, label, x):
    bad = len(workload.invalid.get((label, x), {}))
    said = workload.limiter(label, x)
    if said is None:
        return "invalid"
    return said + (f" ({bad} invalid)" if bad else "")


def value_text(entry):
    return ("≥ " if entry.at_least else "") + number(entry.value.median if entry.value else None)


def legend(workloads):
    """What the numbers of these workloads' tables are."""
    measured = [workload for workload in workloads if workload.records]
    bases = dict.fromkeys(f"the first contestant with the same {w.series_name}" if w.series_name else w.baseline
                          for w in measured)
    text = ("Values are medians over valid repetitions. "
            f"Ratios are to {' or '.join(bases) or 'the first contestant'}: median of the ratios of each "
            "repetition; ~ means no difference: below 1 %, or the repetitions disagree on its direction.")
    if any(map(is_ranked, measured)):
        text += (" Rank: by CPU per request at the same offered rate; who does not differ from the first of a rank "
                 "shares it.")
    return text


def of_ceiling(workload):
    """asio_loop: 98.7 % at 1000, one line per contestant and ceiling."""
    lines = []
    for label in workload.measured:
        for name, rates in workload.ceilings(label).items():
            shares = [(x, workload.spread(metrics.THROUGHPUT, label, x)) for x in sorted(rates)]
            said = [f"{100 * s.median / rates[x]:.1f} % at {x:g}" for x, s in shares if s and rates[x]]
            if said:
                lines.append(f"{label}, share of the ceiling {name}: {', '.join(said)}")
    return lines


def per_connection(workload):
    """Memory per connection as a slope over all sizes, user and kernel apart."""
    lines = []
    for label in workload.measured if workload.x_name == "connections" else ():
        user, kernel = (workload.slope(metric, label) for metric in (metrics.USER_MEMORY, metrics.KERNEL_MEMORY))
        if user is not None and kernel is not None:
            lines.append(f"{label}, memory per connection (slope over {len(workload.sizes)} sizes): "
                         f"{number(user * 1024)} KiB user + {number(kernel * 1024)} KiB kernel")
    return lines


def matrices(workload):
    """Where x and series are both swept, throughput (of innocents: p99) as rows of a small table, one per contestant:
    {title: [["processes \\ threads", "1", "4"], ["1", "20.0", "80.0"], ...]}"""
    found = {}
    metric = metrics.P99 if workload.is_mixed else metrics.THROUGHPUT
    for label in workload.measured:
        line = workload.lines[label]
        if line.series:
            title = f"{line.contestant}, {head(workload, metric)} at {workload.series_name} x {workload.x_name}"
            heads = [f"{workload.series_name} \\ {workload.x_name}"] + [f"{x:g}" for x in workload.sizes]
            cells = [workload.spread(metric, label, x) for x in workload.sizes]
            found.setdefault(title, [heads]).append(
                [line.series.partition(":")[2]] + [number(s.median if s else None) for s in cells])
    return found
