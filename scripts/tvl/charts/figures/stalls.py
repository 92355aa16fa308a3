"""Stalls over time: the longest response time of foreground requests in each interval, one small panel per contestant
and per kind of interfering requests."""

import math
import re

from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from tvl.analysis import caveats
from tvl.charts import style
from tvl.data import metrics, points, validity, variables

COLUMNS_DRAWN = 400  # of a trace, at most
UNITS_MS = {"block": 1, "offload": 1, "cpu": 1e-3, "cpu-offload": 1e-3}  # of the number in these endpoints' paths


def chosen(workload):
    """{(contestant, beside): record} in chart order: the first repetition at the highest percent; if x is another
    variable, at the highest of both."""
    found = {}
    for record in workload.records:
        if metrics.at(record, "trace", "max_us"):
            found.setdefault((record["contestant"], metrics.at(record, "variables", "beside")), []).append(record)
    order = [line.contestant for line in workload.lines.values()]
    return {key: max(found[key], key=place) for key in sorted(found, key=lambda key: order.index(key[0]))}


def place(record):
    return metrics.at(record, "variables", "percent") or 0, record["x"], -(record.get("repetition") or 0)


def columns(record):
    """[(end of the column in seconds, ms or None)]. Neighbours are joined by their maximum, so no stall is lost."""
    values, interval = record["trace"]["max_us"], record["trace"]["interval_s"]
    step = math.ceil(len(values) / COLUMNS_DRAWN)
    joined = []
    for i in range(0, len(values), step):
        known = [value for value in values[i:i + step] if value is not None]
        joined.append((min(i + step, len(values)) * interval, max(known) / 1000 if known else None))
    return joined


def block_ms(record):
    """Duration of an interfering request, from its path: /block/100; None when the path is of another form."""
    mixed = record.get("targets") or []
    found = re.fullmatch(r"/([a-z-]+)/(\d+(?:\.\d+)?)", (mixed[1].get("path") or "") if len(mixed) > 1 else "")
    return float(found[2]) * UNITS_MS[found[1]] if found and found[1] in UNITS_MS else None


def figure(workload, line_styles):
    """None when no point has a trace."""
    found = chosen(workload)
    if not found:
        return None
    cells, (drawn, grid) = placed(found)
    scale = limits(found.values())
    for key, axes in cells.items():
        draw(axes, workload, found[key], line_styles, scale)
    for row in grid:
        for axes in [axes for axes in row if axes.axison][:1]:
            axes.set_ylabel("ms (log scale)")
    for column in grid.T:
        for axes in [axes for axes in column if axes.axison][-1:]:
            axes.set_xlabel("seconds since the window began")
    height = drawn.get_figheight()
    drawn.text(0.015, 1 - 0.12 / height, f"{workload.heading}: longest wait of foreground requests over time",
               fontsize=15, fontweight="bold", va="top")
    drawn.text(0.015, 1 - 0.42 / height, subtitle(workload, found), fontsize=9, va="top")
    drawn.tight_layout(rect=(0.005, 0, 1, 1 - 0.65 / height), h_pad=1.2, w_pad=1.2)
    return drawn


def placed(found):
    """({key: axes}, (figure, grid)): the panels of one contestant are side by side."""
    contestants = list(dict.fromkeys(contestant for contestant, _ in found))
    besides = sorted({beside for _, beside in found}, key=str)
    across = min(len(contestants), max(1, 4 // len(besides))) * len(besides)
    down = math.ceil(len(contestants) * len(besides) / across)
    drawn, grid = plt.subplots(down, across, figsize=(13, 0.9 + 1.8 * down), squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    cells = {}
    for key in found:
        cells[key] = grid.flat[contestants.index(key[0]) * len(besides) + besides.index(key[1])]
        cells[key].axis("on")
    return cells, (drawn, grid)


def limits(shown):
    """One scale for all, with room for a note above."""
    seen = [ms for record in shown for _, ms in columns(record) if ms]
    seen += [ms for ms in map(block_ms, shown) if ms]
    return min(seen, default=1) / 1.6, max(seen, default=1) * 4


def draw(axes, workload, record, line_styles, scale):
    line, found = points.line_of(record), columns(record)
    axes.stairs([math.nan if ms is None else ms for _, ms in found], [0, *(end for end, _ in found)],
                baseline=scale[0], fill=True, color=line_styles[line.label].color, lw=0)
    axes.set(yscale="log", ylim=scale, xlim=(0, found[-1][0]))
    axes.yaxis.set_major_locator(LogLocator(numticks=5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: metrics.tick(value)))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_title(", ".join(text for text in (line.contestant, variables.words(line.series)) if text))
    if takes := block_ms(record):
        axes.axhline(takes, color=style.INK, ls="--", lw=1.0)
    how = "" if validity.holds(record, metrics.P99) else ", invalid"
    failed = f", × {failure}" if (failure := validity.failure(record)) else ""
    axes.text(0.99, 0.97, f"{workload.x_name} {record['x']:g}{how}{failed}", transform=axes.transAxes, ha="right",
              va="top", fontsize=7.5)


def subtitle(workload, found):
    width = max(columns(record)[0][0] for record in found.values())
    text = (f"{caveats.targets(workload)}; first repetition; each column: the longest response time of foreground "
            f"requests due in those {1000 * width:g} ms")
    dashed = any(map(block_ms, found.values()))
    return text + ("; dashed: how long an interfering request takes" if dashed else "")
