"""The ratio of two values that were measured together, over several repetitions.

    ratio = compared([1.02, 1.01, 1.04, 1.03, 1.02])
    ratio.median, ratio.low, ratio.high, ratio.level        1.025, 1.01, 1.04 at the level that so few values allow
    p_above([1.02, 1.01, 1.04, 1.03, 1.02], 1.005)          0.03125

Hodges and Lehmann: the median of the means of all pairs of logarithms, each with itself too. The interval lies between
two of these means, counted off by the exact distribution of Wilcoxon's signed ranks. The ratios must be positive and
independent, their logarithms symmetric about the median. With normal noise it needs two thirds of the repetitions of
the sign test.
"""

import math
import statistics
from functools import lru_cache

from tvl.stats.intervals import Interval, WANTED


@lru_cache(maxsize=None)
def ways(n):
    """[the number of signs of the ranks 1 ... n whose positive ones have the sum w, for w = 0 ... n (n + 1) / 2]"""
    found = [1]
    for rank in range(1, n + 1):
        without, found = found, found + [0] * rank
        for total, count in enumerate(without):
            found[total + rank] += count
    return found


def places(n, wanted=WANTED):
    """(k, level): the interval from the k-th smallest to the k-th largest mean has that level; the narrowest with at
    least the level wanted, else the widest there is."""
    found, below = None, 0
    for k in range(1, n * (n + 1) // 4 + 1):
        below += ways(n)[k - 1]
        level = 1 - 2 * below / 2 ** n
        if found is None or level >= wanted:
            found = k, level
    return found or (1, 0.0)


def means(ratios):
    """Of the logarithms, two by two, in order."""
    logs = [math.log(ratio) for ratio in ratios]
    return sorted((one + other) / 2 for i, one in enumerate(logs) for other in logs[i:])


def compared(ratios, wanted=WANTED):
    """An Interval; None without a ratio."""
    if not ratios:
        return None
    found, (k, level) = means(ratios), places(len(ratios), wanted)
    return Interval(*map(math.exp, (statistics.median(found), found[k - 1], found[-k])), len(ratios), level)


def p_above(ratios, bound):
    """How often chance alone gives ratios so far above `bound` if the true one is not above it; 1 without a ratio."""
    reached = sum(mean > math.log(bound) for mean in means(ratios))
    return sum(ways(len(ratios))[reached:]) / 2 ** len(ratios)


def smallest_p(n):
    """What p_above() gives when all ratios are above the bound."""
    return 0.5 ** n
