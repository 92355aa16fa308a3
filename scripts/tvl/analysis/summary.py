"""A workload as rows of numbers: medians of the repetitions in which they hold, each with its ratio to the baseline."""

from collections import Counter
from typing import NamedTuple, Optional

from tvl.analysis import caveats, dropped_figures, memory_per_connection, ranking, ratios
from tvl.data import metrics, validity
from tvl.data.metrics import number
from tvl.data.workload import Spread
from tvl.stats import intervals


class Cell(NamedTuple):
    metric: metrics.Metric
    value: Optional[Spread]
    ratio: Optional[intervals.Interval]
    verdict: str  # of ratios.verdict
    at_least: bool = False
    why: str = ""  # there is no ratio

    @property
    def ratio_text(self):
        """With its interval, or the reason why there is none."""
        if self.ratio is None:
            return self.why
        return ratios.text_with_bounds(self.metric, self.ratio)


class Row(NamedTuple):
    """Either numbers, or the reason for their absence."""

    x: Optional[float]  # None: at every x
    label: str
    cells: tuple = ()
    limiter: str = ""
    rank: Optional[int] = None
    left_out: str = ""  # status: reason


def columns(workload):
    """The metrics that at least one point has."""
    asked = metrics.at(workload.sample(), "chart", "panels") or ()
    offered = [*metrics.COLUMNS, *(m for m in metrics.ASKED_COLUMNS if m.key in asked)]
    return [m for m in offered if any(m.read(record) is not None for record in workload.records)]


def head(workload, metric):
    """The heading of a column."""
    return ("foreground " if workload.is_mixed and metric in metrics.RESPONSES else "") + \
        metrics.worded(metric, workload.sample()).column


def x_head(workload):
    return "conns" if workload.x_name == "connections" else workload.x_name


def is_ranked(workload):
    """Ranks are by CPU per request, which a room does not have."""
    return workload.rate is not None and not (workload.sample() or {}).get("room")


def rows(workload):
    found = []
    for x in sorted({*workload.sizes, *(x for _, x in workload.limits)}):
        ranks = ranking.ranks(workload, x) if is_ranked(workload) else {}
        found += [Row(x, label, [cell(workload, metric, label, x) for metric in columns(workload)],
                      limiter(workload, label, x), ranks.get(label))
                  for label in ranking.order(workload, x)
                  if (label, x) in workload.points or (label, x) in workload.invalid]
        found += [Row(x, label, left_out=f"limit: {reason.text}")
                  for (label, at), reason in workload.limits.items() if at == x]
    return found + [Row(None, name, left_out=": ".join(why)) for name, why in workload.left_out.items()]


def cell(workload, metric, label, x):
    """A lower bound has no ratio, and neither has a ratio to a lower bound."""
    bounded = ratios.lower_bounds(workload, metric, x, label, workload.baseline_of(label))
    found = ratios.Compared(None) if bounded or metric.better is None else ratios.compared(workload, metric, label, x)
    return Cell(metric, workload.spread(metric, label, x), found.ratio, ratios.verdict(metric, found.ratio),
                workload.is_lower_bound(metric, label, x), found.why)


def limiter(workload, label, x):
    """none (1 invalid, response times of 2 spoilt); missed the rate (3 of 5)"""
    failed, lost = workload.failed(label, x), Counter()
    for record in workload.points.get((label, x), {}).values():
        lost[validity.words(validity.spoilt(record))] += 1
    said = [f"{n} invalid" for n in [len(workload.invalid.get((label, x), {}))] if n]
    said += [f"{groups} of {n} spoilt" for groups, n in lost.items() if groups]
    text = workload.limiter(label, x)
    text = "invalid" if text is None else text + (f" ({', '.join(said)})" if said else "")
    return text + (f"; {failed.text} ({failed.count} of {failed.of})" if failed else "")


def value_text(entry):
    return ("≥ " if entry.at_least else "") + number(entry.value.median if entry.value else None)


NOTATION = ("`~`: the same, the whole interval lies within the margin (5 %; p50 10 %; p99 and other tails 25 %). `?`: "
            "not told apart, the interval contains 1 and reaches beyond the margin.")
MEANING = NOTATION.replace("`", "") + (" A single pair has no interval. A contestant that failed has no ratio and no "
                                       "rank, nor have repetitions that disagree.")


def legend(workloads):
    """Explains the numbers in the tables of these workloads."""
    measured = [workload for workload in workloads if workload.records]
    bases = dict.fromkeys(base_words(w) for w in measured)
    sure = levels(measured)
    text = ("Values are medians over the repetitions in which they hold. "
            f"Ratios are to {' or '.join(bases) or 'the first contestant'}: median of the ratios of each "
            f"repetition{f', with an interval ({sure})' if sure else ''}. {MEANING}")
    if any(map(is_ranked, measured)):
        text += (" Rank: by CPU per request at the same offered rate, 1 + the number of contestants that are certainly "
                 "cheaper; none for a contestant that failed.")
    return text


def base_words(workload):
    if not workload.series_name:
        return workload.baseline
    asked = workload.asked_baseline
    return (f"{asked if asked in {line.contestant for line in workload.lines.values()} else 'the first contestant'} "
            f"with the same {workload.series_name}")


def levels(workloads):
    """Confidence levels of the intervals, which depend only on the repetitions: 93.75 % at 5 repetitions"""
    seen = {len(group) for workload in workloads for group in workload.points.values()} - {0}
    said = [f"{ratios.level(intervals.median_interval(range(n)).level)} at {n} repetitions" for n in sorted(seen - {1})]
    return ", ".join(said + ["none at 1 repetition"] * (1 in seen))


def of_ceiling(workload):
    """asio_loop: 98.7 % at 1000, one line per contestant and ceiling."""
    lines = []
    for label in workload.measured:
        for name, rates in workload.ceilings(label).items():
            shares = [(x, workload.spread(metrics.THROUGHPUT, label, x)) for x in sorted(rates)]
            said = [f"{100 * s.median / rates[x]:.1f} % at {x:g}" for x, s in shares if s and rates[x]]
            if said:
                lines.append(f"{label}, share of the ceiling {name}: {', '.join(said)}")
    return lines


def per_connection(workload):
    """Memory per connection as a slope over all sizes, user and kernel separately."""
    lines = []
    for label in workload.measured:
        if each := memory_per_connection.of(workload, label):
            lines.append(f"{label}, memory per {memory_per_connection.COUNTED[workload.x_name]} (slope over {len(workload.sizes)} "
                         f"sizes): {kib(each.user)} KiB user + {kib(each.kernel)} KiB kernel"
                         f"{memory_per_connection.extrapolated(workload, label)}")
    return lines


def kib(slope):
    """Of an Interval in MiB: 1.02 (0.98 to 1.05); of one repetition 1.02"""
    low, median, high = (number(1024 * value) for value in (slope.low, slope.median, slope.high))
    return f"{median} ({low} to {high})" if slope.level else median


def scaling(workload):
    """Universal scalability law (Gunther), where throughput is swept over connections."""
    lines = []
    for label in workload.measured if workload.x_name == "connections" and workload.rate is None else ():
        sweeps = workload.by_repetition(metrics.THROUGHPUT, label).values()
        try:
            found = intervals.scaling([[(x, rate) for x, rate in sweep if not workload.bounded_by(label, x)]
                                       for sweep in sweeps])
        except ImportError as error:
            return [f"universal scalability law: not fitted: {error}: run scripts/setup"]
        if found and found.fits:
            peak = f"highest at {found.law.peak:.0f} connections" if found.law.peak else "no peak"
            peak += ", beyond what was measured" if (found.law.peak or 0) > workload.sizes[-1] else ""
            low, high = (number(100 * share) for share in (found.contention.low, found.contention.high))
            waits = f"{number(100 * found.law.contention)} % of the work is serialised" + (
                f" ({low} to {high} %)" if found.contention.level else "")
            lines.append(f"{label}, universal scalability law: {waits}, {peak}; "
                         f"off by at most {100 * found.worst:.0f} %")
        elif found:
            lines.append(f"{label}: the universal scalability law does not fit, it is up to {100 * found.worst:.0f} % "
                         "off")
    return lines


def without_ratio(workload):
    """asio_loop at 25, 75: no ratio of p50 ms, p99 ms: offered different rates. A failure has a caveat instead."""
    seen = {}
    for label in workload.measured:
        for x in workload.sizes:
            found = {}
            for one in (cell(workload, metric, label, x) for metric in columns(workload)):
                if one.why in (ratios.DISAGREE, ratios.OTHER_RATE):
                    found.setdefault(one.why, []).append(head(workload, one.metric))
            for why, heads in found.items():
                seen.setdefault((label, why, ", ".join(heads)), []).append(f"{x:g}")
    return caveats.merged((f"{label} at {', '.join(where)}", f": no ratio of {heads}: {why}")
                          for (label, why, heads), where in seen.items())


def alone(workload):
    """Caveats of a run with one contestant or one repetition."""
    lines = []
    if len(workload.measured) == 1:
        lines.append(f"only {workload.measured[0]} was measured: there is nothing to compare it with")
    elif workload.points and all(len(group) == 1 for group in workload.points.values()):
        lines.append("one repetition: chance may be behind any difference")
    return lines


def outliers(workload):
    """Of throughput, p99 and CPU; a line per contestant and metric."""
    lines = []
    for label in workload.measured:
        for metric in (metrics.THROUGHPUT, metrics.P99, metrics.CPU):
            said = []
            for x in workload.sizes:
                values = workload.values(metric, label, x)
                middle = number(workload.spread(metric, label, x).median) if values else ""
                said += [f"{number(values[i])} at {x:g} (median {middle})" for i in intervals.outliers(values)]
            if said:
                lines.append(f"{label}, {head(workload, metric)} far from the other repetitions, and not left out: "
                             f"{', '.join(said)}")
    return lines


def facts(workload):
    """Facts about the whole sweep, a line each."""
    return (alone(workload) + of_ceiling(workload) + per_connection(workload) + scaling(workload) + outliers(workload)
            + without_ratio(workload) + dropped_figures.dropped(workload))


def matrices(workload):
    """Where x and series are both swept, a small table per contestant of throughput (with interfering requests: p99):
    {title: [["processes \\ threads", "1", "4"], ["1", "20.0", "80.0"], ...]}"""
    found = {}
    metric = metrics.P99 if workload.is_mixed else metrics.THROUGHPUT
    for label in workload.measured:
        line = workload.lines[label]
        if line.series:
            title = f"{line.contestant}, {head(workload, metric)} at {workload.series_name} x {workload.x_name}"
            heads = [f"{workload.series_name} \\ {workload.x_name}"] + [f"{x:g}" for x in workload.sizes]
            cells = [workload.spread(metric, label, x) for x in workload.sizes]
            found.setdefault(title, [heads]).append(
                [line.series.partition(":")[2]] + [number(s.median if s else None) for s in cells])
    return found
