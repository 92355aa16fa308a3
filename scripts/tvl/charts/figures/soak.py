"""A soak over time: the change of memory, threads and descriptors since the server settled."""

import math

from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter, MaxNLocator

from tvl.analysis import caveats, soak_check
from tvl.charts import style
from tvl.data import metrics

AT_MOST = 6  # contestants per row
LEAST = {"rss": 1.0}  # of the vertical axis: 1 MiB, 4 threads or descriptors
LEAST_COUNT = 4


def figure(workload, line_styles):
    """None for any other workload, and without timelines."""
    if workload.name != soak_check.WORKLOAD:
        return None
    found = [one for one in soak_check.verdicts(workload) if any(judged.slope for judged in one[2])]
    if not found:
        return None
    rows = [i for i in range(len(soak_check.QUANTITIES)) if any(outcomes[i].slope for _, _, outcomes in found)]
    across = min(len(found), AT_MOST)
    down = math.ceil(len(found) / across)
    drawn, grid = plt.subplots(down * len(rows), across, figsize=(13, 0.9 + down * (0.5 + 1.7 * len(rows))),
                               squeeze=False, sharex=True)
    for axes in grid.flat:
        axes.axis("off")
    for i, (name, record, outcomes) in enumerate(found):
        column = grid[i // across * len(rows):(i // across + 1) * len(rows), i % across]
        for axes, row in zip(column, rows):
            axes.axis("on")
            draw(axes, record, outcomes[row], line_styles[soak_check.points.line_of(record).label])
            axes.set_ylim(*limits(found, row))
            if i % across:
                axes.tick_params(labelleft=False)
            else:
                quantity = soak_check.QUANTITIES[row]
                axes.set_ylabel(f"{quantity.title}\n{quantity.unit} from its level".replace("\n ", "\n"))
        column[0].annotate(name, (0, 1), xytext=(0, 20), xycoords="axes fraction", textcoords="offset points",
                           fontsize=10, fontweight="bold")
        column[-1].set_xlabel("minutes")
        column[-1].tick_params(labelbottom=True)
    height = drawn.get_figheight()
    drawn.text(0.015, 1 - 0.12 / height, f"{workload.heading}: growth over time", fontsize=15, fontweight="bold",
               va="top")
    drawn.text(0.015, 1 - 0.42 / height, f"{caveats.heading(workload)}; 0: the value when it had settled; shaded: "
               "until then; dashed: slope of memory; one scale for all", fontsize=9, va="top")
    drawn.tight_layout(rect=(0.005, 0, 1, 1 - 0.6 / height), h_pad=0.9, w_pad=0.8)
    return drawn


def differences(record, one):
    """[(minute, difference from the level)], the settling time included."""
    return [(row["t"] / 60, (row[one.quantity.key] - one.begin) * one.quantity.factor) for row in record["timeline"]
            if row.get(one.quantity.key) is not None] if one.begin is not None else []


def in_words(one):
    """leak: 844 MiB a day"""
    if one.slope is None:
        return one.outcome
    growth = metrics.number(one.slope.median * one.quantity.factor * soak_check.DAY_S)
    return f"{one.outcome}: {' '.join(text for text in (growth, one.quantity.unit) if text)} a day"


def limits(found, row):
    """From the values after settling; earlier ones may leave the panel."""
    key = soak_check.QUANTITIES[row].key
    seen = [value for _, record, outcomes in found for minute, value in differences(record, outcomes[row])
            if minute * 60 > soak_check.settling_s(record)]
    least = LEAST.get(key, LEAST_COUNT)
    return min([*seen, -least / 2]) * 1.25, max([*seen, least]) * 1.25


def draw(axes, record, one, line_style):
    known = differences(record, one)
    axes.axvspan(0, soak_check.settling_s(record) / 60, color=style.GREY, alpha=0.15, lw=0)
    if known:
        axes.plot(*zip(*known), color=line_style.color, lw=1.2, drawstyle="steps-post")
    if one.slope and not one.quantity.is_count:
        first, last = soak_check.settling_s(record) / 60, record["timeline"][-1]["t"] / 60
        level = first + (last - first) * soak_check.LEVEL_PART / 2  # where the line stands at 0
        axes.plot([first, last], [one.slope.median * 60 * one.quantity.factor * (minute - level)
                                  for minute in (first, last)], color=style.INK, ls="--", lw=1.0)
    axes.text(0.99, 0.96, in_words(one), transform=axes.transAxes, ha="right", va="top", fontsize=8.5,
              fontweight="normal" if one.outcome == soak_check.LEVEL else "bold")
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: metrics.tick(round(value, 6))))
    axes.set_xlim(0, record["timeline"][-1]["t"] / 60)
