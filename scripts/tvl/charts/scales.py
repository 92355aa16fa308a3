"""Panels and axis scales of a workload, for matplotlib's charts and for the report's."""

from tvl.charts import style
from tvl.data import metrics, until, variables

LOG_FROM = 30  # values that differ by more than this factor get a logarithmic axis
LOG_X_FROM = 8  # 1, 2, 4, 8 is evenly spaced only there
MOST_TICKS = 7
LONGEST_NAME = 28  # letters


def panels(workload):
    """The metrics that the workload names, else the defaults. At an offered rate throughput has no panel: it is that
    rate, or the point is invalid."""
    asked = [key for key in metrics.at(workload.sample(), "chart", "panels") or () if key in metrics.PANELS]
    if workload.rate is None:
        keys = asked or metrics.DEFAULT_PANELS
    else:
        keys = [key for key in asked if key != "throughput"] or metrics.RATE_PANELS
    return [metrics.PANELS[key] for key in keys]


def is_in_rows(workload):
    """Whether contestants have a row each, because there is a single x."""
    return len(workload.sizes) == 1


def is_crowded(workload):
    """Whether lines hide each other."""
    return not is_in_rows(workload) and len(workload.measured) > style.CROWDED


def short_name(label):
    """Without its middle where it is too long for a panel: names often differ at their ends."""
    if len(label) <= LONGEST_NAME:
        return label
    return f"{label[:LONGEST_NAME // 2]}…{label[1 - LONGEST_NAME // 2:]}"


def drawn(workload, metric):
    """Every value in the panel, for its scale."""
    found = [until.value(record, metric) for record in workload.records]
    if metric is metrics.MEMORY and not is_crowded(workload):
        found += [metrics.USER_MEMORY.read(record) for record in workload.records]
    return [value for value in found if value is not None]


def is_log(values):
    return bool(values) and min(values) > 0 and max(values) / min(values) > LOG_FROM


def is_log_x(sizes):
    positive = [x for x in sizes if x > 0]
    return len(positive) > 1 and sizes[0] >= 0 and positive[-1] / positive[0] >= LOG_X_FROM


def x_label(workload):
    return variables.axis(workload.x_name, workload.sample().get("endpoint"))


def single_x(workload):
    """64 connections; empty for a rate, which is in the heading."""
    if workload.rate is not None and workload.x_name == "rate":
        return ""
    (x,), label = workload.sizes, x_label(workload)
    return f"{x:g} {label.removesuffix('s') if x == 1 else label}"


def x_ticks(sizes):
    """The sizes; of many, both ends and every other one."""
    if len(sizes) <= MOST_TICKS:
        return list(sizes)
    return sorted({sizes[0], sizes[-1], *sizes[2:-1:2]})
