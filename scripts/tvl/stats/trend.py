"""Slope over time (Theil and Sen): the median of the slopes of all pairs of points, robust against outliers, with the
interval of Kendall's test."""

import math
import statistics
from typing import NamedTuple

BLOCKS = 40  # neighbours in time are correlated; so many medians are nearly independent


class Slope(NamedTuple):
    """Per unit of time."""

    median: float
    low: float
    high: float


def blocks(points, most=BLOCKS):
    """[(t, y)] -> the medians of at most so many stretches of equal length."""
    step = math.ceil(len(points) / most)
    parts = [points[i:i + step] for i in range(0, len(points), step)]
    return [(statistics.fmean(t for t, _ in part), statistics.median(y for _, y in part)) for part in parts]


def slope(points, level=0.99):
    """None below two points. Of [(t, y)], in the order of time."""
    pairs = sorted((b - a) / (t - s) for i, (s, a) in enumerate(points) for t, b in points[i + 1:] if t > s)
    if not pairs:
        return None
    n = len(points)
    apart = statistics.NormalDist().inv_cdf((1 + level) / 2) * math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    first = max(0, math.floor((len(pairs) - apart) / 2))
    return Slope(statistics.median(pairs), pairs[first], pairs[len(pairs) - 1 - first])
