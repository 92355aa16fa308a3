"""Ranks contestants by CPU per request at an equal offered rate, where all do the same work."""

from tvl.analysis import ratios
from tvl.data import metrics


def ranks(workload, x):
    """{label: rank} by server CPU per request, cheapest first. A contestant that does not differ from the first of a rank
    shares it; one without a valid cost has no rank."""
    cost = {label: workload.spread(metrics.CPU, label, x) for label in workload.measured}
    known = sorted((label for label in cost if cost[label]), key=lambda label: cost[label].median)
    found, first = {}, None
    for place, label in enumerate(known, 1):
        ratio = first and workload.ratio(metrics.CPU, label, x, base=first)
        if ratio and ratios.is_same(ratio):
            found[label] = found[first]
        else:
            found[label], first = place, label
    return found


def order(workload, x):
    """Labels, cheapest first where a rate was offered, else in chart order."""
    if workload.rate is None:
        return workload.measured
    found = ranks(workload, x)
    cost = {label: workload.spread(metrics.CPU, label, x).median for label in found}
    return sorted(workload.measured, key=lambda label: cost.get(label, float("inf")))
