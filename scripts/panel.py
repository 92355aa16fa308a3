"""One panel: one metric of one workload against x. Median line, min-max band, single repetitions as dots."""

import math

from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

import metrics
import style

LOG_FROM = 30  # a linear axis hides what differs by more than this factor
CEILING_ROOM = 1.5  # a ceiling further above the data than this is named instead of drawn


def draw(axes, workload, metric, looks):
    for name in workload.measured:
        draw_contestant(axes, workload, metric, name, looks[name])
        if metric is metrics.MEMORY:
            draw_user_part(axes, workload, name, looks[name])
    scale_y(axes, workload, metric)
    if metric is metrics.THROUGHPUT:
        draw_ceilings(axes, workload)
        mark_lower_bounds(axes, workload, looks)
    scale_x(axes, workload)
    label(axes, workload, metric)


def draw_contestant(axes, workload, metric, name, look):
    known = [(x, workload.spread(metric, name, x)) for x in workload.sizes]
    known = [(x, s) for x, s in known if s]
    if known:
        at = [x for x, _ in known]
        axes.fill_between(at, [s.low for _, s in known], [s.high for _, s in known], color=look.color, alpha=0.18, lw=0)
        axes.plot(at, [s.median for _, s in known], color=look.color, marker=look.marker, linestyle=look.linestyle,
                  ms=5, lw=1.6, zorder=3)
    dots(axes, workload.points, metric, name, color=look.color, alpha=0.35, lw=0, s=9)
    dots(axes, workload.invalid, metric, name, facecolors=style.PAPER, edgecolors=look.color, marker=look.marker,
         lw=1.1, s=30, zorder=4)


def dots(axes, groups, metric, name, **kind):
    found = [(x, metric.read(r)) for (who, x), group in groups.items() if who == name for r in group.values()]
    found = [(x, value) for x, value in found if value is not None]
    if found:
        axes.scatter(*zip(*found), **kind)


def draw_user_part(axes, workload, name, look):
    known = [(x, workload.spread(metrics.USER_MEMORY, name, x)) for x in workload.sizes]
    known = [(x, s.median) for x, s in known if s]
    if known:
        axes.plot(*zip(*known), color=look.color, linestyle=":", lw=1.1)


def drawn(workload, metric):
    """Every value the panel shows, to choose its scale."""
    found = [metric.read(record) for record in workload.records]
    if metric is metrics.MEMORY:
        found += [metrics.USER_MEMORY.read(record) for record in workload.records]
    return [value for value in found if value is not None]


def is_log(values):
    return bool(values) and min(values) > 0 and max(values) / min(values) > LOG_FROM


def scale_y(axes, workload, metric):
    values = drawn(workload, metric)
    if is_log(values):
        axes.set_yscale("log")
        decades = math.log10(max(values) / min(values))
        axes.yaxis.set_major_locator(LogLocator(subs=(1,) if decades > 2.5 else (1, 3)))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_ylim(min(values) / 1.6, max(values) * 2)
    else:
        axes.set_ylim(0, max(values, default=0) * 1.18 or 1)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: metrics.tick(value)))


def draw_ceilings(axes, workload):
    top = axes.get_ylim()[1]
    reach = max(drawn(workload, metrics.THROUGHPUT), default=0)
    for name, rates in workload.ceilings().items():
        at = sorted(rates)
        ends = at if len(at) > 1 else [at[0] / 1.5, at[0] * 1.5]  # a line needs two
        axes.plot(ends, [rates.get(x, rates[at[0]]) for x in ends], color=style.INK, linestyle="--", lw=1.1, zorder=1)
        inside = [x for x in at if rates[x] <= max(top, reach * CEILING_ROOM)]
        if inside:
            middle = inside[len(inside) // 2]
            axes.annotate(f"ceiling: {name}", (middle, rates[middle]), xytext=(-5, 5), textcoords="offset points",
                          ha="right", va="bottom", fontsize=8)


def mark_lower_bounds(axes, workload, looks):
    """Where the generator was the limit the server could do more: a little arrow says 'at least'."""
    for name in workload.measured:
        for x in workload.sizes:
            if workload.limiter(name, x) == "generator" and (seen := workload.spread(metrics.THROUGHPUT, name, x)):
                axes.annotate("↑", (x, seen.median), xytext=(0, 4), textcoords="offset points", ha="center",
                              color=looks[name].color, fontsize=9, fontweight="bold")


def scale_x(axes, workload):
    sizes = workload.sizes
    axes.set_xscale("log")
    shown = sizes if len(sizes) <= 7 else [x for x in sizes if x in (sizes[0], sizes[-1])] + sizes[2:-1:2]
    axes.set_xticks(sorted(set(shown)), [f"{x:g}" for x in sorted(set(shown))])
    axes.xaxis.set_minor_locator(NullLocator())
    if len(sizes) == 1:
        axes.set_xlim(sizes[0] / 2, sizes[0] * 2)


def label(axes, workload, metric):
    values = drawn(workload, metric)
    axes.text(0, 1.015, metric.better + (", log scale" if is_log(values) else ", from 0"), transform=axes.transAxes,
              fontsize=8, va="bottom", alpha=0.8)
    axes.set_ylabel(metric.unit)
    axes.set_xlabel("connections (log scale)")
    axes.set_title(metric.title, pad=15)
    if not values:
        axes.text(0.5, 0.5, "not measured", transform=axes.transAxes, ha="center")
    elif metric is metrics.MEMORY:
        axes.text(0.02, 0.97, "dotted: user part (PSS)", transform=axes.transAxes, va="top", fontsize=8)
