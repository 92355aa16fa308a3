"""Where the CPU time of a request goes: a bar for each contestant and load, stacked by class of cost (why/cost_bar.py).

The bar is as long as the CPU per request, the whisker below it is its interval. A class has its number inside where it
fits.
"""

import textwrap

from matplotlib import pyplot as plt
from matplotlib.patches import Patch

from tvl.analysis import caveats
from tvl.charts import style
from tvl.charts.figures import legends, matrix_chart
from tvl.data.metrics import number
from tvl.why import cost_bar, cost_difference, cost_words

# Of the classes but the last, in drawing order; the last is grey. Chosen by a search for the largest smallest distance
# (OKLab; also as seen without red, green or blue cones, by Machado 2009) of neighbours, which a class of no samples makes
# of those two and three apart too. All have a contrast of 2 to white and of 3 to the dark page; a line encloses the bar.
COLOURS = ("#1177bb", "#ee4400", "#88bbbb", "#bb66ff", "#007766", "#ff8822", "#22bbee", "#aa4400", "#6644ff", "#bbbb77",
           "#aa7755", "#4499cc")
WIDTH, LEFT, RIGHT = 13, 2.3, 1.9  # inches: of the figure, of the names, of the sums
BAR, GROUP, AXIS = 0.32, 0.3, 0.45  # inches: a row, the line above a load's rows, the axis below all
THICK, BELOW = 0.2, 0.14  # inches: of a bar, and from its middle to its whisker
PER_CHARACTER = 0.075  # inches of a number in a bar


def figure(found, machine):
    """None when no bar has samples and a cost."""
    bars = cost_bar.bars(found)
    drawn = [bar for bar in bars if bar.parts and bar.cost]
    if not drawn:
        return None
    pairs = cost_difference.pairs(found, bars)
    title = textwrap.fill(cost_words.finding(found, pairs), 108)
    below = foot(found, bars, machine)
    loads = list(dict.fromkeys(bar.x for bar in bars))
    head = 0.55 + 0.25 * title.count("\n")
    tall = BAR * len(bars) + GROUP * len(loads) + BELOW / 2
    under = AXIS + 0.17 * (below.count("\n") + 1) + 0.1
    picture = plt.figure(figsize=(WIDTH, head + tall + under))
    head += insert_legend(picture, drawn, head)
    height = picture.get_figheight()
    axes = picture.add_axes((LEFT / WIDTH, under / height, 1 - (LEFT + RIGHT) / WIDTH, tall / height))
    set_axes(axes, drawn, tall)
    draw_rows(axes, found, bars)
    picture.text(0.015, 1 - 0.12 / height, title, fontsize=13, fontweight="bold", va="top")
    picture.text(0.015, 0.1 / height, below, fontsize=8, va="bottom", linespacing=1.35)
    return picture


def colours():
    """{class: colour}; with more classes than colours they begin again."""
    *keys, last = (one.key for one in cost_words.classes())
    return {**{key: COLOURS[i % len(COLOURS)] for i, key in enumerate(keys)}, last: style.GREY}


def insert_legend(picture, drawn, top):
    """The classes that occur, in drawing order, `top` inches below the upper edge. Returns the inches that it takes."""
    seen = [one for one in cost_words.classes() if any(bar.parts[one.key].count for bar in drawn)]
    entries = [(Patch(facecolor=colours()[one.key], edgecolor=style.PAPER), one.title) for one in seen]
    key = legends.draw(picture, entries, 30, loc="upper left", ncol=5, fontsize=8.5, borderaxespad=0)
    taken = key.get_window_extent().height / picture.dpi + 0.1
    picture.set_figheight(picture.get_figheight() + taken)
    key.set_bbox_to_anchor((0.01, 1 - top / picture.get_figheight()), picture.transFigure)
    return taken


def set_axes(axes, drawn, tall):
    """One unit of y is an inch, downwards."""
    axes.set(xlim=(0, 1.02 * max(bar.cost.interval.high for bar in drawn)), ylim=(tall, 0), xlabel="CPU per request, µs")
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)


def draw_rows(axes, found, bars):
    ticks, y, load = [], 0.0, None
    for bar in bars:
        if bar.x != load:
            load, y = bar.x, y + GROUP
            axes.annotate(cost_words.load(found.profiled, load), (0, y), xytext=(0, 3), textcoords="offset points",
                          fontsize=9, fontweight="bold", va="bottom")
        ticks.append((y + BAR / 2, bar.label))
        draw_bar(axes, found, bar, y + BAR / 2)
        y += BAR
    axes.set_yticks([place for place, _ in ticks], [label for _, label in ticks])


def draw_bar(axes, found, bar, y):
    if not bar.parts or not bar.cost:
        why = "CPU per request not measured" if bar.parts else cost_words.no_samples(found, bar)
        note(axes, 0, y, f"n/a: {why}")
        return
    left, per_inch = 0.0, axes.get_xlim()[1] / (WIDTH - LEFT - RIGHT)
    for key, part in ((key, part) for key, part in bar.parts.items() if part.count):
        colour, said = colours()[key], number(part.us.value)
        axes.barh(y, part.us.value, THICK, left=left, color=colour, edgecolor=style.PAPER, lw=0.7, zorder=2)
        if part.us.value / per_inch > PER_CHARACTER * len(said):
            axes.text(left + part.us.value / 2, y, said, ha="center", va="center", fontsize=7.5, zorder=4,
                      color=matrix_chart.ink(colour))
        left += part.us.value
    axes.barh(y, left, THICK, fill=False, edgecolor=style.INK, lw=0.7, zorder=3)
    cost = bar.cost.estimate
    if bar.cost.interval.level:
        axes.errorbar(cost.value, y + BELOW, xerr=[[cost.value - cost.low], [cost.high - cost.value]],
                      color=style.INK, lw=1, capsize=2, zorder=3)
    note(axes, cost.high, y, f"{number(cost.value)} µs, {bar.samples:,} samples")


def note(axes, x, y, text):
    axes.annotate(text, (x, y), xytext=(6, 0), textcoords="offset points", va="center", fontsize=8, annotation_clip=False)


def foot(found, bars, machine):
    """How it is drawn, what must be beside the bars, and the machine."""
    lines = [f"{caveats.heading(found.measured or found.plain)}. A class: its share of the samples, times the median CPU "
             "per request of points that were not profiled; whisker: interval of that median.", cost_words.CAVEAT,
             *cost_words.marked(found, bars), f"{machine}; {caveats.placement(found.profiled)}"]
    return "\n".join(textwrap.fill(line, 215, subsequent_indent="  ") for line in lines)
