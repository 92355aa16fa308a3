"""Timeline: a run over time, one column of panels per contestant; its rows are response time, rate, CPU, memory,
threads and descriptors. For workloads whose plan changes inside the window, and for soaks."""

import math
import statistics
import textwrap
from typing import Callable, NamedTuple

from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from tvl.analysis import caveats
from tvl.charts import scales, style, timeline_rows
from tvl.data import metrics, points, validity, variables

AT_MOST = 7  # contestants per row
COLUMNS_DRAWN = 200  # of a timeline, at most
MANY_DOTS = 60
FAINT = 0.45
LINE = 165  # characters per line of the subtitle


class Line(NamedTuple):
    key: str  # of the rows of the timeline
    dashes: str = "-"
    alpha: float = 1.0
    factor: float = 1.0


class Row(NamedTuple):
    title: str
    unit: str
    lines: tuple
    is_instant: bool = False  # values at an instant are dots, values of an interval are steps
    join: Callable = max  # of neighbours, above COLUMNS_DRAWN: max keeps every peak


P99 = Row("Response time: p99, faint: median", "ms", (Line("p99", factor=1e-3), Line("p50", "-", FAINT, 1e-3)))
LONGEST = Row("Response time: longest, faint: median", "ms",
              (Line("max", factor=1e-3), Line("p50", "-", FAINT, 1e-3)))
RATE = Row("Good replies, dotted: errors", "per second", (Line("ok"), Line("errors", ":")), join=statistics.fmean)
RESOURCES = (Row("Server CPU", "cores", (Line("server_cpu"),), join=statistics.fmean),
             Row("Server memory (RSS)", "MiB", (Line("rss", factor=1 / metrics.MIB),), True),
             Row("Server threads", "threads", (Line("threads"),), True),
             Row("Server descriptors", "descriptors", (Line("descriptors"),), True))


def rows(found):
    """Those with a value. Rows of a tenth of a second seldom have enough replies for a p99."""
    replying = [row for record in found for row in record["timeline"] if row.get("ok")]
    with_p99 = [row for row in replying if row.get("p99") is not None]
    longest = 2 * len(with_p99) < len(replying) and any(row.get("max") is not None for row in replying)
    return [row for row in (LONGEST if longest else P99, RATE, *RESOURCES)
            if any(known(record, row) for record in found)]


def has_changes(workload):
    """A constant load would show level lines."""
    return "phases" in (metrics.at(workload.sample(), "chart", "panels") or ()) or any(
        len(record.get("phases") or []) > 1 for record in workload.records)


def chosen(workload):
    """{line's label: record} in chart order: the highest x, there the record with the fewest spoilt figures, of these
    the first repetition."""
    found = {}
    for record in workload.records:
        if record.get("timeline"):
            found.setdefault(points.line_of(record).label, []).append(record)
    return {label: max(found[label], key=place) for label in workload.lines if label in found}


def place(record):
    return record["x"], -len(validity.spoilt(record)), -(record.get("repetition") or 0)


def columns(record, row, line):
    """[(begin, end, value or None)] in the row's unit."""
    found = [(begin, end, None if value is None else value * line.factor)
             for begin, end, value in timeline_rows.columns(record, line.key)]
    return timeline_rows.joined(found, COLUMNS_DRAWN, row.join, timeline_rows.changes_s(record))


def dots(record, line):
    """[(second, value)] in the row's unit."""
    found = [(second, value * line.factor) for second, value in timeline_rows.instants(record, line.key)]
    return timeline_rows.thinned(found, COLUMNS_DRAWN)


def known(record, row):
    if row.is_instant:
        return [value for line in row.lines for _, value in dots(record, line)]
    found = [value for line in row.lines for *_, value in columns(record, row, line) if value is not None]
    return found + (offered(record)[0] if found and row is RATE else [])


def offered(record):
    """([requests a second], [second]): a value for each phase, and the edges; empty in a closed loop."""
    rated = [phase for phase in record.get("phases") or [] if phase.get("rate") is not None]
    return [phase["rate"] for phase in rated], [*(phase["begin_s"] for phase in rated), *(
        phase["end_s"] for phase in rated[-1:])]


def changes(record):
    """[(second, text)] of each change of the plan."""
    phases = record.get("phases") or []
    return [(after["begin_s"], change(before, after)) for before, after in zip(phases, phases[1:])]


def change(before, after):
    if before.get("rate") != after.get("rate") and after.get("rate") is not None:
        return variables.rate(round(after["rate"]))
    if before.get("connections") != after.get("connections"):
        return f"{after['connections']:,} connections"
    return "all reconnect"


def outcome(record):
    """Texts: how the contestant failed, and the time to recover after the last change."""
    took, served = (metrics.at(record, "recovery", key) for key in ("response_s", "all_served_s"))
    failed = [validity.failure(record)] + [validity.NOT_ALL] * (served is None and validity.is_reconnecting(record))
    texts = [f"× {text}" for text in dict.fromkeys(failed) if text]
    if not changes(record):
        return texts
    texts.append(f"recovered after {metrics.number(took)} s" if took is not None else "not recovered until the end")
    return texts + ([f"all served after {metrics.number(served)} s"] if served is not None else [])


def figure(workload, line_styles):
    """None when there is nothing to show over time."""
    found = chosen(workload) if has_changes(workload) else {}
    shown = rows(found.values())
    if not shown:
        return None
    texts = {label: [f"{workload.x_name} {record['x']:g}{how_valid(record)}", *outcome(record)]
             for label, record in found.items()}
    across = min(len(found), AT_MOST)
    blocks = math.ceil(len(found) / across)
    drawn, grid = plt.subplots(blocks * len(shown), across, figsize=(13, 1.0 + blocks * (0.5 + 1.35 * len(shown))),
                               squeeze=False, sharex=True)
    for i in range(blocks * across):
        column = grid[i // across * len(shown):(i // across + 1) * len(shown), i % across]
        if i >= len(found):
            for axes in column:
                axes.axis("off")
            continue
        label, record = list(found.items())[i]
        for axes, row in zip(column, shown):
            draw(axes, record, row, line_styles[label])
            set_scale(axes, row, [value for other in found.values() for value in known(other, row)])
            if i % across:
                axes.tick_params(labelleft=False)
            else:
                axes.set_ylabel(row.unit)
                axes.set_title(row.title, fontsize=8, fontweight="normal")
        head(column[0], label, texts[label], max(map(len, texts.values())))
        column[-1].set_xlabel("seconds")
        column[-1].tick_params(labelbottom=True)
    describe(drawn, workload, found)
    return drawn


def head(axes, label, text, lines):
    """lines: of the longest text, so that the names are at one height."""
    top = 20 + 10.5 * lines
    for words, align, gap, weight in (("\n".join(text), "top", -2, "normal"), (label, "bottom", 1, "bold")):
        axes.annotate(words, (0, 1), xytext=(0, top + gap), xycoords="axes fraction", textcoords="offset points",
                      fontsize=8.5, fontweight=weight, va=align, linespacing=1.2)


def how_valid(record):
    spoilt = validity.spoilt(record)
    return f", {caveats.lost(spoilt)}" if spoilt else ""


def draw(axes, record, row, line_style):
    for line in row.lines:
        if row.is_instant:
            draw_dots(axes, dots(record, line), line_style)
        else:
            draw_columns(axes, record, columns(record, row, line), line_style, line)
    for at, _ in changes(record):
        axes.axvline(at, color=style.INK, ls=":", lw=0.8)
    rates, edges = offered(record)
    if row is RATE and rates:
        axes.stairs(rates, edges, baseline=None, color=style.INK, ls="--", lw=1.0)
    took = metrics.at(record, "recovery", "response_s")
    if took and changes(record):
        last = changes(record)[-1][0]
        axes.axvspan(last, last + took, color=style.GREY, alpha=0.15, lw=0)
    axes.set_xlim(0, record["timeline"][-1]["t"])
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))


def draw_dots(axes, found, line_style):
    size = 4 if len(found) < MANY_DOTS else 1.6
    if found:
        axes.plot(*zip(*found), color=line_style.color, marker="o", ms=size, mew=0, ls="", clip_on=False, zorder=3)


def draw_columns(axes, record, found, line_style, line):
    """Steps. A column in which the load changes is a bar over its own time without a step to its neighbours: nothing in
    it says on which side of the change it rose."""
    at_changes = timeline_rows.changes_s(record)
    whole = [(begin, end, math.nan if value is None or timeline_rows.spans_change(begin, end, at_changes) else value)
             for begin, end, value in found]
    axes.stairs([value for *_, value in whole], [0.0, *(end for _, end, _ in whole)], baseline=None,
                color=line_style.color, ls=line.dashes, alpha=line.alpha, lw=1.4)
    for begin, end, value in found:
        if value and timeline_rows.spans_change(begin, end, at_changes):
            axes.plot((begin, end), (value, value), color=line_style.color, lw=3.5, alpha=line.alpha * FAINT,
                      solid_capstyle="butt")


def set_scale(axes, row, values):
    """One for all contestants."""
    if row is not RATE and scales.is_log(values):
        decades = math.log10(max(values) / min(values))
        axes.set(yscale="log", ylim=(min(values) / 1.5, max(values) * 1.8))
        axes.yaxis.set_major_locator(LogLocator(subs=(1,) if decades > 2.2 else (1, 3), numticks=6))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_ylim(0, max(values, default=1) * 1.2 or 1)
        axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: metrics.tick(value)))


def describe(drawn, workload, found):
    height = drawn.get_figheight()
    drawn.text(0.015, 1 - 0.12 / height, f"{workload.heading}: over time", fontsize=15, fontweight="bold", va="top")
    text = textwrap.fill(subtitle(workload, found), LINE)
    drawn.text(0.015, 1 - 0.42 / height, text, fontsize=9, va="top", linespacing=1.35)
    head = 0.62 + 0.17 * text.count("\n")  # inches
    drawn.tight_layout(rect=(0.005, 0, 1, 1 - head / height), h_pad=0.5, w_pad=0.6)


def subtitle(workload, found):
    text = [caveats.targets(workload), "one repetition of each, one scale for all"]
    lengths = sorted({timeline_rows.interval_s(record) for record in found.values()})
    text.append(f"steps: intervals of {' or '.join(f'{seconds:g}' for seconds in lengths)} s")
    if any(timeline_rows.spans_change(begin, end, timeline_rows.changes_s(record)) for record in found.values()
           for begin, end, _ in timeline_rows.columns(record, "ok")):
        text.append("pale bar: an interval in which the load changes")
    text.append("dots: read at that instant")
    plans = {tuple(changes(record)) for record in found.values()}
    if any(plans):
        text.append("dotted line: " + (", ".join(f"{words} at {at:g} s" for at, words in plans.pop())
                                       if len(plans) == 1 else "the offered rate changes"))
        text.append("shaded: time to recover")
    if any(offered(record)[0] for record in found.values()):
        text.append("dashed: offered")
    return "; ".join(text)
