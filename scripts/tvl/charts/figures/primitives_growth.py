"""Chart of tvl-primitives: CPU per item against n. A level line is a cost that does not depend on n."""

import math

from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter, NullFormatter

from tvl.charts import line_labels, style
from tvl.data import metrics, primitives

COLUMNS = 2
WAYS = {"thread": style.MODELS["threads"], "loop": style.MODELS["loop"]}  # colour, dashes
CURVE = "cpu_ns_per_item"  # wall time of a sleeper is its sleep
TITLE = "CPU per item against the number of items"
HOW = ("Medians of the repetitions. Solid and orange: with threads. Dashed and blue: on a loop. "
       "Where a line is level, an item costs the same among many.")
PANEL, HEAD = 2.7, 0.8  # inches


def figure(measured):
    """None where nothing was measured at three n or more."""
    curves = dict(sorted(measured.curves(CURVE).items()))
    if not curves:
        return None
    rows = -(-len(curves) // COLUMNS)
    height = HEAD + PANEL * rows
    drawn = plt.figure(figsize=(12, height))
    grid = drawn.add_gridspec(rows, COLUMNS, left=0.07, right=0.83, wspace=0.62, hspace=0.5,
                              top=1 - (HEAD + 0.1) / height, bottom=0.55 / height)
    panels = [drawn.add_subplot(place) for place in places(grid, len(curves))]
    for axes, (primitive, families) in zip(panels, curves.items()):
        draw_panel(axes, primitive, families)
    for axes, families in zip(panels, curves.values()):
        line_labels.draw(axes, [(*end(line), family.partition("/")[2], WAYS[way_of(family)][0])
                                for family, line in families.items()], fontsize=8)
    drawn.text(0.015, 1 - 0.12 / height, TITLE, fontsize=15, fontweight="bold", va="top")
    drawn.text(0.015, 1 - 0.45 / height, HOW, fontsize=9, va="top")
    return drawn


def places(grid, number):
    """Of the panels, row by row; the last one is as wide as what is left of its row."""
    cells = [divmod(i, COLUMNS) for i in range(number)]
    return [grid[row, column] for row, column in cells[:-1]] + [grid[cells[-1][0], cells[-1][1]:]]


def way_of(family):
    return family.partition("/")[0]


def end(line):
    n, value = line[-1]
    return n, value.median


def draw_panel(axes, primitive, families):
    seen = {way: 0 for way in WAYS}
    for family, line in families.items():
        way = way_of(family)
        color, linestyle = WAYS[way]
        axes.plot([n for n, _ in line], [value.median for _, value in line], linestyle=linestyle, color=color,
                  label=family, linewidth=1.3, marker=style.MARKERS[seen[way] % len(style.MARKERS)], markersize=4.5)
        seen[way] += 1
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(*(10.0 ** edge for edge in decades(axes.get_ylim())))
    axes.set_title(primitive)
    axes.set_xlabel("n at once")
    axes.set_xticks(sorted({n for line in families.values() for n, _ in line}))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: metrics.tick(value)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: primitives.tick(value, CURVE)))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(NullFormatter())


def decades(limits):
    """Whole decades around two limits, so that a log axis has a labelled tick."""
    return math.floor(math.log10(limits[0])), math.ceil(math.log10(limits[1]))
