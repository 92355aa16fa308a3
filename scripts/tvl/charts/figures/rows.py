"""One panel of a workload with a single x: a row per line with its name, the best at the top. Mark: median, whisker: min
to max, dots: repetitions. Invalid repetitions are hollow dots; a failed point has an × at the worse end."""

from matplotlib.transforms import ScaledTranslation

from tvl.charts import annotations, failures, style, value_axis
from tvl.charts.scales import drawn, short_name
from tvl.data import metrics

ROW, AROUND, LEAST = 0.17, 1.1, 2.0  # inches: of a row, of the panel without its rows, and of a panel
BELOW = 5  # points: from the whisker to its dots
LEAST_ROOM = 0.3  # of the panel's width, for a note beside a whisker
LINES_MARGIN = 0.7  # rows between the panel's edge and its first and last row


def height(workload):
    """Inches that the panel needs."""
    return max(LEAST, AROUND + ROW * len(workload.measured))


def draw(axes, workload, metric, line_styles):
    (x,) = workload.sizes
    order = ranked(workload, metric, x)
    scale(axes, workload, metric, order)
    for y, label in enumerate(order):
        draw_row(axes, workload, metric, label, x, y, line_styles[label])
    if metric is metrics.THROUGHPUT:
        draw_arithmetic(axes, "ceiling", annotations.ceilings(workload))
    if metric is metrics.P50:
        draw_arithmetic(axes, "expected", annotations.expected(workload))


def ranked(workload, metric, x):
    """Labels, best median first; then lower bounds of a time, those that failed, and those without a median."""
    medians = {label: workload.spread(metric, label, x) for label in workload.measured}
    sign = -1 if metric.better == metrics.HIGHER else 1

    def place(label):
        return failures.is_whole(workload.failed(label, x)), medians[label].is_bound, sign * medians[label].median

    known = sorted((label for label in medians if medians[label]), key=place)
    return known + [label for label in medians if not medians[label]]


def draw_row(axes, workload, metric, label, x, y, line_style):
    seen, failure, colour = workload.spread(metric, label, x), workload.failed(label, x), line_style.color
    spoilt = [value for value, _ in workload.spoilt_values(metric, label, x)]
    if seen:
        if seen.n > 1:
            axes.plot([seen.low, seen.high], [y, y], color=colour, lw=1.2, alpha=0.6, zorder=2)
            values = workload.values(metric, label, x)
            below = axes.transData + ScaledTranslation(0, -BELOW / 72, axes.figure.dpi_scale_trans)
            axes.scatter(values, [y] * len(values), color=colour, alpha=0.5, lw=0, s=7, zorder=2, transform=below)
        faint = {"alpha": 0.35, "mew": 0} if failures.is_whole(failure) else {}  # it is no result to compare
        axes.plot(seen.median, y, ls="", marker=line_style.marker, color=colour, ms=5.5, zorder=3, **faint)
        if metric is metrics.MEMORY and (user := workload.spread(metrics.USER_MEMORY, label, x)):
            axes.plot(user.median, y, ls="", marker="|", color=colour, ms=7, mew=1.2, zorder=3)
    axes.scatter(spoilt, [y] * len(spoilt), facecolors=style.PAPER, edgecolors=colour, lw=0.9, s=14, zorder=4,
                 clip_on=False)
    if not seen and not spoilt and not failure:
        axes.annotate("n/a", (0, y), xycoords=("axes fraction", "data"), xytext=(4, 0), textcoords="offset points",
                      va="center", fontsize=7.5)
    if failure:
        worse = 0 if metric.better == metrics.HIGHER else 1
        axes.annotate("×", (worse, y), xycoords=("axes fraction", "data"), ha="center", va="center", color=colour,
                      fontweight="bold", zorder=6, annotation_clip=False,
                      fontsize=failures.WHOLE if failures.is_whole(failure) else failures.PARTLY)
    if seen and (notes := annotations.notes(workload, metric, label, x)):
        note(axes, ", ".join(notes), y, min([seen.low, *spoilt]), max([seen.high, *spoilt]), colour)


def note(axes, text, y, low, high, colour):
    """Beside the whisker, where there is more room; above a whisker that leaves none."""
    left, right = (axes.transAxes.inverted().transform(axes.transData.transform((x, y)))[0] for x in (low, high))
    if max(left, 1 - right) < LEAST_ROOM:
        axes.annotate(text, (0.5, y), xycoords=("axes fraction", "data"), xytext=(0, 3), textcoords="offset points",
                      ha="center", va="bottom", color=colour, fontsize=7)
        return
    is_left = right > 0.5
    axes.annotate(text, (low if is_left else high, y), xytext=(-6 if is_left else 6, 0), textcoords="offset points",
                  ha="right" if is_left else "left", va="center", color=colour, fontsize=7.5)


def scale(axes, workload, metric, order):
    value_axis.scale(axes, "x", drawn(workload, metric))
    axes.set_yticks(range(len(order)), [short_name(label) for label in order], fontsize=8 if len(order) < 12 else 7)
    axes.set_ylim(len(order) - 1 + LINES_MARGIN, -LINES_MARGIN)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)


def draw_arithmetic(axes, kind, named):
    """A vertical line for each value in the panel, its name along it."""
    _, right = axes.get_xlim()
    for name, of_lines in named.items():
        for value in {value for values in of_lines for value in values.values() if value <= right}:
            axes.axvline(value, color=style.INK, ls="--", lw=1.1, zorder=1)
            axes.annotate(f"{kind}: {name}", (value, 0), xycoords=("data", "axes fraction"), xytext=(-3, 4),
                          textcoords="offset points", rotation=90, ha="right", va="bottom", fontsize=7.5, zorder=1)
