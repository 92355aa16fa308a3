"""The agreement that chance alone gives: of two samples of one distribution, and of intervals with the truth.

    overlap(5, 5)            0.992: how often the intervals of two runs with five repetitions each overlap
    medians_inside(5, 5)     0.713: how often each run's median lies inside the other's interval
    at_most(69, 76, 0.9375)  0.22: how often 69 or fewer of 76 intervals contain the truth

The intervals are those of intervals.median_interval. The values of both samples in one order: without a difference all
orders are equally likely, so the shares are exact counts of orders for any continuous distribution. The median of an
even number lies between two values, which no order places: then the share is that of normal values, of seeded draws.
"""

import math
import random
from functools import lru_cache

from tvl.stats.intervals import median_interval

DRAWS = 10_000  # a standard deviation of 0.005


def edges(n):
    """(i, j): the interval goes from the i-th smallest to the j-th smallest of n values; 1 is the smallest."""
    found = median_interval(range(1, n + 1))
    return found.low, found.high


@lru_cache(maxsize=None)
def overlap(n, m):
    """The probability that the intervals of n and of m values overlap."""
    return 1 - apart(n, m) - apart(m, n)


def apart(n, m):
    """P(the whole interval of the n values lies below that of the m values): fewer than i of the m lie below the upper
    end."""
    upper, lower = edges(n)[1], edges(m)[0]
    orders = sum(math.comb(upper - 1 + y, y) * math.comb(n - upper + m - y, m - y) for y in range(lower))
    return orders / math.comb(n + m, n)


@lru_cache(maxsize=None)
def medians_inside(n, m):
    """The probability that each median lies inside the other's interval."""
    if n % 2 == 0 or m % 2 == 0:
        return sum(both_inside(*(median_interval(sample) for sample in pair)) for pair in normal_samples(n, m)) / DRAWS
    return orders_inside(n, m, (n + 1) // 2, (m + 1) // 2) / math.comb(n + m, n)


def both_inside(one, other):
    """Whether each Interval contains the other's median."""
    return one.low <= other.median <= one.high and other.low <= one.median <= other.high


def normal_samples(n, m):
    dice = random.Random(n * 1000 + m)
    return (([dice.gauss(0, 1) for _ in range(n)], [dice.gauss(0, 1) for _ in range(m)]) for _ in range(DRAWS))


def orders_inside(n, m, a, b):
    """The number of orders with the a-th of the n inside the interval of the m, and the b-th of the m inside that of
    the n."""
    (low_n, high_n), (low_m, high_m) = edges(n), edges(m)
    ways = {(0, 0): 1}
    for x in range(n + 1):
        for y in range(m + 1):
            if x and (x != a or low_m <= y < high_m):  # the x-th of the n comes after y of the m
                ways[x, y] = ways.get((x, y), 0) + ways.get((x - 1, y), 0)
            if y and (y != b or low_n <= x < high_n):
                ways[x, y] = ways.get((x, y), 0) + ways.get((x, y - 1), 0)
    return ways.get((n, m), 0)


def at_most(k, n, p):
    """The probability of at most k successes of n."""
    return sum(math.comb(n, i) * p ** i * (1 - p) ** (n - i) for i in range(k + 1))
