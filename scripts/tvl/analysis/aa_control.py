"""A/A control: the baseline is measured twice in every block. Its two values differ by chance alone, so the share of
blocks whose interval contains 1 shows whether the intervals are right."""

from typing import NamedTuple

from tvl.analysis import ratios
from tvl.data import metrics, validity
from tvl.stats import intervals as inference

JUDGED = (metrics.THROUGHPUT, metrics.P99, metrics.CPU)


class Agreement(NamedTuple):
    metric: metrics.Metric
    inside: int  # blocks whose interval contains 1
    blocks: int
    expected: float  # mean level of the intervals


def intervals(workload, metric):
    """One Interval of control / baseline for each load that has two repetitions of both or more. In the open loop
    throughput is what was offered to both, which tests nothing."""
    found = []
    for (label, x), group in workload.controls.items():
        twins = workload.holding(metric, label, x)
        pairs = [(metric.read(group[r]), metric.read(twins[r])) for r in group.keys() & twins
                 if validity.holds(group[r], metric) and not (metric is metrics.THROUGHPUT and is_open(group[r]))]
        interval = inference.ratio_interval(pairs)
        if interval and interval.level:
            found.append(interval)
    return found


def is_open(record):
    return metrics.at(record, "plan", "mode") == "open"


def summary(workloads):
    """[Agreement, ...]; empty for a run without controls."""
    rows = []
    for metric in JUDGED:
        found = [interval for workload in workloads for interval in intervals(workload, metric)]
        if found:
            inside = sum(interval.low <= 1 <= interval.high for interval in found)
            rows.append(Agreement(metric, inside, len(found), sum(i.level for i in found) / len(found)))
    return rows


def sentences(workloads):
    """One sentence, or none without controls."""
    rows = summary(workloads)
    if not rows:
        return []
    said = [f"{row.metric.title}: {row.inside} of {row.blocks} blocks ({100 * row.inside / row.blocks:.0f} %, expected "
            f"{ratios.level(row.expected)})" for row in rows]
    return [f"The baseline against itself; the interval of the ratio contains 1 in: {'; '.join(said)}."]
