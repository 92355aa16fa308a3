"""Memory per connection as bars, and the extrapolated memory of up to a million connections."""

from matplotlib import pyplot as plt
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from tvl.analysis import caveats, memory_per_connection
from tvl.charts import failures, style
from tvl.data import metrics

SMALLEST = 16 / metrics.MIB  # MiB per connection: the left end of the bars on the log axis
THIN = 0.36
BENDS = 24


def figure(workload, line_styles):
    """None where the chart does not ask for it, or with fewer than three sizes."""
    asked = metrics.at(workload.sample(), "chart", "panels") or ()
    found = {label: each for label in workload.measured if (each := memory_per_connection.of(workload, label))}
    if metrics.TOTAL_MEMORY.key not in asked or not found:
        return None
    failed = {label: None for label, _ in failures.of(workload)}
    rows = {label: found.get(label) for label in workload.measured if label in found or label in failed}
    drawn, (bars, more) = plt.subplots(1, 2, figsize=(13, 2.2 + max(3.2, 0.46 * len(rows))), width_ratios=(5, 6))
    draw_bars(bars, rows, line_styles)
    draw_extrapolation(more, workload, line_styles)
    marks = [(x, line_styles[label].color, failure) for (label, x), failure in failures.of(workload).items()]
    failures.draw(more, marks, at_top=True)
    name_lines(more, workload, found, line_styles)
    more.set_title("Memory of more connections, extrapolated", pad=15)
    height = drawn.get_figheight()
    drawn.text(0.015, 1 - 0.12 / height, f"{workload.heading}: memory per {memory_per_connection.COUNTED[workload.x_name]}",
               fontsize=15, fontweight="bold", va="top")
    text = subtitle(workload, found)
    drawn.text(0.015, 1 - 0.42 / height, text, fontsize=9, va="top", linespacing=1.35)
    drawn.tight_layout(rect=(0.005, 0, 1, 1 - (0.58 + 0.17 * text.count("\n")) / height), w_pad=2)
    return drawn


def subtitle(workload, found):
    levels = {f"{100 * each.user.level:.4g} %" for each in found.values() if each.user.level}
    interval = f"whiskers and bands: {' or '.join(sorted(levels))} interval over repetitions" if levels else \
        "one repetition: no interval"
    failed = "".join(f"\n×: {text}" for text in failures.texts(workload))
    return (f"{caveats.heading(workload)}; slope of the server's memory over the sizes\n{interval}; beyond the last size "
            f"nothing was measured: the dashed lines assume constant growth{failed}")


def draw_bars(axes, rows, line_styles):
    """Two bars each, user above kernel; not stacked, because lengths on a log scale do not add up. rows: {label:
    Footprint, or None of a contestant that failed}"""
    found = {label: each for label, each in rows.items() if each}
    for i, (label, each) in enumerate(rows.items()):
        if not each:
            axes.annotate("×", (0, i), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points",
                          va="center", fontsize=12, fontweight="bold", color=line_styles[label].color)
            continue
        for at, part, faint in ((i - THIN / 2, each.user, 1), (i + THIN / 2, each.kernel, 0.45)):
            axes.barh(at, max(0, part.median - SMALLEST), THIN * 0.92, left=SMALLEST, color=line_styles[label].color,
                      alpha=faint, lw=0)
            ends = max(part.low, SMALLEST), max(part.high, SMALLEST)
            if part.level:  # one repetition has no interval
                axes.plot(ends, [at, at], color=style.INK, lw=1.2)
            axes.annotate(memory_per_connection.size(part.median), (ends[1], at), xytext=(5, 0), textcoords="offset points",
                          va="center", fontsize=8)
    axes.set_xscale("log", base=2)
    top = max(max(each.user.high, each.kernel.high) for each in found.values())
    axes.set_xlim(SMALLEST, max(top * 8, 1 / 1024))
    axes.xaxis.set_major_locator(FixedLocator([16 ** power / metrics.MIB for power in range(1, 8)]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_yticks(range(len(rows)), rows)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("log scale")
    axes.set_title("User; pale: kernel (stacks, page tables)", pad=15)
    axes.text(0, 1.015, "shorter is better", transform=axes.transAxes, fontsize=8, va="bottom", alpha=0.8)


def tick(mib):
    """256 B, 4 KiB"""
    value, units = round(mib * metrics.MIB), ["B", "KiB", "MiB"]
    while value >= 1024 and len(units) > 1:
        value /= 1024
        units.pop(0)
    return f"{value:g} {units[0]}"


def draw_extrapolation(axes, workload, line_styles):
    """Measured medians, then dashed to the last extrapolated size, but not of a contestant that failed. False: no line
    has enough sizes."""
    drawn = []
    for label in workload.measured:
        known = [(x, s.median) for x in workload.sizes if x > 0 and (s := workload.spread(metrics.MEMORY, label, x))]
        if not known or memory_per_connection.of(workload, label) is None:
            continue
        line_style, last = line_styles[label], known[-1][0]
        axes.plot(*zip(*known), color=line_style.color, marker=line_style.marker, ms=4, lw=1.6)
        # A straight line is curved on a log scale, so its ends are not enough.
        beyond = [last * (memory_per_connection.ASKED[-1] / last) ** (i / BENDS) for i in range(BENDS + 1)]
        needed = [memory_per_connection.needs(workload, label, x) for x in beyond]
        axes.plot(beyond, [n.median for n in needed], color=line_style.color, ls=(0, (4, 3)), lw=1.1)
        axes.fill_between(beyond, [n.low for n in needed], [n.high for n in needed], color=line_style.color, alpha=0.18,
                          lw=0)
        drawn += [y for _, y in known] + [n.median for n in needed]
    if not drawn:
        return False
    axes.set(xscale="log", yscale="log", ylim=(max(min(drawn), 0.1) / 6, max(drawn) * 6))
    axes.yaxis.set_major_locator(FixedLocator([size * 1024 ** unit for unit in (0, 1, 2) for size in (1, 10, 100)]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: memory_per_connection.size(value)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: metrics.tick(value)))
    axes.set_xlabel(f"{memory_per_connection.COUNTED[workload.x_name]}s (log scale)")
    axes.text(0, 1.015, "lower is better, log scale", transform=axes.transAxes, fontsize=8, va="bottom", alpha=0.8)
    for x in memory_per_connection.ASKED:
        axes.axvline(x, color=style.INK, ls=":", lw=0.8)
        axes.annotate(f"{metrics.tick(x)}: extrapolated", (x, 0), xycoords=("data", "axes fraction"), xytext=(-3, 3),
                      textcoords="offset points", fontsize=7.5, rotation=90, ha="right", va="bottom", zorder=4,
                      bbox={"facecolor": style.PAPER, "alpha": 0.75, "edgecolor": "none", "pad": 0.5})
    return True


def name_lines(axes, workload, found, line_styles):
    """Writes the memory at the highest extrapolated connection count beside the ends of the lines."""
    most = memory_per_connection.ASKED[-1]
    free = float("-inf")
    for label in sorted(found, key=lambda label: memory_per_connection.needs(workload, label, most).median):
        needed = memory_per_connection.needs(workload, label, most)
        pixel = axes.transData.transform((most, needed.median))[1]
        free = max(pixel, free + 11 * axes.figure.dpi / 72)
        span = f" ({memory_per_connection.size(needed.low)} to {memory_per_connection.size(needed.high)})" if needed.level else ""
        axes.annotate(f"{label}: {memory_per_connection.size(needed.median)}{span}", (most, needed.median),
                      xytext=(8, (free - pixel) * 72 / axes.figure.dpi), textcoords="offset points", fontsize=8,
                      va="center", color=line_styles[label].color, annotation_clip=False)
