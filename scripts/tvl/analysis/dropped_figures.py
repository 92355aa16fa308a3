"""What was dropped, and what difference it makes: figures that do not hold, and first tries of points that were
measured again, are in no median, so a median without them stands beside the one with them."""

import statistics

from tvl.data import metrics, validity
from tvl.data.metrics import number


def dropped(workload):
    """asio_threads: response times of 3 of 15 points dropped, 2 points measured again; p99 ms at 64: 1.20 without them,
    1.85 with them. A line for each contestant; a median is named where the two differ by more than the margin."""
    lines = []
    for label in workload.measured:
        again = sum(len(group) for (name, _), group in workload.replaced.items() if name == label)
        what = [f"{'all figures' if groups == validity.EVERYTHING else validity.words(groups)} of {count} of {of} "
                "points dropped" for groups, (count, of) in counts(workload, label).items()]
        what += [f"{again} point{'s' * (again > 1)} measured again"] * bool(again)
        said = [one for metric in (*metrics.COLUMNS, *metrics.ASKED_COLUMNS)
                for one in differences(workload, metric, label)]
        lines += ["; ".join([f"{label}: {', '.join(what)}", *said])] if what else []
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
        held, lost = workload.values(metric, label, x), [value for value, _ in workload.spoilt_values(metric, label, x)]
        lost += [value for value in map(metric.read, workload.replaced.get((label, x), [])) if value is not None]
        without, with_them = (statistics.median(values) if values else None for values in (held, held + lost))
        if lost and differ(metric, without, with_them):
            found.append(f"{metric.column} at {x:g}: {number(without)} without them, {number(with_them)} with them")
    return found


def differ(metric, one, other):
    """Whether two medians are further apart than the margin; None: there is none."""
    if one == other:
        return False
    return not one or not other or max(one / other, other / one) > 1 + metric.margin
