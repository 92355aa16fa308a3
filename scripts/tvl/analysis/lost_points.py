"""Points that a comparison has lost: they hold in the old run and are gone, invalid or failed in the new one.

    for line in lost_points.of_runs(runs, [metrics.CPU]):
        print(line)                              gone, connections: asio_loop at 64: invalid: 3 resets

A line for each point, and one for each reason where its metrics have several.
"""

from tvl.analysis import comparison
from tvl.data import validity


def of_runs(runs, metrics, relative_to=None):
    """Every point of the old run. With relative_to a point needs a pair with that contestant."""
    found = []
    for heading, old in runs.old.items():
        new = runs.new.get(heading)
        for label, x in places(old):
            if old.lines[label].contestant != relative_to:
                kept = [metric for metric in metrics if comparison.side(old, metric, label, x, relative_to)
                        and not comparison.why_none(old, metric, x, label)]
                found += lines(heading, label, x, {metric: why(new, metric, label, x, relative_to) for metric in kept})
    return found


def of_contestants(workloads, old, new, metrics):
    """Every point of the old contestant, in the workloads that have a line of the new one."""
    found = []
    for workload in workloads:
        for label in [name for name, line in workload.lines.items() if line.contestant == new]:
            base = comparison.base_label(workload, label, old)
            for x in [x for name, x in places(workload) if name == base]:
                kept = [metric for metric in metrics if workload.values(metric, base, x)
                        and not comparison.why_none(workload, metric, x, base)]
                found += lines(workload.heading, label, x,
                               {metric: why(workload, metric, label, x, old) for metric in kept})
    return found


def without_pairs(runs, metrics, relative_to):
    """The workloads of both runs in which no point has a pair with that contestant in the old one: a line each."""
    return [f"{heading}: no pair with {relative_to}, not compared" for heading, old in runs.old.items()
            if heading in runs.new and places(old) and not any(
                comparison.side(old, metric, label, x, relative_to) for label, x in places(old) for metric in metrics)]


def places(workload):
    """[(label, x)] with a figure that holds, in chart order."""
    return [(label, x) for label in workload.lines for x in workload.sizes if (label, x) in workload.points]


def lines(heading, label, x, reasons):
    """reasons: {metric: text or None}"""
    said = {}
    for metric, text in reasons.items():
        if text:
            said.setdefault(text, []).append(metric.column)
    return [f"gone, {heading}: {label} at {x:g}" + f", {', '.join(columns)}" * (len(said) > 1) + f": {text}"
            for text, columns in said.items()]


def why(workload, metric, label, x, relative_to):
    """Why the new run has no figure of that point, or one of a contestant that failed; None if it has one."""
    if workload is None:
        return "the workload is not in the new run"
    if failed := workload.failed(label, x):
        return f"{failed.text} ({failed.count} of {failed.of})"
    if comparison.side(workload, metric, label, x, relative_to):
        return None
    if seen := workload.repetitions(label, x):
        return why_no_figure(workload, metric, label, x, relative_to, seen)
    if limit := workload.limits.get((label, x)):
        return f"limit: {limit.text}"
    out = workload.left_out.get(workload.lines[label].contestant) if label in workload.lines else None
    return f"left out: {': '.join(out)}" if out else "not measured"


def why_no_figure(workload, metric, label, x, relative_to, seen):
    spoilt = [text for record in seen if (text := validity.why_not(record, metric))]
    if spoilt:
        return f"invalid: {spoilt[0]}"
    return f"no pair with {relative_to}" if workload.values(metric, label, x) else f"no {metric.column} in it"
