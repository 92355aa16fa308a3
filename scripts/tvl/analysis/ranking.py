"""Ranks contestants by CPU per request at an equal offered rate, where all do the same work."""

from tvl.analysis import ratios
from tvl.data import metrics


def ranks(workload, x):
    """{label: rank} by server CPU per request: 1 + the number of contestants that are certainly cheaper. So a rank says
    no more than the intervals: two of one rank may differ, two of different ranks need not. Without a rank is a
    contestant that failed, or with fewer than two values."""
    able = [label for label in workload.measured
            if len(workload.values(metrics.CPU, label, x)) > 1 and not workload.failed(label, x)]
    return {label: 1 + sum(is_cheaper(workload, other, label, x) for other in able if other != label) for label in able}


def is_cheaper(workload, label, other, x):
    """Whether `label` is certainly cheaper than `other`."""
    return ratios.verdict(metrics.CPU, ratios.compared(workload, metrics.CPU, label, x, base=other).ratio) == "better"


def order(workload, x):
    """Labels, by rank and cost where a rate was offered, those without a rank last; else in chart order."""
    if workload.rate is None:
        return workload.measured
    found, last = ranks(workload, x), len(workload.measured) + 1
    cost = {label: seen.median for label in workload.measured if (seen := workload.spread(metrics.CPU, label, x))}
    return sorted(workload.measured, key=lambda label: (found.get(label, last), cost.get(label, float("inf"))))
