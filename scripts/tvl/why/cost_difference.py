"""What one contestant's requests cost more than another's, by class of cost.

    for pair in cost_difference.pairs(found, bars):
        pair.more, pair.less              CostBars of a contestant and of its counterpart (`versus`), the dearer first
        pair.total, pair.by_class         Differences, µs per request

Costs are compared inside one repetition, under the same conditions, as ratios are: a difference is the median of the
repetitions' pairs, so differences need not add up, nor be those of the medians. For a class, each cost of a pair is
multiplied by the share of the class; its interval adds the distances of the pairs and of both shares as squares.
"""

import math
from typing import NamedTuple, Optional

from tvl.analysis import ratios
from tvl.data import metrics
from tvl.stats import intervals
from tvl.stats.shares import Estimate
from tvl.why.cost_bar import CostBar

WHOLE = Estimate(1.0, 1.0, 1.0)  # the share of all classes together


class Difference(NamedTuple):
    value: float
    low: float
    high: float

    @property
    def is_decided(self):
        """Whether 0 is outside of the interval."""
        return self.low > 0 or self.high < 0


class Pair(NamedTuple):
    more: CostBar
    less: CostBar
    total: Optional[Difference]  # None where there is none, see `why`
    by_class: dict  # class -> Difference, in drawing order
    n: int  # repetitions that measured both
    level: float  # of the interval over them; 0 for one
    why: str = ""  # they are not compared

    @property
    def is_decided(self):
        """Whether one of them costs more."""
        return self.total is not None and self.level > 0 and self.total.is_decided


def pairs(found, bars):
    """[Pair] of all bars with a counterpart at the same load, each pair once."""
    at = {(bar.label, bar.x): bar for bar in bars}
    result = {}
    for bar in bars:
        other = at.get((counterpart(found.profiled, bar.label), bar.x))
        if other and (other.label, bar.label, bar.x) not in result:
            result[bar.label, other.label, bar.x] = compared(found, bar, other)
    return list(result.values())


def counterpart(workload, label):
    """The label of `versus`, with the same series value where there is one; None without."""
    line = workload.lines[label]
    return next((other for other, one in workload.lines.items()
                 if one.contestant == line.versus and one.series == line.series), None)


def compared(found, more, less):
    """The Pair of two bars, whichever is the dearer."""
    if why := why_not(more, less):
        return Pair(more, less, None, {}, 0, 0.0, why)
    workload = found.measured if more.cost.of_run else found.plain
    verdict = ratios.compared(workload, metrics.CPU, more.label, more.x, less.label)
    costs = workload.pairs(metrics.CPU, more.label, more.x, less.label)
    if verdict.why or not costs:
        return Pair(more, less, None, {}, 0, 0.0, verdict.why or "no repetition measured both")
    if intervals.median_interval([one - other for one, other in costs]).median < 0:
        more, less, costs = less, more, [(other, one) for one, other in costs]
    by_class = {key: difference(costs, part.share, less.parts[key].share) for key, part in more.parts.items()}
    level = intervals.median_interval(range(len(costs))).level
    return Pair(more, less, difference(costs, WHOLE, WHOLE), by_class, len(costs), level)


def why_not(more, less):
    """Why there is nothing to compare; else ""."""
    for bar in (more, less):
        if not bar.parts:
            return f"{bar.label} has no samples"
        if not bar.cost:
            return f"{bar.label} has no CPU per request"
    return "" if more.cost.of_run == less.cost.of_run else "the run measured only one of them"


def difference(costs, of_more, of_less):
    """costs: [(µs, µs)], a pair for each repetition; the shares are Estimates."""
    between = intervals.median_interval([of_more.value * more - of_less.value * less for more, less in costs])
    more, less = (intervals.median_interval(of_one).median for of_one in zip(*costs))
    low = math.hypot(between.median - between.low, more * (of_more.value - of_more.low),
                     less * (of_less.high - of_less.value))
    high = math.hypot(between.high - between.median, more * (of_more.high - of_more.value),
                      less * (of_less.value - of_less.low))
    return Difference(between.median, between.median - low, between.median + high)
