"""Distribution-free statistics of few repetitions.

An interval for a median goes from one order statistic to another. Its confidence level is exact, a binomial sum: five
repetitions allow 93.75 % at most, three 75 %, one 0 %. It inverts the sign test: that test rejects what lies outside.
"""

import itertools
import math
import statistics
from typing import NamedTuple, Optional

WANTED = 0.95
BEYOND = 10  # replies that must lie beyond a percentile before it is one
FITS_WITHIN = 0.2  # largest relative error of a law that fits


class Interval(NamedTuple):
    median: float
    low: float
    high: float
    n: int
    level: float  # how often (low, high) covers the true median; 0 for one repetition


def coverage(n, trimmed):
    """Level of the interval between the order statistics that leave `trimmed` values out at either end."""
    return max(0.0, 1 - 2 * sum(math.comb(n, i) for i in range(trimmed + 1)) / 2 ** n)


def median_interval(values, wanted=WANTED):
    """The narrowest one of at least the level wanted, else the widest there is. None without values."""
    seen = sorted(value for value in values if value is not None)
    if not seen:
        return None
    n = len(seen)
    trimmed = max((k for k in range((n + 1) // 2) if coverage(n, k) >= wanted), default=0)
    return Interval(statistics.median(seen), seen[trimmed], seen[n - 1 - trimmed], n, coverage(n, trimmed))


def ratio_interval(pairs, wanted=WANTED):
    """Of a / b, pair by pair. Where two values share the middle their geometric mean is the median, so that the
    interval of b / a is the reciprocal of this one. None without a pair that has a ratio."""
    ratios = sorted(a / b for a, b in pairs if a is not None and b)
    found = median_interval(ratios, wanted)
    if found is None or found.n % 2:
        return found
    return found._replace(median=math.sqrt(ratios[found.n // 2 - 1] * ratios[found.n // 2]))


def least_for(quantile):
    """The replies a percentile needs: 0.99 -> 1,000"""
    return math.ceil(round(BEYOND / (1 - quantile), 6))


def outliers(values):
    """Indices of the values that are more than 5 median deviations and a tenth away from the median. They are
    shown, never dropped."""
    if len(values) < 4:
        return []
    middle = statistics.median(values)
    far = max(5 * statistics.median(abs(value - middle) for value in values), 0.1 * abs(middle))
    return [i for i, value in enumerate(values) if abs(value - middle) > far]


def slope_interval(repetitions, wanted=WANTED):
    """repetitions: [[(x, y), ...], ...]. A least-squares slope for each with three sizes or more, then their median."""
    lines = [line for line in repetitions if len({x for x, _ in line}) >= 3]
    return median_interval([statistics.linear_regression(*zip(*line)).slope for line in lines], wanted)


class Usl(NamedTuple):
    """Gunther's law: X(N) = rate N / (1 + contention (N - 1) + coherency N (N - 1))."""

    rate: float  # of one
    contention: float
    coherency: float

    def at(self, n):
        return self.rate * n / (1 + self.contention * (n - 1) + self.coherency * n * (n - 1))

    @property
    def peak(self):
        """The N of the highest X; None when it only ever grows."""
        return math.sqrt(max(0.0, 1 - self.contention) / self.coherency) if self.coherency > 0 else None


class Scaling(NamedTuple):
    law: Usl  # the medians of the repetitions' fits
    contention: Interval
    coherency: Interval
    worst: float  # largest relative error of the law against a measured median

    @property
    def fits(self):
        return self.worst <= FITS_WITHIN


def usl(points):
    """The law with the smallest relative errors over [(N, X), ...]; None below four sizes. N / X is linear in its three
    terms, so this is a linear least-squares problem; a term that would be negative is left out. Raises ImportError
    without numpy."""
    known = [(n, x) for n, x in points if n >= 1 and x]
    if len({n for n, _ in known}) < 4:
        return None
    import numpy  # here, because most tables do not need it

    # Relative errors: every row is divided by its N / X, so that every right-hand side is 1.
    rows = numpy.array([(x / n, (n - 1) * x / n, (n - 1) * x) for n, x in known])
    sizes = numpy.linalg.norm(rows, axis=0)
    best = None
    for kept in ((0, 1, 2), (0, 1), (0, 2), (0,)):
        found, _, rank, _ = numpy.linalg.lstsq((rows / sizes)[:, kept], numpy.ones(len(rows)), rcond=None)
        terms = numpy.zeros(3)
        terms[list(kept)] = found / sizes[list(kept)]
        error = float(sum((rows @ terms - 1) ** 2))
        if rank == len(kept) and terms[0] > 0 and min(terms) >= 0 and (best is None or error < best[0]):
            best = error, terms.tolist()
    if best is None:
        return None
    one, contention, coherency = best[1]
    return Usl(1 / one, contention / one, coherency / one)


def scaling(repetitions) -> Optional[Scaling]:
    """repetitions: [[(N, X), ...], ...]; None when no repetition has enough sizes."""
    fits = [fit for fit in map(usl, repetitions) if fit]
    if not fits:
        return None
    law = Usl(*(statistics.median(values) for values in zip(*fits)))
    measured = {}
    for n, x in itertools.chain(*repetitions):
        measured.setdefault(n, []).append(x)
    off = [abs(law.at(n) / statistics.median(xs) - 1) for n, xs in measured.items() if statistics.median(xs)]
    return Scaling(law, median_interval([fit.contention for fit in fits]),
                   median_interval([fit.coherency for fit in fits]), max(off))
