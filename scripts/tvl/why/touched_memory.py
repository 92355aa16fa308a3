"""The cost that no profile shows: what a request pays more when it touches memory of its connection (workload touch).

    for pair in touched_memory.pairs(workload):
        pair.label, pair.other      a contestant and its counterpart
        pair.without                Interval: label - other, µs of CPU per request that touches nothing
        pair.rows                   [Row], one for each KiB that is touched

What w KiB add is the cost with them less the cost with 0 KiB, in the same repetition. Both contestants touch the same
bytes. Where they add more to one of them, its connections' memory was pushed out of the caches or the TLB more often.
"""

from typing import NamedTuple

from tvl.data import metrics
from tvl.stats import intervals
from tvl.stats.intervals import Interval
from tvl.why import cost_difference

AXIS = "kib"


class Row(NamedTuple):
    kib: float
    mine: Interval  # what they add to a request of `label`, µs
    theirs: Interval
    between: Interval  # mine - theirs, in the same repetition


class Pair(NamedTuple):
    label: str
    other: str
    without: Interval
    rows: list


def pairs(workload):
    """[Pair] of each contestant that has a counterpart, each pair once; [] of a workload without the axis."""
    found = {}
    for label in workload.measured if workload.x_name == AXIS else ():
        other = cost_difference.counterpart(workload, label)
        if other in workload.measured and (other, label) not in found:
            found[label, other] = pair(workload, label, other)
    return [one for one in found.values() if one]


def pair(workload, label, other):
    """None without a repetition that has both at 0 KiB."""
    bare = costs(workload, label, other, 0)
    without = intervals.median_interval([mine - theirs for mine, theirs in bare.values()])
    rows = [row(kib, bare, costs(workload, label, other, kib)) for kib in workload.sizes if kib]
    return without and Pair(label, other, without, [one for one in rows if one])


def costs(workload, label, other, kib):
    """{repetition: (µs, µs)} of the repetitions that have both"""
    mine, theirs = (workload.values_by_repetition(metrics.CPU, one, kib) for one in (label, other))
    return {one: (mine[one], theirs[one]) for one in mine.keys() & theirs.keys()}


def row(kib, bare, touched):
    both = bare.keys() & touched.keys()
    added = [tuple(with_it - without for with_it, without in zip(touched[one], bare[one])) for one in both]
    if not added:
        return None
    mine, theirs = zip(*added)
    return Row(kib, *(intervals.median_interval(values)
                      for values in (mine, theirs, [one - other for one, other in added])))
