"""Which line is which contestant, and what the marks in a panel mean."""

import textwrap

from matplotlib.lines import Line2D

import marks
import metrics
import notes
import style

PART = 6  # entries in one part of a report's legend: the parts stand beside each other where there is room


def entries(workload, looks, shown):
    """[(line or marker, text)] for what the shown metrics' panels contain."""
    found = [(Line2D([], [], ms=5, lw=1.6, **looks[label]._asdict()), called(workload.lines[label]))
             for label in workload.measured]
    if marks.ceilings(workload) and metrics.THROUGHPUT in shown:
        found.append((Line2D([], [], color=style.INK, linestyle="--", lw=1.1), "ceiling: what arithmetic allows"))
    if any(workload.invalid.values()):
        hollow = Line2D([], [], color=style.INK, marker="o", mfc=style.PAPER, linestyle="")
        found.append((hollow, "invalid, in no median or ratio"))
    if notes.generator_limited(workload) and metrics.THROUGHPUT in shown:
        found.append((Line2D([], [], color=style.INK, marker="$↑$", linestyle=""), "at least: generator-limited"))
    return found


def called(line):
    return line.label if line.title == line.contestant else f"{line.label}: {line.title}"


def parts(found):
    return [found[i:i + PART] for i in range(0, len(found), PART)]


def insert(figure, found, width, top):
    """A legend of two columns, `top` inches below the figure's upper edge. Makes the figure higher by the inches that
    it takes, and returns them."""
    key = draw(figure, found, width, loc="upper left", ncol=2, fontsize=8.5, borderaxespad=0)
    taken = key.get_window_extent().height / figure.dpi + 0.15
    figure.set_figheight(figure.get_figheight() + taken)
    key.set_bbox_to_anchor((0.01, 1 - top / figure.get_figheight()), figure.transFigure)
    return taken


def draw(target, found, width, **place):
    handles = [handle for handle, _ in found]
    texts = [textwrap.fill(text, width) for _, text in found]
    return target.legend(handles, texts, handlelength=3.2, labelspacing=0.7, **place)
