"""One look per contestant, the same in every chart of a run. Colour, marker and line differ, so any one is enough."""

from typing import NamedTuple

# Okabe and Ito's palette (https://jfly.uni-koeln.de/color/) without its yellow, which vanishes on white.
COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("s", "o", "^", "D", "v", "P", "X")
LINES = ("-", (0, (5, 1.5)), (0, (1.5, 1)), (0, (6, 1.5, 1.5, 1.5)))

# Everything that is not data. The report turns these two into its own light and dark colours.
INK = "#1b1f24"
PAPER = "#fefefe"

# A reader's machine may not have the font that the widths were computed with; Verdana is its twin.
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


class Look(NamedTuple):
    color: str
    marker: str
    linestyle: object


def looks(workloads):
    """contestant -> Look, in order of first appearance over the whole run."""
    names = dict.fromkeys(name for workload in workloads for name in workload.contestants)
    return {name: Look(COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)], LINES[i % len(LINES)])
            for i, name in enumerate(names)}
