"""One panel: one metric of one workload against x. Median line, min-max band, repetitions as dots; with many
lines the median alone, with its name beside the panel. Invalid repetitions are hollow dots, failed points have an × at
the panel's edge. A single x has no lines: see rows.py."""

from matplotlib.ticker import NullLocator
from matplotlib.transforms import ScaledTranslation

from tvl.charts import annotations, failures, line_labels, style, value_axis
from tvl.charts.figures import memory, rows
from tvl.charts.scales import drawn, is_crowded, is_in_rows, is_log, is_log_x, short_name, x_label, x_ticks
from tvl.data import metrics

ASIDE = 2.6  # points between the repetitions of two contestants at one x


def draw(axes, workload, metric, line_styles):
    if metric is metrics.TOTAL_MEMORY and memory.draw_extrapolation(axes, workload, line_styles):
        axes.set_title(metric.title, pad=15)
        draw_failures(axes, workload, metric, line_styles)
        return
    crowded = is_crowded(workload)
    if is_in_rows(workload):
        rows.draw(axes, workload, metric, line_styles)
    else:
        draw_lines(axes, workload, metric, line_styles, crowded)
    describe(axes, workload, metric, crowded)


def draw_lines(axes, workload, metric, line_styles, crowded):
    for label in workload.measured:
        draw_line(axes, workload, metric, label, line_styles[label], crowded)
        if metric is metrics.MEMORY and not crowded:
            draw_user_part(axes, workload, label, line_styles[label])
    axes.update_datalim([(x, 0) for x in workload.sizes], updatey=False)  # of points without a value too
    scale_x(axes, workload)  # first: otherwise the axis limits are those of a linear scale
    value_axis.scale(axes, "y", drawn(workload, metric))
    draw_failures(axes, workload, metric, line_styles)
    annotations.draw_lower_bounds(axes, workload, metric, line_styles)
    if metric is metrics.THROUGHPUT:
        annotations.draw_arithmetic(axes, "ceiling", annotations.ceilings(workload))
    if metric is metrics.P50:
        annotations.draw_arithmetic(axes, "expected", annotations.expected(workload))
    if metric is metrics.DELIVERY_P95:
        annotations.draw_reach(axes, workload, line_styles)


def draw_line(axes, workload, metric, label, line_style, crowded):
    known = [(x, workload.spread(metric, label, x)) for x in workload.sizes]
    known = [(x, s) for x, s in known if s]
    if known:
        at = [x for x, _ in known]
        if not crowded:
            draw_band(axes, at, [s for _, s in known], line_style)
        good = [i for i, (x, _) in enumerate(known) if not failures.is_whole(workload.failed(label, x))]
        axes.plot(at, [s.median for _, s in known], **line_style._asdict(), ms=5, lw=1.2 if crowded else 1.6, zorder=3,
                  markevery=good)
        for i in {*range(len(known))} - {*good}:  # a median of what failed is no result to compare
            axes.plot(at[i], known[i][1].median, **line_style._replace(linestyle="")._asdict(), ms=5, alpha=0.35, mew=0)
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


def dots(axes, workload, label, values, **kind):
    """values: (label, x) -> numbers. Contestants at one x are side by side."""
    found = [(x, value) for x in workload.sizes for value in values(label, x)]
    if found:
        axes.scatter(*zip(*found), transform=axes.transData + aside(axes, workload, label), clip_on=False, **kind)


def aside(axes, workload, label):
    labels = workload.measured
    points = 0 if is_crowded(workload) else ASIDE * (labels.index(label) - (len(labels) - 1) / 2)
    return ScaledTranslation(points / 72, 0, axes.figure.dpi_scale_trans)


def draw_user_part(axes, workload, label, line_style):
    known = [(x, workload.spread(metrics.USER_MEMORY, label, x)) for x in workload.sizes]
    known = [(x, s.median) for x, s in known if s]
    if known:
        axes.plot(*zip(*known), color=line_style.color, linestyle=":", lw=1.1)


def draw_failures(axes, workload, metric, line_styles):
    found = [(x, line_styles[label].color, failure)
             for (label, x), failure in failures.of(workload).items()]
    failures.draw(axes, found, at_top=metric.better != metrics.HIGHER)


def scale_x(axes, workload):
    sizes = workload.sizes
    if is_log_x(sizes):
        axes.set_xscale("symlog", linthresh=sizes[1]) if sizes[0] == 0 else axes.set_xscale("log")
    shown = x_ticks(sizes)
    axes.set_xticks(shown, [f"{x:g}" for x in shown])
    axes.xaxis.set_minor_locator(NullLocator())


def describe(axes, workload, metric, crowded):
    values, words = drawn(workload, metric), metrics.worded(metric, workload.sample())
    said = metric.better + (", log scale" if is_log(values) else ", from 0")
    unit = words.unit + (", foreground requests" if workload.is_mixed and metric in metrics.RESPONSES else "")
    user = metric is metrics.MEMORY and values and not crowded
    if is_in_rows(workload):
        axes.set_xlabel(unit)
        said += "; |: user part (PSS)" * bool(user)
    else:
        axes.set_ylabel(unit)
        axes.set_xlabel(x_label(workload) + (" (log scale)" if is_log_x(workload.sizes) else ""))
        said += "; dotted: user part (PSS)" * bool(user)
    axes.text(0, 1.015, said, transform=axes.transAxes, fontsize=8, va="bottom", alpha=0.8)
    axes.set_title(words.title, pad=15)
    if not values:
        axes.text(0.5, 0.5, "not measured", transform=axes.transAxes, ha="center")


def name_lines(axes, workload, metric, line_styles):
    """Beside the panel, which must have its final height; not where lines are extrapolated."""
    if metric is metrics.TOTAL_MEMORY:
        return
    ends = {label: [(x, seen.median) for x in workload.sizes if (seen := workload.spread(metric, label, x))]
            for label in workload.measured}
    line_labels.draw(axes, [(*known[-1], short_name(label), line_styles[label].color) for label, known in ends.items()
                            if known], fontsize=7)
