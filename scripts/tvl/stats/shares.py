"""Shares of counted samples, with intervals, and the figures made of them.

    shares.wilson(120, 2400)                             Estimate(0.05, 0.0420, 0.0595): 95 %
    shares.homogeneity([[120, 2280], [90, 2310]])        Homogeneity(4.48, freedom=1, p=0.034)
    shares.product(share, cpu)                           the Estimate of the product of two independent ones

Two intervals are combined without knowing their distributions (MOVER: Zou and Donner 2008): on each side the distances
from value to end add as squares.
"""

import math
from typing import NamedTuple

NORMAL = 1.959964  # the quantile of a 95 % interval
LEAST_EXPECTED = 5  # samples in a cell, below which the chi-square distribution does not hold (Cochran 1954)


class Estimate(NamedTuple):
    value: float
    low: float
    high: float


class Homogeneity(NamedTuple):
    """Of rows of counts: Pearson's statistic, its degrees of freedom, and how often chance alone gives as much."""

    statistic: float
    freedom: int
    p: float

    @property
    def dispersion(self):
        """The variance between rows, relative to that of draws from one distribution; not below 1."""
        return max(1.0, self.statistic / self.freedom)


def wilson(count, of, dispersion=1.0):
    """Wilson's 95 % score interval of count / of. dispersion: the samples count as so many times fewer."""
    n, share = of / dispersion, count / of
    middle = (share + NORMAL ** 2 / (2 * n)) / (1 + NORMAL ** 2 / n)
    half = NORMAL / (1 + NORMAL ** 2 / n) * math.sqrt(share * (1 - share) / n + (NORMAL / (2 * n)) ** 2)
    return Estimate(share, max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half)))


def homogeneity(rows):
    """Whether the rows of counts are draws from one distribution; columns that expect too few samples are added up.
    None without two rows and two columns."""
    rows = [row for row in rows if sum(row)]
    if len(rows) < 2:
        return None
    columns = merged(list(zip(*rows)), min(map(sum, rows)) / sum(map(sum, rows)))
    if len(columns) < 2:
        return None
    sizes = [sum(row) for row in zip(*columns)]
    statistic = 0.0
    for column in columns:
        for count, size in zip(column, sizes):
            expected = sum(column) * size / sum(sizes)
            statistic += (count - expected) ** 2 / expected
    freedom = (len(rows) - 1) * (len(columns) - 1)
    return Homogeneity(statistic, freedom, beyond(statistic, freedom))


def merged(columns, smallest):
    """The columns; those of which a row with that share of all samples expects too few are one."""
    rare = [column for column in columns if sum(column) * smallest < LEAST_EXPECTED]
    kept = [column for column in columns if column not in rare]
    together = tuple(map(sum, zip(*rare)))
    if sum(together) * smallest >= LEAST_EXPECTED or not kept:
        return kept + [together] * bool(sum(together))
    return kept[:-1] + [tuple(map(sum, zip(kept[-1], *rare)))]


def beyond(statistic, freedom):
    """P(a chi-square variable with so many degrees of freedom is larger): a finite sum for even freedom, for odd from
    the normal distribution on (Abramowitz and Stegun 26.4.4, 26.4.5)."""
    half = statistic / 2
    if freedom % 2 == 0:
        term = total = math.exp(-half)
        for i in range(1, freedom // 2):
            term *= half / i
            total += term
        return min(1.0, total)
    total, term = math.erfc(math.sqrt(half)), math.exp(-half) * math.sqrt(half) / math.gamma(1.5)
    for i in range(1, freedom // 2 + 1):
        total += term
        term *= half / (i + 0.5)
    return min(1.0, total)


def product(one, other):
    """one * other, neither below 0; to the first order in the distances."""
    value = one.value * other.value
    low, high = (math.hypot(other.value * (one.value - a), one.value * (other.value - b))
                 for a, b in ((one.low, other.low), (one.high, other.high)))
    return Estimate(value, max(0.0, value - low), value + high)

