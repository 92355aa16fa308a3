"""The winner matrix (analysis/winner_matrix.py) as a heat map: the hue is the leader's family, darker for a larger lead;
grey is the same, an outline is not told apart, without either there is nothing to compare. Every cell has its content
as text too."""

import math
import textwrap

from matplotlib import pyplot as plt
from matplotlib.patches import Rectangle

from tvl.analysis import ratios, winner_matrix
from tvl.charts import style
from tvl.data import models

DARKEST = 8  # a lead of this factor or more
INCH = 0.3  # height of a row
LINE = 165  # characters per line of the legend
NAMED = 4  # contestants of a kind of failure in it


def colour(cell, hue):
    """The hue mixed with paper, by the logarithm of the lead."""
    if cell.lead is None:
        return "none"
    if cell.line is None:
        return mix(style.GREY, 0.25)
    return mix(hue, 0.25 + 0.75 * min(1.0, math.log(cell.lead) / math.log(DARKEST)))


def is_undecided(cell):
    return cell.lead is None and cell.why == winner_matrix.UNDECIDED


def text(cell):
    return cell.text.replace(winner_matrix.UNDECIDED, ratios.UNDECIDED) if is_undecided(cell) else cell.text


def mix(colour, share):
    parts = [share * int(colour[i:i + 2], 16) + (1 - share) * 254 for i in (1, 3, 5)]
    return "#" + "".join(f"{round(part):02x}" for part in parts)


def ink(fill):
    """Black or white, by contrast (WCAG's relative luminance)."""
    if fill == "none":
        return style.INK
    parts = [int(fill[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    luminance = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear))
    return "#ffffff" if luminance < 0.18 else "#000000"


def figure(workloads, machine):
    """None when no row has anything to compare."""
    shown = [found for found in winner_matrix.rows(workloads) if any(cell.lead is not None for cell in found.cells)]
    if not shown:
        return None
    hues = style.family_hues(workloads)
    said = f"{legend(shown)}\n{machine}"
    head, foot, wide = 0.75, 0.165 * (said.count("\n") + 1) + 0.2, max(len(found.name) for found in shown) * 0.075 + 0.2
    height = head + foot + INCH * len(shown)
    drawn = plt.figure(figsize=(wide + 1.3 * len(winner_matrix.COLUMNS) + 0.1, height))
    axes = drawn.add_axes((wide / drawn.get_figwidth(), foot / height, 1 - (wide + 0.1) / drawn.get_figwidth(),
                           INCH * len(shown) / height))
    for i, found in enumerate(shown):
        for j, one in enumerate(found.cells):
            fill, undecided = colour(one, one.line and hues[models.family(one.line)]), is_undecided(one)
            axes.add_patch(Rectangle((j + 0.02, i + 0.04), 0.96, 0.92, facecolor=fill, ls=":", lw=1.0,
                                     edgecolor=style.GREY if undecided else "none"))
            axes.text(j + 0.5, i + 0.52, text(one), ha="center", va="center", fontsize=8, color=ink(fill),
                      alpha=0.75 if undecided else 1)
    axes.set(xlim=(0, len(winner_matrix.COLUMNS)), ylim=(len(shown), 0))
    axes.set_yticks([i + 0.5 for i in range(len(shown))], [found.name for found in shown], fontsize=8)
    axes.set_xticks([j + 0.5 for j in range(len(winner_matrix.COLUMNS))], [metric.column for metric in winner_matrix.COLUMNS])
    axes.tick_params(length=0, labeltop=True, labelbottom=False)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    left = 0.1 / drawn.get_figwidth()
    drawn.text(left, 1 - 0.12 / height, "Best model per workload and metric", fontsize=13, fontweight="bold", va="top")
    drawn.text(left, 0.1 / height, said, fontsize=8, va="bottom",
               linespacing=1.4)
    return drawn


def legend(shown):
    """The meaning of the texts and marks that occur in it."""
    cells = [one for found in shown for one in found.cells]
    lines = ["Model of the best contestant, and the factor by which it is better than the best of any other model; the "
             "darker, the larger.",
             "same: the whole interval of their ratio lies within the margin (5 %, p50 10 %, p99 25 %). Empty: nothing "
             "to compare, or another was not at its own limit."]
    named_itself = any(one.line and one.line.model not in models.KNOWN for one in cells)
    lines += ["A contestant without a known model has its own name; without any it competes with all."] * named_itself
    lines += ["≥: at least, because it was not at its own limit."] * any(one.at_least for one in cells)
    why = {winner_matrix.UNDECIDED: f"{ratios.UNDECIDED}: a difference is as possible as none.",
           winner_matrix.OTHER_RATE: "other rates: each was offered a share of its own knee.",
           ratios.ONE_PAIR: "1 pair: it has no interval."}
    lines += [said for mark, said in why.items() if any(one.lead is None and one.why == mark for one in cells)]
    if failed := how_failed(shown):
        lines.append(f"×: a contestant there is out of the comparison. {'; '.join(failed)}.")
    return "\n".join(textwrap.fill(line, LINE, subsequent_indent="  ") for line in lines)


def how_failed(shown):
    """["missed the rate: asio_pool, asio_threads", ...]"""
    said = {}
    for found in shown:
        for label, why in found.how_failed.items():
            said.setdefault(why, {})[label] = None
    return [f"{why}: {named(list(labels))}" for why, labels in said.items()]


def named(labels):
    return ", ".join(labels[:NAMED]) + (f" and {len(labels) - NAMED} more" if len(labels) > NAMED else "")
