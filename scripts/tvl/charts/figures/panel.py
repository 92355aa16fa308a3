"""One panel: one metric of one workload against x. Median line, min-max band, repetitions as dots; with many
lines the median alone. Invalid repetitions are hollow dots, failed points have an × at the panel's edge."""

import math

from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator
from matplotlib.transforms import ScaledTranslation

from tvl.charts import annotations, failures, style
from tvl.charts.figures import memory
from tvl.charts.scales import APART, drawn, is_crowded, is_log, is_log_x, place, x_ticks
from tvl.data import metrics, variables

ASIDE = 2.6  # points between the repetitions of two contestants at one x


def draw(axes, workload, metric, line_styles):
    if metric is metrics.TOTAL_MEMORY and memory.draw_extrapolation(axes, workload, line_styles):
        axes.set_title(metric.title, pad=15)
        draw_failures(axes, workload, metric, line_styles)
        return
    crowded = is_crowded(workload)
    for label in workload.measured:
        draw_line(axes, workload, metric, label, line_styles[label], crowded)
        if metric is metrics.MEMORY and not crowded:
            draw_user_part(axes, workload, label, line_styles[label])
    axes.update_datalim([(place(workload, label, x), 0) for label in workload.measured for x in workload.sizes],
                        updatey=False)  # of points without a value too
    scale_x(axes, workload)  # first: otherwise the axis limits are those of a linear scale
    scale_y(axes, workload, metric)
    draw_failures(axes, workload, metric, line_styles)
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
        if not crowded or len(workload.sizes) == 1:  # there is room for whiskers where each has a place of its own
            draw_band(axes, at, [s for _, s in known], line_style)
        good = [i for i, (x, _) in enumerate(known) if not failures.is_whole(workload.failed(label, x))]
        axes.plot(at, [s.median for _, s in known], **line_style._asdict(), ms=5, lw=1.2 if crowded else 1.6, zorder=3,
                  markevery=good)
        for i in {*range(len(known))} - {*good}:  # a median of what failed is no result to compare
            axes.plot(at[i], known[i][1].median, **line_style._replace(linestyle="")._asdict(), ms=5, alpha=0.35, mew=0)
        if workload.shares_series and len(workload.sizes) == 1:
            reach = min(1.25, APART ** (0.85 / max(1, len(workload.measured) - 1)))  # not into the next one
            draw_stroke(axes, at[0], known[0][1].median, line_style, reach)
    if not crowded:
        dots(axes, workload, label, repeated(workload, metric), color=line_style.color, alpha=0.35, lw=0, s=9, zorder=2)
    # Smaller than the marker of a median.
    dots(axes, workload, label, lambda *at: [value for value, _ in workload.spoilt_values(metric, *at)],
         facecolors=style.PAPER, edgecolors=line_style.color, lw=0.9, s=14, zorder=4)


def draw_band(axes, at, spreads, line_style):
    """From the smallest to the largest repetition; a whisker where there is no neighbour to reach to. Of one repetition
    there is neither."""
    several = [s.n > 1 for s in spreads]
    axes.fill_between(at, [s.low for s in spreads], [s.high for s in spreads], where=several, color=line_style.color,
                      alpha=0.18, lw=0)
    for i, s in enumerate(spreads):
        if several[i] and not any(several[max(0, i - 1):i] + several[i + 1:i + 2]):
            axes.plot([at[i]] * 2, [s.low, s.high], color=line_style.color, lw=1.2, alpha=0.6, zorder=2)


def repeated(workload, metric):
    """(label, x) -> the values of several repetitions; a single one is the median itself."""
    def values(label, x):
        found = workload.values(metric, label, x)
        return found if len(found) > 1 else []
    return values


def draw_stroke(axes, x, y, line_style, reach):
    """Draws a short dashed line through a single point, because only dashes distinguish some lines."""
    axes.plot([x / reach, x * reach], [y, y], color=line_style.color, linestyle=line_style.linestyle, lw=1.2)


def dots(axes, workload, label, values, **kind):
    """values: (label, x) -> numbers. Contestants at one x are side by side."""
    found = [(place(workload, label, x), value) for x in workload.sizes for value in values(label, x)]
    if found:
        axes.scatter(*zip(*found), transform=axes.transData + aside(axes, workload, label), clip_on=False, **kind)


def aside(axes, workload, label):
    """A translation; none where place() spreads the contestants already."""
    labels = workload.measured
    points = 0 if len(workload.sizes) == 1 or is_crowded(workload) else ASIDE * (
        labels.index(label) - (len(labels) - 1) / 2)
    return ScaledTranslation(points / 72, 0, axes.figure.dpi_scale_trans)


def draw_user_part(axes, workload, label, line_style):
    known = [(x, workload.spread(metrics.USER_MEMORY, label, x)) for x in workload.sizes]
    known = [(x, s.median) for x, s in known if s]
    if known:
        axes.plot([place(workload, label, x) for x, _ in known], [y for _, y in known], color=line_style.color,
                  linestyle=":",
                  lw=1.1)


def draw_failures(axes, workload, metric, line_styles):
    found = [(place(workload, label, x), line_styles[label].color, failure)
             for (label, x), failure in failures.of(workload).items()]
    failures.draw(axes, found, at_top=metric.better != metrics.HIGHER)


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
        axes.set_xlim(sizes[0] / (1.3 * APART), sizes[0] * 1.3 * APART or 1)


def describe(axes, workload, metric, crowded):
    values, words = drawn(workload, metric), metrics.worded(metric, workload.sample())
    parts = "; dotted: user part (PSS)" if metric is metrics.MEMORY and values and not crowded else ""
    axes.text(0, 1.015, metric.better + (", log scale" if is_log(values) else ", from 0") + parts,
              transform=axes.transAxes, fontsize=8, va="bottom", alpha=0.8)
    axes.set_ylabel(words.unit + (", foreground requests" if workload.is_mixed and metric in metrics.RESPONSES else ""))
    axes.set_xlabel(variables.axis(workload.x_name, workload.sample().get("endpoint"))
                    + (" (log scale)" if is_log_x(workload.sizes) else ""))
    axes.set_title(words.title, pad=15)
    if not values:
        axes.text(0.5, 0.5, "not measured", transform=axes.transAxes, ha="center")
