"""Meaning and notation of a ratio to the baseline (an intervals.Interval over repetitions)."""

from tvl.data import metrics
from tvl.data.metrics import number

SAME_WITHIN = 0.01  # a smaller difference is irrelevant even if it is significant


def is_same(ratio):
    """No difference: the interval contains 1, or the difference is irrelevant."""
    return ratio.low <= 1 <= ratio.high or abs(ratio.median - 1) < SAME_WITHIN


def verdict(metric, ratio):
    """better, worse, or "" without a ratio, without a difference, or with one repetition"""
    if ratio is None or not ratio.level or is_same(ratio):
        return ""
    return "better" if (ratio.low > 1) == (metric.better == metrics.HIGHER) else "worse"


def text(ratio):
    return "" if ratio is None else f"{'~' if is_same(ratio) else ''}{times(ratio.median)}"


def times(ratio):
    return f"{ratio:.2f}x" if 0.1 <= ratio < 10 else f"{ratio:.2g}x" if ratio < 0.1 else f"{number(ratio)}x"


def interval(ratio):
    """0.67x (0.65 to 0.71)"""
    return f"{times(ratio.median)} ({times(ratio.low)[:-1]} to {times(ratio.high)[:-1]})"


def level(share):
    """0.9375 -> 93.75 %"""
    return f"{100 * share:.4g} %"
