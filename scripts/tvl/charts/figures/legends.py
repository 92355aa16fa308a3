"""Legends: the contestant of each line, and the meaning of the marks."""

import textwrap

from matplotlib.lines import Line2D

from tvl.analysis import caveats
from tvl.charts import annotations, failures, glyphs, scales, style
from tvl.data import metrics, variables

PART = 6  # entries per part of the report's legend; parts are side by side where there is room


def entries(workload, line_styles, shown):
    """[(line or marker, text)] for what the shown metrics' panels contain."""
    found = lines(workload, line_styles)
    if annotations.ceilings(workload) and metrics.THROUGHPUT in shown:
        found.append((Line2D([], [], color=style.INK, linestyle="--", lw=1.1), "ceiling: the calculated maximum"))
    if annotations.expected(workload) and metrics.P50 in shown:
        found.append((Line2D([], [], color=style.INK, linestyle="--", lw=1.1), "expected: the calculated value"))
    if any(workload.spoilt_values(metric, label, x) for metric in shown for label in workload.measured
           for x in workload.sizes):
        found.append(hollow())
    bounds = caveats.bounds(workload)
    if bounds and metrics.THROUGHPUT in shown:
        text = f"at least: {' or '.join(bounds)}-limited"
        found.append((Line2D([], [], color=style.INK, marker=glyphs.marker("↑"), linestyle=""), text))
    return found + failures.entries(workload)


def hollow():
    mark = Line2D([], [], color=style.INK, marker="o", mfc=style.PAPER, ms=4, mew=0.9, linestyle="")
    return mark, "a repetition that is invalid, in no median or ratio"


def lines(workload, line_styles):
    """An entry per line. Where contestants share a series, one per contestant and one per value: seven and two entries
    instead of fourteen."""
    found, values, in_rows = {}, {}, scales.is_in_rows(workload)
    for label in workload.measured:
        line, line_style = workload.lines[label], line_styles[label]
        if line.series and workload.shares_series:
            values |= {} if in_rows else {line.series: line_style}  # a row has the whole name
            line_style, text = line_style._replace(linestyle="-"), titled(line.contestant, line)
        else:
            text = titled(label, line)
        found[text] = line_style._replace(linestyle="") if in_rows else line_style
    for value in sorted(values, key=variables.order):
        found[variables.word(value)] = values[value]._replace(color=style.GREY, marker="")
    return [(Line2D([], [], ms=5, lw=1.6, **line_style._asdict()), text) for text, line_style in found.items()]


def titled(name, line):
    return name if line.title == line.contestant else f"{name}: {line.title}"


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
    """The texts are set afterwards: matplotlib leaves out a label that begins with an underscore."""
    handles = [handle for handle, _ in found]
    key = target.legend(handles, ["."] * len(found), handlelength=3.2, labelspacing=0.7, **place)
    for shown, (_, text) in zip(key.get_texts(), found):
        shown.set_text(textwrap.fill(text, width))
    return key
