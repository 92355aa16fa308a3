"""Judges a record of an injected slowdown: how often it is found, and how often one is found without.

    tried = planted.comparisons(records, repetitions=15, threshold=0.005)
    planted.found(tried)                    (20, 0): with the slowdown, and against itself
    planted.smallest(records, 15, 0.005)    0.011: the slowdown that would be found 19 times of 20

In every repetition a server was loaded together with a second instance of itself and with one that spends more CPU
before each request. So many valid repetitions, in their order, are one comparison, judged as comparison.py judges two
contestants.
"""

import datetime
import statistics
from typing import NamedTuple

from tvl.analysis import comparison
from tvl.data import metrics, validity
from tvl.stats import paired_ratio

SLOWED, AGAIN = "_planted", "_again"  # suffixes of contestants; the second instance may also be the A/A control
OFTEN = 0.95  # 19 of 20
STEP = 0.0005  # of smallest()


class Repetition(NamedTuple):
    """CPU per request, µs."""

    server: float
    again: float
    slowed: float
    started: str


def role(record):
    name = record["contestant"]
    return "slowed" if name.endswith(SLOWED) else "again" if name.endswith(AGAIN) or record.get("control") else "server"


def repetitions(found):
    """[Repetition, ...] in order; those that lack one of the three valid values are left out."""
    seen = {}
    for record in found:
        if validity.holds(record, metrics.CPU) and metrics.CPU.read(record):
            mine = seen.setdefault(record.get("repetition") or 0, {})
            mine.update({role(record): metrics.CPU.read(record), "started": record.get("started")})
    return [Repetition(**mine) for _, mine in sorted(seen.items()) if len(mine) == len(Repetition._fields)]


def chunks(seen, size):
    """The last one, if it is shorter, is left out."""
    return [seen[i:i + size] for i in range(0, len(seen) - size + 1, size)]


def comparisons(found, size, threshold):
    """[(Row against itself, Row with the slowdown)] of every `size` repetitions."""
    return [(judged([(one.server, one.again) for one in group], threshold),
             judged([(one.server, one.slowed) for one in group], threshold))
            for group in chunks(repetitions(found), size)]


def judged(pairs, threshold):
    (row,) = comparison.judged([comparison.of_pairs("", "", 0, metrics.CPU, pairs, threshold)])
    return row


def found_times(tried):
    """(regressions with the slowdown, regressions without)"""
    return tuple(sum(pair[side].outcome == comparison.REGRESSION for pair in tried) for side in (1, 0))


def slowdown(found):
    """The injected slowdown as an Interval of the ratio, over all repetitions."""
    return paired_ratio.compared([one.slowed / one.server for one in repetitions(found)])


def smallest(found, size, threshold):
    """The slowdown that would be found 19 times of 20: the recorded ratios are moved to smaller and larger ones, with
    their noise as it is. None without a comparison."""
    groups, middle = chunks(repetitions(found), size), slowdown(found)
    for step in range(1, 400) if groups else ():
        moved = (1 + step * STEP) / middle.median
        rows = [judged([(one.server, one.slowed * moved) for one in group], threshold) for group in groups]
        if sum(row.outcome == comparison.REGRESSION for row in rows) >= OFTEN * len(rows):
            return step * STEP
    return None


def seconds(found, size):
    """How long so many repetitions took, with starting the servers and warming up; None where that is not recorded."""
    times = [datetime.datetime.fromisoformat(one.started.replace("Z", "+00:00"))
             for one in repetitions(found) if one.started]
    gaps = [(after - before).total_seconds() for before, after in zip(times, times[1:])]
    return size * statistics.fmean(gaps) if gaps else None
