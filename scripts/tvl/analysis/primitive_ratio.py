"""How the ratio of the thread way to the loop way of a primitive is worded: above 1, with the name of the better way.

    loop 80.4x (71.0x to 92.3x)                     the interval does not contain 1
    same (threads 1.01x to loop 1.02x)              all of it is within 5 %
    not told apart (threads 1.13x to loop 1.19x)    it contains 1, and not all of it is within 5 %
    loop 80.4x (1 run)                              too few repetitions for an interval

A ratio is an intervals.Interval of thread way / loop way.
"""

from tvl.analysis import ratios
from tvl.data import metrics, primitives

MARGIN = metrics.NEAR


def outcome(ratio):
    """A word of ratios.py, or None where there are too few repetitions."""
    return None if ratio.n < primitives.LEAST else ratios.word(ratio, MARGIN)


def better(ratio):
    """The way that takes less by the median: loop or threads."""
    return "loop" if ratio.median >= 1 else "threads"


def text(ratio):
    """See above; n/a for None."""
    if ratio is None:
        return "n/a"
    found = outcome(ratio)
    if found is None:
        return f"{sided(ratio.median)} ({ratio.n} run{'s' * (ratio.n > 1)})"
    if found == ratios.DIFFERS:
        low, high = sorted(map(size, (ratio.low, ratio.high)))
        return f"{sided(ratio.median)} ({times(low)} to {times(high)})"
    one_sided = ratio.low > 1 or ratio.high < 1
    return f"{found} ({sided(ratio.low)} to {times(size(ratio.high)) if one_sided else sided(ratio.high)})"


def sided(value):
    """0.5 -> threads 2.00x"""
    return f"{'loop' if value >= 1 else 'threads'} {times(size(value))}"


def size(value):
    return max(value, 1 / value)


def times(factor):
    return f"{primitives.digits(factor)}x"
