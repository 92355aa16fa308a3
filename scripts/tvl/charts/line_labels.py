"""Names at the right ends of the lines of a panel, instead of a legend; apart even where the lines are not."""

from matplotlib.transforms import ScaledTranslation

from tvl.charts import style

POINTS = 72  # in an inch
LINE = 1.25  # height of a line of text, in font sizes
ASIDE = 16  # points from the panel's right edge


def draw(axes, ends, fontsize):
    """ends: [(x, y, text, colour)] of the lines' last points. For axes whose scales and limits are set."""
    axes.figure.canvas.draw()  # else the axes have no place yet
    height = axes.get_window_extent().height * POINTS / axes.figure.dpi
    to_axes = axes.transData + axes.transAxes.inverted()
    beside = axes.transAxes + ScaledTranslation(ASIDE / POINTS, 0, axes.figure.dpi_scale_trans)
    ends = sorted(ends, key=lambda end: end[1])
    at = [to_axes.transform((x, y)) for x, y, *_ in ends]
    for (x, y), place, (*_, text, colour) in zip(at, spread([y for _, y in at], LINE * fontsize / height), ends):
        axes.annotate(text, (x, y), xytext=(1, place), xycoords="axes fraction", textcoords=beside, va="center",
                      fontsize=fontsize, color=style.INK, annotation_clip=False,
                      arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkA": 1, "shrinkB": 3,
                                  "relpos": (0, 0.5)})


def spread(wanted, gap):
    """Places near the ascending ones that are wanted, `gap` apart; between 0 and 1 as long as they fit."""
    groups = []  # [sum of the wanted places, number of places]: a group is centred on its mean
    for place in wanted:
        groups.append([place, 1])
        while len(groups) > 1 and first(groups[-1], gap) < last(groups[-2], gap) + gap:
            total, number = groups.pop()
            groups[-1] = [groups[-1][0] + total, groups[-1][1] + number]
    places = [first(group, gap) + i * gap for group in groups for i in range(group[1])]
    for i, place in enumerate(places):
        places[i] = max(place, places[i - 1] + gap if i else 0)
    for i in reversed(range(len(places))):
        places[i] = min(places[i], places[i + 1] - gap if i + 1 < len(places) else 1)
    return places


def first(group, gap):
    total, number = group
    return total / number - (number - 1) * gap / 2


def last(group, gap):
    return first(group, gap) + (group[1] - 1) * gap
