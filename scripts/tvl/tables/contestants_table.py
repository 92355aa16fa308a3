"""The table of all contestants: CPU and memory at an equal offered rate, then throughput at saturation."""

from tvl.analysis import ranking
from tvl.data import metrics, models, points
from tvl.data.metrics import number
from tvl.text import markdown as md

WORKLOAD = "models"


def markdown(workloads, folder, _machine):
    """Sorted by CPU per request at the smallest size. A contestant that was left out has a row with the reason."""
    facets = [workload for workload in workloads if workload.name == WORKLOAD and workload.records]
    offered = next((workload for workload in facets if workload.rate is not None), None)
    full = next((workload for workload in facets if workload.rate is None), None)
    if offered is None or full is None:
        raise points.BadInput(f"{folder}: no points of the workload {WORKLOAD} at an offered rate and at saturation")
    columns = [(offered, metrics.CPU, x, f"CPU per request, µs, {x:g} connections") for x in offered.sizes]
    columns += [(offered, metrics.MEMORY, offered.sizes[-1], f"memory, MiB, {offered.sizes[-1]:g} connections"),
                (full, metrics.THROUGHPUT, full.sizes[0], f"replies/s at saturation, {full.sizes[0]:g} connections")]
    lines = [md.row(["contestant", "model", *(head for *_, head in columns)]), "|:--|:--|" + "--:|" * len(columns)]
    for label in ranking.order(offered, offered.sizes[0]):
        cells = [value(workload, metric, label, x) for workload, metric, x, _ in columns]
        lines.append(md.row([*lead(offered, label), *cells]))
    for name, (status, reason) in offered.left_out.items():
        lines.append(md.row([*lead(offered, name), md.text(f"{status}: {reason}"), *[""] * (len(columns) - 1)]))
    return "\n".join(lines)


def lead(workload, label):
    return md.code(label), md.text(models.word(workload.lines[label]) or "n/a")


def value(workload, metric, label, x):
    """The median, or the reason why there is none, or how the contestant failed."""
    if (label, x) in workload.limits:
        return "limit"
    if failed := workload.failed(label, x):
        return f"{failed.text} ({failed.count} of {failed.of})"
    seen = workload.spread(metric, label, x)
    if seen is None:
        return "invalid" if workload.invalid.get((label, x)) else "n/a"
    bound = "≥ " if workload.is_lower_bound(metric, label, x) else ""
    return bound + number(seen.median)
