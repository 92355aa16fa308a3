"""Hockey-stick chart: response time against the offered rate, the SLO, and the knee of each contestant."""

import math
import re
from typing import NamedTuple

from matplotlib import pyplot as plt
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from tvl.analysis import caveats
from tvl.charts import failures, style
from tvl.charts.figures import legends
from tvl.data import metrics
from tvl.data.workload import spread

AT_KNEE = 100  # percent
TICK = 16  # points, of a repetition's knee


class Seen(NamedTuple):
    """Of one contestant at one share of its knee; rates in requests per second, times in ms."""

    rate: float  # median offered
    p99: object  # Spread, or None
    single: tuple  # (rate, ms) of each repetition
    spoilt: tuple


def knees(workload):
    """{label: [requests per second] of the repetitions' knees, ascending}; a knee that several repetitions share,
    because it was searched once, is there once."""
    found = {}
    for label in workload.measured:
        seen = [record for x in workload.sizes for record in workload.repetitions(label, x)]
        if rates := {metrics.at(record, "knee", "rate") for record in seen} - {None}:
            found[label] = sorted(rates)
    return found


def objective(workload):
    """("p99=10ms", milliseconds); ("", None) when it is unknown or of another form."""
    said = next((text for record in workload.records if (text := metrics.at(record, "knee", "slo"))), "")
    found = re.fullmatch(r"p99=(\d+(?:\.\d+)?)(us|ms|s)", said)
    return said, float(found[1]) * {"us": 1e-3, "ms": 1, "s": 1e3}[found[2]] if found else None


def stick(workload, label):
    """{percent: Seen}"""
    found = {}
    for x in workload.sizes:
        mine = workload.repetitions(label, x)
        rate = spread(map(offered, mine))
        if rate:
            holding = workload.holding(metrics.P99, label, x).values()
            found[x] = Seen(rate.median, workload.spread(metrics.P99, label, x), points_of(holding),
                            points_of(record for record in mine if not any(record is other for other in holding)))
    return found


def offered(record):
    rate = metrics.at(record, "plan", "rate")
    knee, share = metrics.at(record, "knee", "rate"), record["x"] / AT_KNEE
    return rate if rate is not None else knee and knee * share


def points_of(records):
    found = [(offered(record), metrics.P99.read(record)) for record in records]
    return tuple((rate, ms) for rate, ms in found if rate is not None and ms is not None)


def figure(workload, line_styles):
    """None when the points are not at shares of a knee."""
    found = knees(workload)
    if not found or workload.x_name != "percent_of_knee":
        return None
    drawn, axes = plt.subplots(figsize=(13, 5.4))
    sticks = {label: stick(workload, label) for label in found}
    heights = [ms for label, seen in sticks.items() for ms in draw_line(axes, seen, line_styles[label])]
    said, limit = objective(workload)
    if limit:
        axes.axhline(limit, color=style.INK, ls="--", lw=1.1)
        axes.annotate(f"limit: {said}", (0, limit), xycoords=("axes fraction", "data"), xytext=(4, 3),
                      textcoords="offset points", fontsize=8)
        heights.append(limit)
    rates = [one.rate for seen in sticks.values() for one in seen.values()] + [rates[-1] for rates in found.values()]
    set_scale(axes, heights, max(rates))
    for label, rates in found.items():
        draw_knees(axes, rates, limit, line_styles[label].color)
    failures.draw(axes, [(sticks[label][x].rate, line_styles[label].color, failure)
                         for (label, x), failure in failures.of(workload).items() if x in sticks.get(label, ())], True)
    describe(drawn, workload, said, legend(workload, found, sticks, line_styles))
    return drawn


def draw_line(axes, seen, line_style):
    """Median line, min-max band and each repetition at the rate that it was offered. Returns the heights."""
    known = [(one.rate, one.p99) for one in seen.values() if one.p99]
    if known:
        rates, spreads = zip(*known)
        at_once = [one.n > 1 for one in spreads]  # of one repetition there is no band
        axes.fill_between(rates, [one.low for one in spreads], [one.high for one in spreads], where=at_once,
                          color=line_style.color, alpha=0.15, lw=0)
        axes.plot(rates, [one.median for one in spreads], **line_style._asdict(), ms=5.5, lw=1.6, zorder=3)
    for points, kind in (([point for one in seen.values() for point in one.single],
                          {"color": line_style.color, "alpha": 0.4, "lw": 0, "s": 10}),
                         ([point for one in seen.values() for point in one.spoilt],
                          {"facecolors": style.PAPER, "edgecolors": line_style.color, "lw": 0.9, "s": 15,
                           "zorder": 4})):
        if points:
            axes.scatter(*zip(*points), **kind)
    return [ms for one in seen.values() for _, ms in one.single + one.spoilt]


def draw_knees(axes, rates, limit, colour):
    """A tick for each knee on the limit, and their range; without a known limit at half the height."""
    place = {} if limit else {"transform": axes.get_xaxis_transform()}
    axes.plot(rates, [limit or 0.5] * len(rates), ls="", marker="|", ms=TICK, mew=2, color=colour, zorder=5, **place)
    if len(rates) > 1:
        axes.axvspan(rates[0], rates[-1], color=colour, alpha=0.08, lw=0)
    else:
        axes.axvline(rates[0], color=colour, ls=":", lw=1.0)


def set_scale(axes, heights, highest_rate):
    low, high = min(heights, default=1) / 1.6, max(heights, default=1) * 3
    decades = math.log10(high / low)
    axes.set(yscale="log", ylim=(low, high), xlim=(0, 1.05 * highest_rate))
    axes.yaxis.set_major_locator(LogLocator(subs=(1,) if decades > 4 else (1, 3), numticks=12))
    axes.yaxis.set_minor_formatter(NullFormatter())
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: metrics.tick(value)))
    axes.set(xlabel="requests/s offered", ylabel="p99 response time, ms (log scale)")


def legend(workload, found, sticks, line_styles):
    entries = [(Line2D([], [], ms=5, lw=1.6, **line_styles[label]._asdict()),
                f"{label}: {in_words(rates, sticks[label].get(AT_KNEE))}") for label, rates in found.items()]
    entries.append((Line2D([], [], color=style.INK, marker="|", ms=11, mew=2, ls=""), "knee of a repetition"))
    if any(one.spoilt for seen in sticks.values() for one in seen.values()):
        entries.append(legends.hollow())
    return entries + failures.entries(workload)


def in_words(rates, at_knee):
    """knees 118k to 131k/s over the repetitions; p99 at them 1.8 to 80 ms"""
    said = f"knees {metrics.number(rates[0])} to {metrics.number(rates[-1])}/s over the repetitions" \
        if len(rates) > 1 else f"knee {metrics.number(rates[0])}/s, one for all repetitions"
    times = [ms for _, ms in at_knee.single + at_knee.spoilt] if at_knee else []
    if not times:
        return said
    low, high = metrics.number(min(times)), metrics.number(max(times))
    return f"{said}; p99 there {low}" + (f" to {high} ms" if len(times) > 1 else " ms")


def describe(drawn, workload, said, entries):
    top = 0.72
    top += legends.insert(drawn, entries, 90, top)
    height = drawn.get_figheight()
    drawn.text(0.015, 1 - 0.12 / height, f"{workload.heading}: response time against the offered rate", fontsize=15,
               fontweight="bold", va="top")
    drawn.text(0.015, 1 - 0.42 / height, f"{caveats.heading(workload)}; line: median, band: min to max, dots: single "
               f"repetitions; knee: the highest rate that met {said or 'its limit'} when it was searched", fontsize=9,
               va="top")
    drawn.tight_layout(rect=(0.005, 0, 1, 1 - top / height))
