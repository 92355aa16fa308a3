"""Line styles, the same in every chart of a run. Models differ in hue and dashes, stacks in marker: colour is
not needed. A contestant without a known model has a hue, and a pair of marker and dashes, that no other has."""

import colorsys
import itertools
from typing import NamedTuple

from tvl.data import models, variables

# Okabe and Ito's palette (https://jfly.uni-koeln.de/color/) without yellow (invisible on white) and sky blue (too close
# to the shades of blue); with brown, teal and violet. Warm: blocking threads and processes. Cold: loops.
LINES = ("-", (0, (5, 1.5)), (0, (1.5, 1)), (0, (6, 1.5, 1.5, 1.5)), (0, (9, 2)))
MODELS = {"threads": ("#D55E00", LINES[0]), "loop": ("#0072B2", LINES[1]), "pool": ("#E69F00", LINES[3]),
          "prefork": ("#8C564B", LINES[4]), "loops": ("#14A8B4", LINES[3]), "fibers": ("#009E73", LINES[2]),
          "uring": ("#8250DF", LINES[4])}
# Of families without a known model, in chart order. All have a contrast of 3.1 to white and to the dark page. Chosen by
# a search for the largest smallest distance (OKLab; also as seen without red or green cones, by Machado 2009) to each
# other and to MODELS; each is the farthest one from those before it, so few contestants differ more.
OWN = ("#608AFF", "#BF0B8A", "#CA1515", "#FF5555", "#9F75D4", "#F42AFF", "#F44A95", "#608A95", "#BF2ABF", "#758A35",
       "#6A6095", "#9500FF", "#AA5575", "#8080B5", "#D40055", "#007560")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "<", ">", "p", "h", "d", "H", "8")
SHADES = (0, 0.45, -0.4, 0.65, 0.22, -0.7)  # of one hue, in order of appearance
CROWDED = 6  # with more lines than this in a panel, bands and dots hide the lines

# The report replaces INK and PAPER by its light and dark colours.
INK = "#1b1f24"
PAPER = "#fefefe"
GREY = "#7d838c"  # for a line of any contestant; seen on both

# Verdana is the fallback: it has the widths of DejaVu Sans.
SVG_FONTS = ("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")

SETTINGS = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib
    "font.size": 9,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": INK, "xtick.color": INK, "ytick.color": INK,
    "figure.facecolor": PAPER, "axes.facecolor": "none",
    "axes.spines.top": False, "axes.spines.right": False,
    "axes.titlesize": 10, "axes.titleweight": "bold", "axes.titlelocation": "left",
    "axes.grid": True, "grid.color": "#8a8f98", "grid.alpha": 0.25, "grid.linewidth": 0.6,
    "legend.frameon": False,
    "svg.fonttype": "none",  # text stays text: small, searchable, readable by a screen reader
    "svg.hashsalt": "threads-vs-loop",  # the same points give the same file
    "savefig.dpi": 150,
}


class LineStyle(NamedTuple):
    color: str
    marker: str
    linestyle: object


def line_styles(workloads):
    """label -> LineStyle. A series has its contestant's hue; its value decides dashes, marker and shade. Where several
    contestants share the series, colour and marker show the contestant and the dashes show the value."""
    lines = {label: line for workload in workloads for label, line in workload.lines.items()}
    plain = contestant_styles(list({line.contestant: line for line in lines.values()}.values()))
    sharing = [line for workload in workloads if workload.shares_series for line in workload.lines.values()]
    series = {line.series for line in lines.values() if line.series}
    return {label: in_series(plain[line.contestant], line, series, sharing) if line.series else plain[line.contestant]
            for label, line in lines.items()}


def contestant_styles(lines):
    """contestant -> LineStyle; lines: one of each contestant. First those of known models, so that the others change
    nothing for them."""
    known = [line for line in lines if line.model in models.KNOWN]
    markers, found = {}, {}
    for line in known:
        stack = line.contestant.split("_")[0]
        if (line.model, stack) in [(m, s) for m, s, _ in found.values()]:
            stack = line.contestant  # the second of one model and stack needs a marker of its own
        markers.setdefault(stack, MARKERS[len(markers) % len(MARKERS)])
        found[line.contestant] = (line.model, stack, sum(line.model == model for model, *_ in found.values()))
    styles = {name: line_style(model, markers[stack], nth) for name, (model, stack, nth) in found.items()}
    return add_own(styles, [line for line in lines if line not in known], len(markers))


def line_style(model, marker, nth):
    colour, dashes = MODELS[model]
    return LineStyle(shade(colour, SHADES[nth % len(SHADES)]), marker, dashes)


def add_own(styles, lines, first):
    """Adds the contestants without a known model: a hue for each family, the next marker for each contestant, and the
    first dashes that are free with this marker. first: number of markers in use."""
    hues = own_hues(lines)
    for nth, line in enumerate(lines):
        marker = MARKERS[(first + nth) % len(MARKERS)]
        taken = {(one.marker, one.linestyle) for one in styles.values()}
        turn = nth % len(LINES)
        free = (dashes for dashes in LINES[turn:] + LINES[:turn] if (marker, dashes) not in taken)
        styles[line.contestant] = LineStyle(hues[models.family(line)], marker, next(free, LINES[0]))
    return styles


def own_hues(lines):
    """Family -> colour"""
    families = dict.fromkeys(models.family(line) for line in lines if line.model not in models.KNOWN)
    return dict(zip(families, itertools.cycle(OWN)))


def family_hues(workloads):
    """Family -> colour, unshaded, of every contestant of the run."""
    lines = [line for workload in workloads for line in workload.lines.values()]
    return {models.Family(model): colour for model, (colour, _) in MODELS.items()} | own_hues(lines)


def in_series(plain, line, series, sharing):
    """series: all series of the run. sharing: lines of workloads where several contestants share a series."""
    values = sorted((other for other in series if variables.name(other) == variables.name(line.series)),
                    key=variables.order)
    place = values.index(line.series)
    dashes = LINES[place % len(LINES)]
    if line in sharing:
        names = list(dict.fromkeys(other.contestant for other in sharing))
        return LineStyle(plain.color, MARKERS[names.index(line.contestant) % len(MARKERS)], dashes)
    step = 0.6 - 1.2 * place / max(1, len(values) - 1)  # the higher the value, the darker
    return LineStyle(shade(plain.color, step), MARKERS[place % len(MARKERS)], dashes)


def shade(colour, step):
    """Lighter (up to 1) or darker (down to -1), but visible on a white or a black page."""
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in channels(colour)))
    light += step * (max(0.0, 0.80 - light) if step > 0 else max(0.0, light - 0.2))
    return "#" + "".join(f"{round(255 * part):02x}" for part in colorsys.hls_to_rgb(hue, light, saturation))


def legible(colour, paper, contrast=3):
    """The colour, or the nearest lighter one that has this contrast to a dark paper (WCAG 1.4.11: 3 for graphics)."""
    step = 0
    while ratio(found := tint(colour, step), paper) < contrast and step < 1:
        step += 0.02
    return found


def tint(colour, step):
    """Towards white: 0 is the colour itself."""
    return "#" + "".join(f"{round(part + (255 - part) * step):02x}" for part in channels(colour))


def ratio(one, other):
    """Contrast ratio of WCAG: 1 to 21."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour):
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
              for part in (part / 255 for part in channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def channels(colour):
    return [int(colour[i:i + 2], 16) for i in (1, 3, 5)]
