"""The centre of few repetitions, with a standard error that leans on the noise recorded in earlier runs.

    found = moderated.estimate([-1.4, -1.5, -1.3, -1.6, -1.4], recorded=0.12, factor=1.5)
    found.centre, found.low, found.high         # centre -+ 3 standard errors

Five values show their own spread badly: an interval from them alone is too narrow or too wide by chance, and verdicts
change from run to run. So the recorded standard deviation counts like four further values (the idea of limma's
moderated t: Smyth 2004). The centre is Hodges and Lehmann's: nearly as robust as a median, and less noisy.
"""

import math
import statistics
from typing import NamedTuple

ERRORS = 3  # standard errors either side of the centre
PRIOR = 4  # degrees of freedom that the recorded deviation counts for
LEAST = 10  # effects with a recorded deviation, before a run has a noise factor of its own


class Estimate(NamedTuple):
    centre: float
    low: float
    high: float


def centre(values):
    """The median of all Walsh averages: of each value, and of each pair's mean."""
    return statistics.median((a + b) / 2 for i, a in enumerate(values) for b in values[i:])


def deviation(values):
    """The sample standard deviation; None below two values."""
    return statistics.stdev(values) if len(values) > 1 else None


def standard_error(values, recorded, factor=1.0):
    """Of the centre. recorded: standard deviation of one value in earlier runs; factor: how much noisier this run is"""
    n, own = len(values), deviation(values) or 0.0
    return math.sqrt((PRIOR * (factor * recorded) ** 2 + (n - 1) * own ** 2) / ((n - 1 + PRIOR) * n))


def estimate(values, recorded, factor=1.0):
    """An Estimate; values must not be empty."""
    middle, error = centre(values), ERRORS * standard_error(values, recorded, factor)
    return Estimate(middle, middle - error, middle + error)


def typical(freedom):
    """The median of a sample variance with so many degrees of freedom, relative to the true variance (Wilson and
    Hilferty's approximation, within 3 % from 2 degrees on): few values show less spread than there is."""
    return (1 - 2 / (9 * freedom)) ** 3


def noise_factor(deviations):
    """How many times the noise of the recorded runs this run has. deviations: [(in this run, recorded, degrees of freedom
    in this run)], one for each effect. 1 when there are too few to tell."""
    squares = [(own / recorded) ** 2 / typical(freedom) for own, recorded, freedom in deviations
               if own is not None and recorded]
    return math.sqrt(statistics.median(squares)) if len(squares) >= LEAST else 1.0


def pooled(samples):
    """(standard deviation, degrees of freedom) of several samples, each around its own mean; None where no sample has
    two values."""
    freedom = sum(len(values) - 1 for values in samples if len(values) > 1)
    squares = sum(statistics.variance(values) * (len(values) - 1) for values in samples if len(values) > 1)
    return (math.sqrt(squares / freedom), freedom) if freedom else None
