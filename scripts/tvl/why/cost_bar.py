"""Where the CPU time of a request goes: of one contestant at one load, microseconds by class of cost.

    bar = cost_bar.of(found, "asio_loop", 64)     found: of profiles.load()
    bar.cost                                      Cost: CPU per request, µs
    bar.parts["scheduler"].us                     Estimate of that share of it, µs; None where the cost is unknown

A share is that of the samples of all passes together, with Wilson's 95 % interval. Where the passes differ by more than
chance, the samples count as so many times fewer. Microseconds are that share of the cost of the points that were not
profiled; both intervals are combined by shares.product().
"""

from typing import NamedTuple, Optional

from tvl.data import metrics
from tvl.stats import intervals, shares
from tvl.stats.shares import Estimate
from tvl.why import cost_classes

OFF = 0.1  # samples and CPU time that differ by more than this share are told
RARE = 0.01  # passes that chance alone makes differ as much so seldom are told to differ


class Cost(NamedTuple):
    """CPU per request, µs: the median of the repetitions and its interval."""

    interval: intervals.Interval
    of_run: bool  # of the run's points; else of the plain points of the passes

    @property
    def estimate(self):
        return Estimate(self.interval.median, self.interval.low, self.interval.high)


class Part(NamedTuple):
    count: int
    share: Estimate
    us: Optional[Estimate]


class Agreement(NamedTuple):
    """Of the passes."""

    p: float  # how often chance alone makes them differ as much
    dispersion: float  # so many times fewer count the samples
    apart: list  # classes whose 95 % intervals of the passes do not overlap

    @property
    def differs(self):
        return self.p < RARE


class CostBar(NamedTuple):
    label: str
    x: float
    passes: int
    samples: int
    hz: list  # rates, ascending
    parts: dict  # class -> Part, in drawing order; {} without samples
    cost: Optional[Cost]
    slowdown: Optional[intervals.Interval]  # CPU per request profiled / plain, pass by pass
    agreement: Optional[Agreement]  # None of one pass
    seen: Optional[float]  # time that the samples stand for / CPU time of the server in the same windows
    elsewhere: Optional[int]
    idle: Optional[int]
    lost: Optional[int]
    missing: list

    @property
    def other(self):
        """The share that no rule knows; None without samples."""
        return self.parts[cost_classes.OTHER].share.value if self.parts else None

    @property
    def is_off(self):
        """Whether the samples do not add up to the CPU time."""
        return self.seen is not None and abs(self.seen - 1) > OFF


def bars(found):
    """[CostBar] of all points that were profiled, by load and in chart order."""
    return [of(found, label, x) for x in found.profiled.sizes for label in found.profiled.measured
            if found.profiled.repetitions(label, x)]


def of(found, label, x):
    passes = [one for _, one in sorted(found.samples(label, x).items())]
    classes = [one.key for one in cost_classes.table().classes]
    rows = [[one.counts[key] for key in classes] for one in passes]
    total, known = sum(map(sum, rows)), cost(found, label, x)
    same = shares.homogeneity(rows)
    parts = {}
    for key, counts in zip(classes, zip(*rows) if total else ()):
        share = shares.wilson(sum(counts), total, same.dispersion if same else 1.0)
        parts[key] = Part(sum(counts), share, known and shares.product(share, known.estimate))
    return CostBar(
        label, x, len(passes), total, sorted({one.hz for one in passes}), parts, known, slowdown(found, label, x),
        same and Agreement(same.p, same.dispersion, apart(classes, rows)), seen(passes),
        *(added(getattr(one, what) for one in passes) for what in ("elsewhere", "idle", "lost")),
        list(dict.fromkeys(text for one in passes for text in one.missing)))


def cost(found, label, x):
    """A Cost; None where CPU per request was not measured."""
    for workload in filter(None, (found.measured, found.plain)):
        if interval := intervals.median_interval(workload.values(metrics.CPU, label, x)):
            return Cost(interval, workload is found.measured)
    return None


def slowdown(found, label, x):
    return intervals.ratio_interval(slowed_pairs(found, label, x))


def slowdown_of_all(profiles):
    """Over all points that were measured with a profile and without; None without such a pair."""
    return intervals.ratio_interval([pair for found in profiles for x in found.profiled.sizes
                                     for label in found.profiled.measured for pair in slowed_pairs(found, label, x)])


def slowed_pairs(found, label, x):
    """[(CPU per request of a profiled point, of the plain one beside it)]"""
    plain = found.plain.values_by_repetition(metrics.CPU, label, x)
    slowed = found.profiled.values_by_repetition(metrics.CPU, label, x)
    return [(slowed[one], plain[one]) for one in sorted(slowed.keys() & plain.keys())]


def apart(classes, rows):
    found = []
    for key, counts in zip(classes, zip(*rows)):
        of_passes = [shares.wilson(count, sum(row)) for count, row in zip(counts, rows) if sum(row)]
        if max(one.low for one in of_passes) > min(one.high for one in of_passes):
            found.append(key)
    return found


def seen(passes):
    known = [(one.counts.total() / one.hz, one.cpu_s) for one in passes if one.cpu_s]
    return sum(sampled for sampled, _ in known) / sum(cpu for _, cpu in known) if known else None


def added(values):
    """None if one is unknown, or of none."""
    values = list(values)
    return None if None in values or not values else sum(values)
