"""The ratio of two independent samples, for repetitions of two runs, which cannot be paired.

    ratio = compared([4.1, 4.2, 4.0, 4.1, 4.3], [4.3, 4.4, 4.2, 4.3, 4.5])
    ratio.median, ratio.low, ratio.high, ratio.level        1.05 ... at the level that so few values allow

Hodges and Lehmann: the median of all n x m ratios. The interval lies between two of these, counted off by the exact
distribution of Mann and Whitney's U. The values must be positive and independent.
"""

import math
import statistics
from functools import lru_cache

from tvl.stats.intervals import Interval, WANTED


@lru_cache(maxsize=None)
def ways(n, m):
    """[the number of orders of n and m values with U = u, for u = 0 ... n m]: the coefficients of the product of
    (1 - q^(n + i)) / (1 - q^i) for i = 1 ... m."""
    found = [1] + [0] * (n * m)
    for i in range(1, m + 1):
        for u in range(n * m, n + i - 1, -1):
            found[u] -= found[u - n - i]
        for u in range(i, n * m + 1):
            found[u] += found[u - i]
    return found


def places(n, m, wanted=WANTED):
    """(k, level): the interval from the k-th smallest to the k-th largest ratio has that level; the narrowest with at
    least the level wanted, else the widest there is."""
    total = math.comb(n + m, n)
    found, below = None, 0
    for k in range(1, n * m // 2 + 1):
        below += ways(n, m)[k - 1]
        level = 1 - 2 * below / total
        if found is None or level >= wanted:
            found = k, level
    return found or (1, 0.0)


def compared(old, new, wanted=WANTED):
    """new / old, n of the smaller sample; None when one of them is empty. Values must be positive."""
    if not old or not new:
        return None
    all_ratios = sorted(b / a for a in old for b in new)
    k, level = places(len(old), len(new), wanted)
    return Interval(statistics.median(all_ratios), all_ratios[k - 1], all_ratios[-k], min(len(old), len(new)), level)


def p_above(old, new, bound):
    """How often chance alone gives ratios so far above `bound` if the true one is not above it; 1 without a ratio."""
    reached = sum(b > bound * a for a in old for b in new)
    n, m = len(old), len(new)
    return sum(ways(n, m)[reached:]) / math.comb(n + m, n)


def smallest_p(n, m):
    """What p_above() gives when all ratios are above the bound."""
    return 1 / math.comb(n + m, n)
