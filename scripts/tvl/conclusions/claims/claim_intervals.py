"""The interval of an effect: 3 standard errors either side of the centre, where earlier runs recorded its noise."""

import math
from typing import NamedTuple, Optional

from tvl.stats import intervals, moderated

MODERATED, ORDER, EXACT = "moderated", "order statistics", "exact"


class Found(NamedTuple):
    median: float  # or the Hodges-Lehmann centre
    low: Optional[float]  # None: one repetition has no interval
    high: Optional[float]
    n: int
    kind: str


def scaled(rule, effect):
    """The values on the scale that counts, or None: a 0 has no logarithm."""
    if rule.is_linear:
        return list(effect.values)
    return [math.log(value) for value in effect.values] if min(effect.values) > 0 else None


def unscaled(rule, value):
    return max(0.0, value) if rule.is_linear else math.exp(value)


def deviation(rule, effect):
    """Standard deviation of one repetition on that scale; None for fewer than two, for a limit of the machine, and
    where there is no such scale."""
    values = None if effect.exact else scaled(rule, effect)
    return values and moderated.deviation(values)


def interval(rule, effect, recorded, factor):
    """recorded: standard deviation of one repetition in earlier runs, or None; factor: the noise factor of this run."""
    n, plain = len(effect.values), intervals.median_interval(effect.values)
    if effect.exact:
        return Found(plain.median, plain.low, plain.high, n, EXACT)
    values = scaled(rule, effect)
    if recorded is None or values is None:
        low, high = (None, None) if n == 1 else (plain.low, plain.high)
        return Found(plain.median, low, high, n, ORDER)
    found = moderated.estimate(values, recorded, factor)
    low, high = (None, None) if n == 1 else (unscaled(rule, found.low), unscaled(rule, found.high))
    return Found(unscaled(rule, found.centre), low, high, n, MODERATED)


def distance(rule, effect):
    """How far the centre is from the nearest threshold, on the scale that counts; None where there is no such scale."""
    values = scaled(rule, effect)
    if values is None:
        return None
    middle = moderated.centre(values)
    edges = [bound for bound in rule.bounds if 0 < bound < math.inf]
    return min(abs(middle - (edge if rule.is_linear else math.log(edge))) for edge in edges)
