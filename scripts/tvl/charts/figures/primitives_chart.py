"""Charts of tvl-primitives: what each way costs and the ratio of the two, with intervals; and the growth with n."""

from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from tvl.analysis import primitive_ratio, ratios
from tvl.charts import style
from tvl.charts.figures import primitives_growth
from tvl.data import primitives

WAYS = {"thread": (style.MODELS["threads"][0], "o"), "loop": (style.MODELS["loop"][0], "s")}
BETTER = {"threads": style.MODELS["threads"][0], "loop": style.MODELS["loop"][0]}
UNITS = {"time": "time per item", "bytes": "memory per item"}
TITLE = "What asyncio's mechanisms cost with threads and on a loop"
BAR = {"linewidth": 2.4, "solid_capstyle": "butt", "zorder": 2}
ROW, HEAD, AXIS = 0.24, 0.95, 0.75  # inches: of a pair, above the panels, of the labels below a panel


def figures(folder):
    """[(name, figure)] of a folder with primitives.json in it."""
    measured = primitives.Primitives(folder)
    drawn = [("primitives", cost_pairs(measured)), ("primitives-growth", primitives_growth.figure(measured))]
    return [(name, figure) for name, figure in drawn if figure]


def cost_pairs(measured):
    """A row per row of the table: both ways on the left, their ratio in the middle and as text on the right."""
    groups = {unit: [pair for pair in measured.pairs if pair.ratio and primitives.scale(pair.counter)[0] == unit]
              for unit in UNITS}
    groups = {unit: pairs for unit, pairs in groups.items() if pairs}
    if not groups:
        return None
    heights = [ROW * (len(pairs) + 1) for pairs in groups.values()]
    height = HEAD + sum(heights) + AXIS * len(heights)
    figure, grid = plt.subplots(len(groups), 2, figsize=(13, height), squeeze=False,
                                gridspec_kw={"height_ratios": heights})
    limits = ratio_limits(pair.ratio for pairs in groups.values() for pair in pairs)
    for (costs, factors), (unit, pairs) in zip(grid, groups.items()):
        draw_costs(costs, unit, pairs)
        draw_ratios(factors, pairs)
        factors.set_xlim(limits)
    figure.subplots_adjust(left=0.215, right=0.768, wspace=0.06, top=1 - HEAD / height, bottom=0.6 / height,
                           hspace=AXIS * len(heights) / sum(heights))
    figure.text(0.015, 1 - 0.12 / height, TITLE, fontsize=15, fontweight="bold", va="top")
    figure.text(0.015, 1 - 0.45 / height, how_drawn(measured.pairs), fontsize=9, va="top")
    grid[0][0].legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2)
    return figure


def how_drawn(pairs):
    intervals = any(pair.ratio and primitive_ratio.outcome(pair.ratio) for pair in pairs)
    return ("Left: medians of the repetitions. Right: median ratio of their pairs" +
            "; grey where 1 is in its interval, or all of that is within 5 %. Bars: intervals" * intervals + ".")


def draw_costs(axes, unit, pairs):
    factors = [primitives.scale(pair.counter)[1] for pair in pairs]
    for place, (pair, factor) in enumerate(zip(pairs, factors)):
        for way, (colour, _) in WAYS.items():
            if interval := getattr(pair, way).interval:
                axes.plot((interval.low * factor, interval.high * factor), (place, place), color=colour, **BAR)
    for way, (colour, marker) in WAYS.items():
        values = [getattr(pair, way).median * factor for pair, factor in zip(pairs, factors)]
        axes.plot(values, range(len(pairs)), linestyle="", marker=marker, markersize=5, color=colour,
                  label=f"{way} way")
    rows(axes, pairs)
    axes.set_xscale("log", base=2 if unit == "bytes" else 10)
    axes.xaxis.set_major_locator(LogLocator(base=2 if unit == "bytes" else 10, numticks=6))
    axes.margins(x=0.06)
    axes.set_yticklabels([f"{pair.primitive['name']} {pair.what}".strip() for pair in pairs])
    axes.set_xlabel(UNITS[unit])
    label_axis(axes.xaxis, unit)


def draw_ratios(axes, pairs):
    for place, ratio in enumerate(pair.ratio for pair in pairs):
        outcome = primitive_ratio.outcome(ratio)
        decided = outcome not in (ratios.SAME, ratios.UNDECIDED)
        colour = BETTER[primitive_ratio.better(ratio)] if decided else style.GREY
        if outcome:
            axes.plot((ratio.low, ratio.high), (place, place), color=colour, **BAR)
        axes.plot([ratio.median], [place], marker="|", markersize=11, markeredgewidth=2, linestyle="", color=colour)
        axes.annotate(primitive_ratio.text(ratio), (1, place), xycoords=("axes fraction", "data"), xytext=(8, 0),
                      textcoords="offset points", va="center", fontsize=8)
    rows(axes, pairs)
    axes.axvline(1, color=style.INK, linewidth=1)
    axes.set_xscale("log")
    axes.tick_params(axis="y", labelleft=False)
    axes.set_xlabel("← threads better · loop better →")
    axes.xaxis.set_major_locator(LogLocator(numticks=8))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{round(primitive_ratio.size(value)):,}x"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def ratio_limits(found):
    """For all panels, so that their ratios stand below each other."""
    edges = [edge for ratio in found for edge in (ratio.low, ratio.high)]
    return min(0.5, 0.7 * min(edges)), max(2, 1.4 * max(edges))


def rows(axes, pairs):
    axes.set_yticks(range(len(pairs)))
    axes.set_ylim(len(pairs) - 0.4, -0.6)


def label_axis(axis, unit):
    counter = {"time": "ns_per_item", "bytes": "bytes_per_item"}[unit]
    axis.set_major_formatter(FuncFormatter(lambda value, _: primitives.tick(value, counter)))
    axis.set_minor_formatter(NullFormatter())
