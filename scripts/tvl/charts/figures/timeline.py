"""Timeline: a run second by second, one column per contestant; its rows are response time, rate, CPU, memory, threads
and descriptors. For workloads whose plan changes inside the window, and for soaks."""

import math
import statistics
import textwrap
from typing import Callable, NamedTuple

from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from tvl.analysis import caveats
from tvl.charts import scales, style
from tvl.data import metrics, points, records, validity, variables

AT_MOST = 7  # contestants per row
COLUMNS_DRAWN = 200  # of a timeline, at most
FAINT = 0.45
LINE = 165  # characters per line of the subtitle


class Line(NamedTuple):
    key: str  # of the rows of the timeline
    dashes: str = "-"
    alpha: float = 1.0
    factor: float = 1.0
    is_count: bool = False  # of what happened in that row's time

    def read(self, row, seconds):
        value = row.get(self.key)
        if value is None or (self.is_count and seconds <= 0):
            return None
        return value / seconds if self.is_count else value * self.factor


class Row(NamedTuple):
    title: str
    unit: str
    lines: tuple
    join: Callable = max  # of neighbours, above COLUMNS_DRAWN: max keeps every peak


LATENCY = Row("Response time: p99, faint: median", "ms", (Line("p99", factor=1e-3), Line("p50", "-", FAINT, 1e-3)))
RATE = Row("Good replies, dotted: errors", "per second",
           (Line("ok", is_count=True), Line("errors", ":", is_count=True)), statistics.fmean)
ROWS = (LATENCY, RATE, Row("Server CPU", "cores", (Line("server_cpu"),), statistics.fmean),
        Row("Server memory (RSS)", "MiB", (Line("rss", factor=1 / metrics.MIB),)),
        Row("Server threads", "threads", (Line("threads"),)),
        Row("Server descriptors", "descriptors", (Line("descriptors"),)))


def has_changes(workload):
    """A constant load would show level lines."""
    return "phases" in (metrics.at(workload.sample(), "chart", "panels") or ()) or any(
        len(record.get("phases") or []) > 1 for record in workload.records)


def chosen(workload):
    """{line's label: record} in chart order: a valid one before an invalid one, then the highest x, then the first
    repetition."""
    found = {}
    for record in workload.records:
        if record.get("timeline"):
            found.setdefault(points.line_of(record).label, []).append(record)
    return {label: max(found[label], key=place) for label in workload.lines if label in found}


def place(record):
    return records.is_valid(record), record["x"], -(record.get("repetition") or 0)


def columns(record, row, line):
    """([second], [number or NaN]): the edges of the columns, and their values."""
    edges, values = [0.0], []
    for entry in record["timeline"]:
        values.append(line.read(entry, entry["t"] - edges[-1]))
        edges.append(entry["t"])
    step = math.ceil(len(values) / COLUMNS_DRAWN)
    parts = ([v for v in values[i:i + step] if v is not None] for i in range(0, len(values), step))
    return [*edges[:-1:step], edges[-1]], [row.join(part) if part else math.nan for part in parts]


def known(record, row):
    found = [v for line in row.lines for v in columns(record, row, line)[1] if not math.isnan(v)]
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


def recovered(record):
    """Texts about the time to recover after the last change; [] without changes."""
    if not changes(record):
        return []
    took, served = (metrics.at(record, "recovery", key) for key in ("response_s", "all_served_s"))
    texts = [f"recovered after {metrics.number(took)} s" if took is not None else "not recovered until the end"]
    if served is not None:
        texts.append(f"all served after {metrics.number(served)} s")
    elif validity.is_reconnecting(record):
        texts.append("not all served until the end")
    return texts


def figure(workload, line_styles):
    """None when there is nothing to show over time."""
    found = chosen(workload) if has_changes(workload) else {}
    rows = [row for row in ROWS if any(known(record, row) for record in found.values())]
    if not rows:
        return None
    across = min(len(found), AT_MOST)
    blocks = math.ceil(len(found) / across)
    drawn, grid = plt.subplots(blocks * len(rows), across, figsize=(13, 1.0 + blocks * (0.5 + 1.35 * len(rows))),
                               squeeze=False, sharex=True)
    for i in range(blocks * across):
        column = grid[i // across * len(rows):(i // across + 1) * len(rows), i % across]
        if i >= len(found):
            for axes in column:
                axes.axis("off")
            continue
        label, record = list(found.items())[i]
        for axes, row in zip(column, rows):
            draw(axes, record, row, line_styles[label])
            set_scale(axes, row, [value for other in found.values() for value in known(other, row)])
            if i % across:
                axes.tick_params(labelleft=False)
            else:
                axes.set_ylabel(row.unit)
                axes.set_title(row.title, fontsize=8, fontweight="normal")
        head(column[0], workload, record, label)
        column[-1].set_xlabel("seconds")
        column[-1].tick_params(labelbottom=True)
    describe(drawn, workload, found)
    return drawn


def head(axes, workload, record, label):
    how = "" if records.is_valid(record) else ", invalid"
    text = [f"{workload.x_name} {record['x']:g}{how}", *recovered(record)]
    for words, above, weight in (("\n".join(text), 19, "normal"), (label, 20 + 10.5 * len(text), "bold")):
        axes.annotate(words, (0, 1), xytext=(0, above), xycoords="axes fraction", textcoords="offset points",
                      fontsize=8.5, fontweight=weight, va="bottom", linespacing=1.2)


def draw(axes, record, row, line_style):
    for line in row.lines:
        edges, values = columns(record, row, line)
        axes.stairs(values, edges, baseline=None, color=line_style.color, ls=line.dashes, alpha=line.alpha, lw=1.4)
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


def set_scale(axes, row, values):
    """One for all contestants."""
    if row is not RATE and scales.is_log(values):
        axes.set(yscale="log", ylim=(min(values) / 1.5, max(values) * 1.8))
        axes.yaxis.set_major_locator(LogLocator(numticks=5))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_ylim(0, max(values, default=1) * 1.2 or 1)
        axes.yaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: metrics.tick(value)))


def describe(drawn, workload, found):
    height = drawn.get_figheight()
    drawn.text(0.015, 1 - 0.12 / height, f"{workload.heading}: second by second", fontsize=15, fontweight="bold",
               va="top")
    text = textwrap.fill(subtitle(workload, found), LINE)
    drawn.text(0.015, 1 - 0.42 / height, text, fontsize=9, va="top", linespacing=1.35)
    head = 0.62 + 0.17 * text.count("\n")  # inches
    drawn.tight_layout(rect=(0.005, 0, 1, 1 - head / height), h_pad=0.5, w_pad=0.6)


def subtitle(workload, found):
    text = [caveats.targets(workload), "one repetition of each, one scale for all"]
    plans = {tuple(changes(record)) for record in found.values()}
    if any(plans):
        text.append("dotted line: " + (", ".join(f"{words} at {at:g} s" for at, words in plans.pop())
                                       if len(plans) == 1 else "the offered rate changes"))
        text.append("shaded: time to recover")
    if any(offered(record)[0] for record in found.values()):
        text.append("dashed: offered")
    return "; ".join(text)
