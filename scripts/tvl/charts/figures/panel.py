"""One panel: one metric of one workload against x. Median line, min-max band, repetitions as dots; with many
lines the median alone."""

import math

from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from tvl.charts import annotations, style
from tvl.charts.figures import memory
from tvl.charts.scales import drawn, is_crowded, is_log, is_log_x, place, x_ticks
from tvl.data import metrics, variables


def draw(axes, workload, metric, line_styles):
    if metric is metrics.TOTAL_MEMORY and memory.draw_extrapolation(axes, workload, line_styles):
        axes.set_title(metric.title, pad=15)
        return
    crowded = is_crowded(workload)
    for label in workload.measured:
        draw_line(axes, workload, metric, label, line_styles[label], crowded)
        if metric is metrics.MEMORY and not crowded:
            draw_user_part(axes, workload, label, line_styles[label])
    scale_x(axes, workload)  # first: otherwise the axis limits are those of a linear scale
    scale_y(axes, workload, metric)
    if metric is metrics.THROUGHPUT:
        annotations.draw_arithmetic(axes, "ceiling", annotations.ceilings(workload))
        annotations.draw_lower_bounds(axes, workload, line_styles)
    if metric is metrics.P50:
        annotations.draw_arithmetic(axes, "expected", annotations.expected(workload))
    if metric is metrics.DELIVERY_P95:
        annotations.draw_reach(axes, workload, line_styles)
    describe(axes, workload, metric, crowded)


def draw_line(axes, workload, metric, label, line_style, crowded):
    known = [(x, workload.spread(metric, label, x)) for x in workload.sizes]
    known = [(x, s) for x, s in known if s]
    if known:
        at = [place(workload, label, x) for x, _ in known]
        if not crowded:
            axes.fill_between(at, [s.low for _, s in known], [s.high for _, s in known], color=line_style.color,
                              alpha=0.18,
                              lw=0)
        axes.plot(at, [s.median for _, s in known], **line_style._asdict(), ms=5, lw=1.2 if crowded else 1.6, zorder=3)
        if workload.shares_series and len(workload.sizes) == 1:
            draw_stroke(axes, at[0], known[0][1].median, line_style)
    if not crowded:
        dots(axes, workload, workload.points, metric, label, color=line_style.color, alpha=0.35, lw=0, s=9)
    dots(axes, workload, workload.invalid, metric, label, facecolors=style.PAPER, edgecolors=line_style.color,
         marker=line_style.marker, lw=1.1, s=30, zorder=4)


def draw_stroke(axes, x, y, line_style):
    """Draws a short dashed line through a single point, because only dashes distinguish some lines."""
    axes.plot([x / 1.25, x * 1.25], [y, y], color=line_style.color, linestyle=line_style.linestyle, lw=1.2)


def dots(axes, workload, groups, metric, label, **kind):
    found = [(place(workload, label, x), metric.read(record)) for (name, x), group in groups.items() if name == label
             for record in group.values()]
    found = [(x, value) for x, value in found if value is not None]
    if found:
        axes.scatter(*zip(*found), **kind)


def draw_user_part(axes, workload, label, line_style):
    known = [(x, workload.spread(metrics.USER_MEMORY, label, x)) for x in workload.sizes]
    known = [(x, s.median) for x, s in known if s]
    if known:
        axes.plot([place(workload, label, x) for x, _ in known], [y for _, y in known], color=line_style.color,
                  linestyle=":",
                  lw=1.1)


def scale_y(axes, workload, metric):
    values = drawn(workload, metric)
    if is_log(values):
        axes.set_yscale("log")
        decades = math.log10(max(values) / min(values))
        axes.yaxis.set_major_locator(LogLocator(subs=(1,) if decades > 2.5 else (1, 3)))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_ylim(min(values) / 1.6, max(values) * 2)
    else:
        axes.set_ylim(0, max(values, default=0) * 1.18 or 1)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: metrics.tick(value)))


def scale_x(axes, workload):
    sizes = workload.sizes
    if is_log_x(sizes) or len(sizes) == 1 and sizes[0] > 0:  # of a single size, so that scales.place() is even
        axes.set_xscale("symlog", linthresh=sizes[1]) if sizes[0] == 0 else axes.set_xscale("log")
    shown = x_ticks(sizes)
    axes.set_xticks(shown, [f"{x:g}" for x in shown])
    axes.xaxis.set_minor_locator(NullLocator())
    if len(sizes) == 1:
        axes.set_xlim(sizes[0] / 2, sizes[0] * 2 or 1)


def describe(axes, workload, metric, crowded):
    values, words = drawn(workload, metric), metrics.worded(metric, workload.sample())
    axes.text(0, 1.015, metric.better + (", log scale" if is_log(values) else ", from 0"), transform=axes.transAxes,
              fontsize=8, va="bottom", alpha=0.8)
    axes.set_ylabel(words.unit + (", foreground requests" if workload.is_mixed and metric in metrics.RESPONSES else ""))
    axes.set_xlabel(variables.axis(workload.x_name, workload.sample().get("endpoint"))
                    + (" (log scale)" if is_log_x(workload.sizes) else ""))
    axes.set_title(words.title, pad=15)
    if not values:
        axes.text(0.5, 0.5, "not measured", transform=axes.transAxes, ha="center")
    elif metric is metrics.MEMORY and not crowded:
        axes.text(0.02, 0.97, "dotted: user part (PSS)", transform=axes.transAxes, va="top", fontsize=8)
