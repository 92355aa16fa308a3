"""A/A control: the baseline is measured twice in some blocks. Its two values differ by chance alone, so the number of
intervals that contain 1 shows whether the intervals are right: for each metric by itself, because one that is too
narrow cannot be made up for by another that is too wide."""

from typing import NamedTuple

from tvl.analysis import ratios
from tvl.data import metrics, validity
from tvl.stats import agreement, multiplicity
from tvl.stats import intervals as inference

JUDGED = (metrics.THROUGHPUT, metrics.P99, metrics.CPU)


class Agreement(NamedTuple):
    metric: metrics.Metric
    inside: int  # loads whose interval contains 1
    loads: int
    expected: float  # mean level of the intervals

    @property
    def chance(self):
        """How often right intervals contain 1 so seldom or more seldom: a binomial sum."""
        return agreement.at_most(self.inside, self.loads, self.expected)

    @property
    def is_unlikely(self):
        return self.chance < multiplicity.SHARE


def failing(rows):
    """Those of the rows, of several metrics and runs, that chance does not explain among so many: of right intervals
    any fails in at most 5 % of all such checks."""
    return [row for row, fails in zip(rows, multiplicity.rejected([row.chance for row in rows])) if fails]


def intervals(workload, metric):
    """One Interval of control / baseline for each load that has two repetitions of both or more."""
    found = []
    for (label, x), group in workload.controls.items():
        twins = workload.holding(metric, label, x)
        pairs = [(metric.read(group[r]), metric.read(twins[r])) for r in group.keys() & twins
                 if validity.holds(group[r], metric) and tests_anything(metric, group[r])]
        interval = inference.ratio_interval(pairs)
        if interval and interval.level:
            found.append(interval)
    return found


def tests_anything(metric, record):
    """In an open loop, both are offered the arrivals of one seed, so that their throughputs are equal."""
    return metric is not metrics.THROUGHPUT or metrics.at(record, "plan", "mode") != "open"


def summary(workloads):
    """[Agreement, ...]; empty for a run without controls."""
    rows = []
    for metric in JUDGED:
        found = [interval for workload in workloads for interval in intervals(workload, metric)]
        if found:
            inside = sum(interval.low <= 1 <= interval.high for interval in found)
            rows.append(Agreement(metric, inside, len(found), sum(i.level for i in found) / len(found)))
    return rows


def words(row):
    """Throughput 18 of 19 (95 %, expected 93.75 %)"""
    unlikely = f", so few by chance in {100 * row.chance:.2g} % of all runs" if row.is_unlikely else ""
    return (f"{row.metric.title} {row.inside} of {row.loads} ({100 * row.inside / row.loads:.0f} %, expected "
            f"{ratios.level(row.expected)}{unlikely})")


def sentences(workloads):
    """One sentence, or none without controls."""
    rows = summary(workloads)
    if not rows:
        return []
    return [f"The baseline against itself; the interval of the ratio contains 1 in: {'; '.join(map(words, rows))}."]
