"""Charts of tvl-primitives: the cost of each way, and its growth with n."""

import math
import re

from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter, NullFormatter

from tvl.charts import style
from tvl.data import metrics, primitives

COLUMNS = 3
WAYS = {"thread": style.MODELS["threads"], "loop": style.MODELS["loop"]}
UNITS = {"time": "time per item", "bytes": "memory per item"}
CURVE = "cpu_ns_per_item"  # wall time of a sleeper is its sleep


def figures(folder):
    """[(name, figure)] of a folder with primitives.json in it."""
    measured = primitives.Primitives(folder)
    drawn = [("primitives", cost_pairs(measured)), ("primitives-growth", growth(measured))]
    return [(name, figure) for name, figure in drawn if figure]


def cost_pairs(measured):
    """A row of dots per row of the table, on a log scale, with the ratio."""
    groups = {unit: [pair for pair in measured.pairs if pair.ratio and primitives.scale(pair.counter)[0] == unit]
              for unit in UNITS}
    groups = {unit: pairs for unit, pairs in groups.items() if pairs}
    if not groups:
        return None
    heights = [len(pairs) + 2 for pairs in groups.values()]
    figure, grid = plt.subplots(len(groups), 1, figsize=(10, 0.8 + 0.27 * sum(heights)), squeeze=False,
                                gridspec_kw={"height_ratios": heights})
    for axes, (unit, pairs) in zip(grid.flat, groups.items()):
        draw_pairs(axes, unit, pairs)
    grid[0][0].legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    figure.tight_layout()
    return figure


def draw_pairs(axes, unit, pairs):
    places = range(len(pairs))
    for place, pair in zip(places, pairs):
        factor = primitives.scale(pair.counter)[1]
        ends = pair.thread.median * factor, pair.loop.median * factor
        axes.plot(ends, (place, place), color=style.INK, alpha=0.35, linewidth=1.2, zorder=1)
        noisy = " (noisy)" if pair.noisy else ""
        axes.annotate(f"{primitives.digits(pair.ratio)}x{noisy}", (max(ends), place), xytext=(7, 0),
                      textcoords="offset points", va="center", fontsize=8)
    for way, marker in (("thread", "o"), ("loop", "s")):
        values = [getattr(pair, way).median * primitives.scale(pair.counter)[1] for pair in pairs]
        axes.plot(values, places, linestyle="", marker=marker, color=WAYS[way][0], label=f"{way} way")
    axes.set_xscale("log", base=2 if unit == "bytes" else 10)
    axes.margins(x=0.12)
    axes.set_yticks(places, [f"{pair.primitive['name']} {pair.what}".strip() for pair in pairs])
    axes.set_ylim(len(pairs) - 0.4, -0.6)
    axes.set_xlabel(f"{UNITS[unit]}; right: thread way / loop way")
    label_axis(axes.xaxis, unit)


def label_axis(axis, unit):
    counter = {"time": "ns_per_item", "bytes": "bytes_per_item"}[unit]
    axis.set_major_formatter(FuncFormatter(lambda value, _: re.sub(r"\.0+ ", " ", primitives.text(value, counter))))
    axis.set_minor_formatter(NullFormatter())


def growth(measured):
    """CPU per item against n; a level line is a cost that does not depend on n."""
    curves = measured.curves(CURVE)
    if not curves:
        return None
    rows = -(-len(curves) // COLUMNS)
    figure, grid = plt.subplots(rows, COLUMNS, figsize=(12, 4 * rows), squeeze=False)
    for axes in list(grid.flat)[len(curves):]:
        axes.axis("off")
    for axes, (primitive, families) in zip(grid.flat, curves.items()):
        draw_growth(axes, primitive, families)
    figure.tight_layout()
    return figure


def draw_growth(axes, primitive, families):
    seen = {way: 0 for way in WAYS}
    for family, line in families.items():
        way = family.partition("/")[0]
        color, linestyle = WAYS[way]
        axes.plot([n for n, _ in line], [value.median for _, value in line], linestyle=linestyle, label=family,
                  color=style.shade(color, style.SHADES[seen[way] % len(style.SHADES)]),
                  marker=style.MARKERS[seen[way] % len(style.MARKERS)], markersize=4)
        seen[way] += 1
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(*(10.0 ** edge for edge in decades(axes.get_ylim())))
    axes.set_title(primitive)
    axes.set_xlabel("n at once")
    axes.set_ylabel("CPU per item")
    axes.set_xticks(sorted({n for line in families.values() for n, _ in line}))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: metrics.tick(value)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    label_axis(axes.yaxis, "time")
    axes.legend(fontsize=7, ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.2))


def decades(limits):
    """Whole decades around two limits, so that a log axis has a labelled tick."""
    return math.floor(math.log10(limits[0])), math.ceil(math.log10(limits[1]))
