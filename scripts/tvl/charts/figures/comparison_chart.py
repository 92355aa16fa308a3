"""The ratios of a comparison with their intervals, one row each, and a line at no difference."""

from matplotlib import pyplot as plt

from tvl.analysis import comparison

COLOURS = {comparison.REGRESSION: "#c0392b", comparison.IMPROVEMENT: "#2d7d46"}
REST = "#777777"


def draw(title, found, path):
    known = [row for row in found if row.ratio]
    figure, axes = plt.subplots(figsize=(8, 1.2 + 0.28 * len(known)), layout="constrained")
    for y, row in enumerate(reversed(known)):
        colour = COLOURS.get(row.outcome, REST)
        if row.ratio.low < row.ratio.high:  # one pair has no interval
            axes.plot([row.ratio.low, row.ratio.high], [y, y], color=colour, linewidth=2)
        axes.plot(row.ratio.median, y, "o", color=colour, markersize=5)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_yticks(range(len(known)), [name(row) for row in reversed(known)], fontsize=8)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:.2f}")
    axes.xaxis.set_minor_formatter("{x:.2f}")
    axes.tick_params(axis="x", which="both", labelsize=8)
    axes.set_xlabel("new / old")
    axes.set_title(title, fontsize=9, loc="left")
    figure.savefig(path, dpi=120)
    plt.close(figure)


def name(row):
    return f"{row.workload} {row.label} at {row.x:g}: {row.metric.column}"
