"""What was dropped, and what difference it makes: the figures that do not hold are in no median, so a median without
them stands beside the one with them."""

import statistics

from tvl.data import metrics, validity
from tvl.data.metrics import number


def dropped(workload):
    """asio_threads: response times of 3 of 15 points dropped; p99 ms at 64: 1.20 without them, 1.85 with them. One line
    per contestant and figures; a median is named where the two differ by more than the metric's margin."""
    lines = []
    for label in workload.measured:
        for groups, (count, of) in counts(workload, label).items():
            said = [one for metric in metrics.COLUMNS + metrics.ASKED_COLUMNS if metric.group in groups
                    for one in differences(workload, metric, label)]
            what = "all figures" if groups == validity.EVERYTHING else validity.words(groups)
            lines.append("; ".join([f"{label}: {what} of {count} of {of} points dropped", *said]))
    return lines


def counts(workload, label):
    """{groups of figures: (points that lost them, all points)}, of groups that were lost at least once. Groups that
    were lost equally often are one."""
    found = [record for x in workload.sizes for record in workload.repetitions(label, x)]
    times = {group: sum(group in validity.spoilt(record) for record in found) for group in metrics.GROUPS}
    return {frozenset(group for group in times if times[group] == count): (count, len(found))
            for count in sorted(set(times.values()) - {0})}


def differences(workload, metric, label):
    """p99 ms at 64: 1.20 without them, 1.85 with them"""
    found = []
    for x in workload.sizes:
        held, lost = workload.values(metric, label, x), [v for v, _ in workload.spoilt_values(metric, label, x)]
        without, with_them = (statistics.median(values) if values else None for values in (held, held + lost))
        if lost and differ(metric, without, with_them):
            found.append(f"{metric.column} at {x:g}: {number(without)} without them, {number(with_them)} with them")
    return found


def differ(metric, one, other):
    """Whether two medians are further apart than the margin; None: there is none."""
    if one == other:
        return False
    return not one or not other or max(one / other, other / one) > 1 + metric.margin
