"""Memory per connection: the slope of memory over the sizes of a workload, without the fixed part. One line per
repetition, then the median of these lines, so the interval shows the repeatability. Beyond the last size constant growth
is assumed."""

import statistics
from typing import NamedTuple

from tvl.data import metrics
from tvl.data.metrics import number
from tvl.stats import intervals

# Variables that count connections, and the name of one.
COUNTED = {"connections": "connection", "idle": "idle connection", "idle_websockets": "idle WebSocket",
           "slow_senders": "slow sender", "slow_readers": "slow reader"}
ASKED = (100_000, 1_000_000)  # connections, of the extrapolation


class Footprint(NamedTuple):
    """MiB per connection, each an intervals.Interval."""

    user: intervals.Interval
    kernel: intervals.Interval


def of(workload, label):
    """None without three sizes, where memory was not measured, or of a contestant that failed at a size: what it did
    not serve took no memory."""
    if workload.x_name not in COUNTED or any(workload.failed(label, x) for x in workload.sizes):
        return None
    found = Footprint(*(workload.slope(metric, label) for metric in (metrics.USER_MEMORY, metrics.KERNEL_MEMORY)))
    return None if None in found else found


def ratio(workload, label, base):
    """Of user and kernel memory per connection, label / base, repetition by repetition: an Interval or None."""
    if None in (of(workload, label), of(workload, base)):
        return None
    mine, theirs = slopes(workload, label), slopes(workload, base)
    return intervals.ratio_interval([(mine[r], theirs[r]) for r in sorted(mine.keys() & theirs.keys())
                                     if theirs[r] > 0])


def slopes(workload, label):
    """{repetition: MiB per connection}"""
    sweeps = workload.by_repetition(metrics.MEMORY, label).items()
    return {repetition: found.median for repetition, sweep in sweeps if (found := intervals.slope_interval([sweep]))}


def needs(workload, label, connections):
    """MiB for so many connections by the line of each repetition, as an intervals.Interval; None without a line."""
    sweeps = workload.by_repetition(metrics.MEMORY, label).values()
    fits = [statistics.linear_regression(*zip(*sweep)) for sweep in sweeps if intervals.slope_interval([sweep])]
    return intervals.median_interval([fit.intercept + fit.slope * connections for fit in fits])


def extrapolated(workload, label):
    """; extrapolated, not measured: 100,000 would need 3.45 GiB (3.40 GiB to 3.50 GiB), 1,000,000 ...; "" unless the chart
    asks for it"""
    if metrics.TOTAL_MEMORY.key not in (metrics.at(workload.sample(), "chart", "panels") or ()):
        return ""
    needed = [(x, needs(workload, label, x)) for x in ASKED]
    return "; extrapolated, not measured: " + ", ".join(
        f"{x:,} would need {size(mib.median)}" + (f" ({size(mib.low)} to {size(mib.high)})" if mib.level else "")
        for x, mib in needed)


def size(mib):
    """0.891 KiB, 12.3 MiB, 4.56 GiB, 1.20 TiB"""
    value, units = 1024 * mib, ["KiB", "MiB", "GiB", "TiB"]
    while abs(value) >= 1024 and len(units) > 1:
        value /= 1024
        units.pop(0)
    return f"{number(value)} {units[0]}"
