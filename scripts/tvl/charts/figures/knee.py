"""Hockey-stick chart: response time against the offered rate, the SLO, and the knee of each contestant."""

import re

from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from tvl.analysis import caveats
from tvl.charts import style
from tvl.data import metrics
from tvl.data.workload import spread


def knees(workload):
    """{label: median knee in requests per second}"""
    found = {}
    for (label, _), group in [*workload.points.items(), *workload.invalid.items()]:
        found.setdefault(label, []).extend(metrics.at(record, "knee", "rate") for record in group.values())
    return {label: known.median for label in workload.measured if (known := spread(found.get(label, ())))}


def objective(workload):
    """("p99=10ms", milliseconds); ("", None) when it is unknown or of another form."""
    said = next((text for record in workload.records if (text := metrics.at(record, "knee", "slo"))), "")
    found = re.fullmatch(r"p99=(\d+(?:\.\d+)?)(us|ms|s)", said)
    return said, float(found[1]) * {"us": 1e-3, "ms": 1, "s": 1e3}[found[2]] if found else None


def stick(workload, label, groups, knee):
    """[(requests a second offered, ms)], a median per size; groups: the workload's points, valid or not. The knee differs by
    repetition: the rate is the share of the median knee."""
    found = []
    for x in workload.sizes:
        p99 = spread(map(metrics.P99.read, groups.get((label, x), {}).values()))
        if p99:
            found.append((knee * (x / 100), p99.median))
    return found


def figure(workload, line_styles):
    """None when the points are not at shares of a knee."""
    found = knees(workload)
    if not found or workload.x_name != "percent_of_knee":
        return None
    drawn, axes = plt.subplots(figsize=(13, 6))
    heights = [draw_line(axes, workload, label, line_styles[label], knee) for label, knee in found.items()]
    heights = [ms for line in heights for ms in line]
    said, limit = objective(workload)
    if limit:
        axes.axhline(limit, color=style.INK, ls="--", lw=1.1)
        axes.annotate(f"limit: {said}", (0, limit), xycoords=("axes fraction", "data"), xytext=(4, 3),
                      textcoords="offset points", fontsize=8)
        heights.append(limit)
    axes.set(yscale="log", ylim=(min(heights, default=1) / 30, max(heights, default=1) * 2), xlim=(0, None))
    axes.yaxis.set_major_locator(LogLocator(numticks=8))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: metrics.tick(value)))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: metrics.tick(value)))
    axes.set(xlabel="requests/s offered", ylabel="p99 response time, ms (log scale)")
    describe(drawn, workload, said)
    name_knees(axes, found, line_styles)
    return drawn


def draw_line(axes, workload, label, line_style, knee):
    """Through the valid points, or through the invalid ones at sizes without a valid one."""
    valid, invalid = (stick(workload, label, groups, knee) for groups in (workload.points, workload.invalid))
    line = {**dict(invalid), **dict(valid)}
    if line:
        axes.plot(*zip(*sorted(line.items())), color=line_style.color, ls=line_style.linestyle, lw=1.5)
    if valid:
        axes.plot(*zip(*valid), color=line_style.color, marker=line_style.marker, ls="", ms=5)
    if invalid:
        axes.plot(*zip(*invalid), color=line_style.color, marker=line_style.marker, ls="", ms=5.5, mfc=style.PAPER)
    return [ms for _, ms in valid + invalid]


def name_knees(axes, found, line_styles):
    """Vertical names at the bottom, one line height apart."""
    free = float("-inf")
    for label, rate in sorted(found.items(), key=lambda item: item[1]):
        axes.axvline(rate, color=line_styles[label].color, ls=":", lw=1.1)
        pixel = axes.transData.transform((rate, 1))[0]
        free = max(pixel, free + 11 * axes.figure.dpi / 72)
        axes.annotate(f"{label}: knee {metrics.number(rate)}/s", (rate, 0), xycoords=("data", "axes fraction"),
                      xytext=((free - pixel) * 72 / axes.figure.dpi - 2, 3), textcoords="offset points", rotation=90,
                      ha="right", va="bottom", fontsize=8, color=line_styles[label].color)


def describe(drawn, workload, said):
    height = drawn.get_figheight()
    drawn.text(0.015, 1 - 0.12 / height, f"{workload.heading}: response time against the offered rate", fontsize=15,
               fontweight="bold", va="top")
    drawn.text(0.015, 1 - 0.42 / height, f"{caveats.heading(workload)}; medians; hollow: invalid, in no ratio; dotted: "
               f"the knee, the highest rate that met {said or 'its limit'}, searched in every repetition", fontsize=9,
               va="top")
    drawn.tight_layout(rect=(0.005, 0, 1, 1 - 0.6 / height))
