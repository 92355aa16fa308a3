"""Meaning and notation of a ratio of two contestants (an intervals.Interval over repetitions).

Three words, none for a single pair:
  same             the whole interval lies within the metric's margin: from 1 / (1 + margin) to 1 + margin
  differs          it does not, and the interval does not contain 1
  not told apart   neither: a difference is possible, and so is none
"""

from typing import NamedTuple, Optional

from tvl.data import metrics, until, validity
from tvl.data.metrics import at, number
from tvl.stats.intervals import Interval

SAME, DIFFERS, UNDECIDED = "same", "differs", "not told apart"
ONE_PAIR = "1 pair"
DISAGREE = "the repetitions disagree"
OTHER_RATE = "offered different rates"
WIDEST = 100  # an interval with ends further apart is of repetitions that disagree in kind
RATES_DIFFER = 0.01  # relative


class Compared(NamedTuple):
    """A ratio, or why there is none; neither where nothing was measured."""

    ratio: Optional[Interval]
    why: str = ""


def compared(workload, metric, label, x, base=None):
    """A Compared of label / base (its baseline). A contestant that failed has no ratio, nor has one to it."""
    base = base or workload.baseline_of(label)
    if label == base:
        return Compared(None)
    mine, theirs = (workload.failed(name, x) for name in (label, base))
    if mine and mine.count == mine.of:
        return Compared(None, mine.text)
    if theirs and theirs.count == theirs.of:
        return Compared(None, f"{base}: {theirs.text}")
    if mine or theirs or metric.group in validity.OFFERED and any(kept_up_sometimes(workload, name, x)
                                                                  for name in (label, base)):
        return Compared(None, DISAGREE)
    if why := why_not_yet(workload, metric, x, label, base):
        return Compared(None, why)
    if depends_on_rate(workload, metric, x) and rates_differ(workload, label, base, x):
        return Compared(None, OTHER_RATE)
    ratio = workload.ratio(metric, label, x, base=base)
    return Compared(None, DISAGREE) if ratio and is_too_wide(metric, ratio) else Compared(ratio)


def lower_bounds(workload, metric, x, *labels):
    """Those of the labels whose value is only a lower bound, so that they have no ratio: of a throughput that something
    else limited."""
    return {label for label in labels if metric is metrics.THROUGHPUT and workload.bounded_by(label, x)}


def why_not_yet(workload, metric, x, *labels):
    """Why the times of any of the labels are no ratio: some of them are only lower bounds; else ""."""
    for label in labels:
        if late := workload.late(metric, label, x):
            return f"{label}: {until.words(metric, late, len(workload.values(metric, label, x)))}"
    return ""


def kept_up_sometimes(workload, label, x):
    """Whether a backlog stood before some windows and not before others. Those without one are not the typical ones."""
    found = [bool(validity.backlog(record)) for record in workload.repetitions(label, x)]
    return any(found) and not all(found)


def depends_on_rate(workload, metric, x):
    """Goodput during an overload and the time to recover from it are what contestants at shares of their own knees are
    compared by; their other figures differ already because of the rate."""
    if metric.key in (metrics.GOODPUT.key, metrics.RECOVERY.key):
        return not any(record.get("phases") for record in workload.records if record["x"] == x)
    return metric.group != metrics.COUNTED


def rates_differ(workload, label, base, x):
    """Whether any repetition offered them different rates, as shares of their own knees are."""
    mine, theirs = ({r.get("repetition") or 0: at(r, "plan", "rate") for r in workload.repetitions(name, x)}
                    for name in (label, base))
    pairs = [(mine[r], theirs[r]) for r in mine.keys() & theirs.keys()]
    return any(a and b and abs(a / b - 1) > RATES_DIFFER for a, b in pairs)


def is_too_wide(metric, ratio):
    """Not where the whole interval says "next to nothing": 0.0001 to 0.003 is of repetitions that agree. Nor from a
    time of 0 s: it is less than the tenth of a second that times to recover are told in."""
    beyond = ratio.high < 1 / WIDEST or ratio.low > WIDEST
    at_once = ratio.low == 0 and metric.key in (metrics.RECOVERY.key, metrics.ALL_SERVED.key)
    return ratio.level > 0 and not beyond and not at_once and ratio.high > WIDEST * ratio.low


def sameness(metric, ratio):
    return word(ratio, metric.margin)


def word(ratio, margin):
    """SAME, DIFFERS or UNDECIDED; None for a single pair, which has no interval. margin: relative, as metrics.NEAR."""
    if not ratio.level:
        return None
    if 1 / (1 + margin) <= ratio.low and ratio.high <= 1 + margin:
        return SAME
    return UNDECIDED if ratio.low <= 1 <= ratio.high else DIFFERS


def is_better(metric, ratio):
    """For a ratio that differs."""
    return (ratio.low > 1) == (metric.better == metrics.HIGHER)


def verdict(metric, ratio):
    """better, worse, or "" without a ratio, or where it does not differ"""
    if ratio is None or sameness(metric, ratio) != DIFFERS:
        return ""
    return "better" if is_better(metric, ratio) else "worse"


def text(metric, ratio):
    """0.67x, ~1.02x for the same, 0.83x? for not told apart, "1.19x, 1 pair" """
    if ratio is None:
        return ""
    said, value = sameness(metric, ratio), times(ratio.median)
    return {SAME: f"~{value}", UNDECIDED: f"{value}?", DIFFERS: value, None: f"{value}, {ONE_PAIR}"}[said]


def text_with_bounds(metric, ratio):
    """0.67x (0.65 to 0.71), and the signs of text()"""
    return text(metric, ratio) + (f" ({bounds(ratio)})" if ratio and ratio.level else "")


def words(metric, ratio, with_interval=False):
    """0.67x, the same, not told apart (0.61 to 1.65), "1.19x, 1 pair"; with_interval: also of a ratio that differs"""
    said = sameness(metric, ratio)
    if said == SAME:
        return "the same"
    if said == UNDECIDED:
        return f"{UNDECIDED} ({bounds(ratio)})"
    return interval(ratio) if with_interval or said is None else times(ratio.median)


def times(ratio):
    """0.67x, 0.030x, 14.5x"""
    if ratio >= 10 or not ratio:
        return f"{number(ratio)}x"
    return f"{ratio:.2f}x" if ratio >= 0.1 else f"{ratio:#.2g}x"


def bounds(ratio):
    """0.65 to 0.71"""
    return f"{times(ratio.low)[:-1]} to {times(ratio.high)[:-1]}"


def interval(ratio):
    """0.67x (0.65 to 0.71)"""
    return f"{times(ratio.median)} ({bounds(ratio)})" if ratio.level else f"{times(ratio.median)}, {ONE_PAIR}"


def level(share):
    """0.9375 -> 93.75 %"""
    return f"{100 * share:.4g} %"
