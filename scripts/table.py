"""A workload as rows of numbers: medians of the valid repetitions, each with its ratio to the baseline."""

from typing import NamedTuple, Optional

import metrics
import points
from metrics import number

LEGEND = ("Values are medians over valid repetitions. Ratios are to {baseline}: median of the ratios of each "
          "repetition; ~ means no difference: below 1 %, or the repetitions disagree on its direction.")
COLOURS = {"better": "\033[32m", "worse": "\033[31m", "": ""}
OFF = "\033[0m"
SAME_WITHIN = 0.01  # nobody should act on less, however well it repeats


class Cell(NamedTuple):
    value: Optional[points.Spread]
    ratio: Optional[points.Spread]
    verdict: str  # "better", "worse", or "" when there is no ratio or it shows no difference
    at_least: bool = False


class Row(NamedTuple):
    x: float
    contestant: str
    cells: list
    limiter: str


def columns(workload):
    """The metrics that at least one point has."""
    return [m for m in metrics.COLUMNS if any(m.read(record) is not None for record in workload.records)]


def rows(workload):
    return [Row(x, name, [cell(workload, metric, name, x) for metric in columns(workload)], limiter(workload, name, x))
            for x in workload.sizes for name in workload.measured
            if (name, x) in workload.points or (name, x) in workload.invalid]


def cell(workload, metric, name, x):
    """A lower bound has no ratio, nor has anything against one."""
    bounded = {who for who in (name, workload.baseline)
               if metric is metrics.THROUGHPUT and workload.limiter(who, x) == "generator"}
    ratio = None if bounded else workload.ratio(metric, name, x)
    return Cell(workload.spread(metric, name, x), ratio, verdict(metric, ratio), name in bounded)


def verdict(metric, ratio):
    if ratio is None or is_same(ratio):
        return ""
    return "better" if (ratio.low > 1) == (metric.better == metrics.HIGHER) else "worse"


def is_same(ratio):
    return ratio.low <= 1 <= ratio.high or abs(ratio.median - 1) < SAME_WITHIN


def limiter(workload, name, x):
    bad = len(workload.invalid.get((name, x), {}))
    said = workload.limiter(name, x)
    if said is None:
        return "invalid"
    return said + (f" ({bad} invalid)" if bad else "")


def value_text(entry):
    return ("≥ " if entry.at_least else "") + number(entry.value.median if entry.value else None)


def ratio_text(ratio):
    return "" if ratio is None else f"{'~' if is_same(ratio) else ''}{times(ratio.median)}"


def times(ratio):
    return f"{ratio:.2f}x" if 0.1 <= ratio < 10 else f"{ratio:.2g}x" if ratio < 0.1 else f"{number(ratio)}x"


def of_ceiling(workload):
    """asio_loop: 98.7 % at 1000  (of the lowest ceiling there is at that size), one line per contestant."""
    lines = []
    for label, rates in workload.ceilings().items():
        for name in workload.measured:
            shares = [(x, workload.spread(metrics.THROUGHPUT, name, x)) for x in sorted(rates)]
            said = [f"{100 * s.median / rates[x]:.1f} % at {x:g}" for x, s in shares if s and rates[x]]
            if said:
                lines.append(f"{name}, share of the ceiling {label}: {', '.join(said)}")
    return lines


def per_connection(workload):
    """Memory per connection as a slope over all sizes, user and kernel apart."""
    lines = []
    for name in workload.measured:
        user, kernel = (workload.slope(metric, name) for metric in (metrics.USER_MEMORY, metrics.KERNEL_MEMORY))
        if user is not None and kernel is not None:
            lines.append(f"{name}, memory per connection (slope over {len(workload.sizes)} sizes): "
                         f"{number(user * 1024)} KiB user + {number(kernel * 1024)} KiB kernel")
    return lines


def plain(workload, colour=False):
    """The table for a terminal, without a trailing newline."""
    head = ["conns", "contestant"] + [text for m in columns(workload) for text in (m.column, "")] + ["limited by"]
    body, last = [], None
    for row in rows(workload):
        cells = [(text, how) for c in row.cells for text, how in ((value_text(c), ""), (ratio_text(c.ratio), c.verdict))]
        size = f"{row.x:g}" if row.x != last else ""
        body.append([(size, ""), (row.contestant, "")] + cells + [(row.limiter, "")])
        last = row.x
    widths = [max([len(h)] + [len(r[i][0]) for r in body]) for i, h in enumerate(head)]
    left = {1, len(head) - 1}

    def line(cells):
        padded = [(text.ljust(w) if i in left else text.rjust(w)) for i, ((text, _), w) in enumerate(zip(cells, widths))]
        dyed = [f"{COLOURS[how]}{text}{OFF}" if colour and how else text for text, (_, how) in zip(padded, cells)]
        return " ".join(dyed).rstrip()

    return "\n".join([line([(h, "") for h in head])] + [line(r) for r in body])
