"""One workload, or one facet of it: line -> x -> repetitions.

A line is a contestant; where the workload has a series variable, a contestant at one value of it ("asio_prefork
processes:2"). Contestants are compared inside one repetition of one block, under the same conditions, before
repetitions are summarised. A figure that does not hold (validity.py) stays visible (`spoilt_values`) but is in no
median and no ratio; a point of which no figure holds is in `invalid`.
"""

import statistics
from collections import Counter
from typing import NamedTuple, Optional

from tvl.data import metrics, until, validity, variables
from tvl.data.metrics import at
from tvl.stats import intervals


NOT_ITS_OWN = ("generator", "services")  # limiters other than the contestant: throughput is a lower bound


class Spread(NamedTuple):
    """Median, smallest and largest value of the repetitions, and their number."""

    median: float
    low: float
    high: float
    n: int
    late: int = 0  # of them are lower bounds, see until.py

    @property
    def is_bound(self):
        """Whether the median is a lower bound."""
        return 2 * self.late >= self.n and self.late > 0


def spread(values):
    """None when nothing was measured."""
    seen = [value for value in values if value is not None]
    if not seen:
        return None
    return Spread(statistics.median(seen), min(seen), max(seen), len(seen))


class Line(NamedTuple):
    contestant: str
    series: Optional[str]
    title: str
    model: Optional[str]
    versus: Optional[str]
    kind: Optional[str]  # launch, attach or remote

    @property
    def label(self):
        return f"{self.contestant} {self.series}" if self.series else self.contestant


class Workload:
    def __init__(self, name, facet=None):
        self.name = name
        self.facet = facet
        self.lines = {}  # label -> Line in chart order, those left out included
        self.left_out = {}  # contestant -> (status, reason), for the whole workload
        self.limits = {}  # (label, x) -> Reason: the limit of this machine
        self.points = {}  # (label, x) -> {repetition: record}, at least one figure holds
        self.invalid = {}  # the same, no figure holds
        self.replaced = {}  # (label, x) -> [record]: first tries of points that were measured again
        self.controls = {}  # the same, the A/A control: used by aa_control.py only
        self.asked_baseline = None  # the contestant that ratios are to, where it was measured; else the first

    @property
    def heading(self):
        return f"{self.name}, {variables.words(self.facet)}" if self.facet else self.name

    @property
    def stem(self):
        """The name of its files and of its section in the report."""
        return variables.slug(self.name, self.facet)

    @property
    def sizes(self):
        return sorted({x for _, x in list(self.points) + list(self.invalid)})

    @property
    def measured(self):
        """Labels of the lines with a record, in chart order."""
        have = {label for label, _ in list(self.points) + list(self.invalid)}
        return [label for label in self.lines if label in have]

    @property
    def baseline(self):
        """The first line in chart order that was measured, of the contestant that was asked for if it has one."""
        return self.first_of_asked(self.measured)

    def baseline_of(self, label):
        """The line that ratios are to: the baseline among those with the same series value."""
        return self.first_of_asked([other for other in self.measured
                                    if self.lines[other].series == self.lines[label].series])

    def first_of_asked(self, labels):
        asked = [label for label in labels if self.lines[label].contestant == self.asked_baseline]
        return next(iter(asked + labels), None)

    @property
    def records(self):
        """Every measured record, valid or not."""
        groups = list(self.points.values()) + list(self.invalid.values())
        return [record for group in groups for record in group.values()]

    def sample(self):
        """Any record, for members that all share (path, cpus, plan); None when all were left out."""
        return next(iter(self.records), None)

    @property
    def x_name(self):
        return at(self.sample(), "chart", "x") or "connections"

    @property
    def series_name(self):
        return at(self.sample(), "chart", "series")

    @property
    def shares_series(self):
        """Whether several contestants have a line for each value of the series."""
        return len({line.contestant for line in map(self.lines.get, self.measured) if line.series}) > 1

    @property
    def is_mixed(self):
        """Whether interfering requests are mixed in."""
        return any(record.get("targets") for record in self.records)

    @property
    def rate(self):
        """The requests per second that every point was offered; None in a closed loop, or when they differ."""
        rates = {at(record, "plan", "rate") for record in self.records}
        return rates.pop() if len(rates) == 1 else None

    def values(self, metric, label, x):
        """One value per repetition that has it and in which it holds."""
        return list(self.values_by_repetition(metric, label, x).values())

    def values_by_repetition(self, metric, label, x):
        """{repetition: value}, where something did not happen the lower bound of its time"""
        found = {repetition: until.value(record, metric)
                 for repetition, record in self.holding(metric, label, x).items()}
        return {repetition: value for repetition, value in found.items() if value is not None}

    def late(self, metric, label, x):
        """The number of those that are lower bounds."""
        return sum(until.bound(record, metric) is not None for record in self.holding(metric, label, x).values())

    def holding(self, metric, label, x):
        """{repetition: record} of the points in which the metric holds."""
        group = self.points.get((label, x), {})
        return {repetition: record for repetition, record in group.items() if validity.holds(record, metric)}

    def spoilt_values(self, metric, label, x):
        """[(value, why it does not hold)] of the other repetitions that have one."""
        found = [(metric.read(record), validity.why_not(record, metric)) for record in self.repetitions(label, x)]
        return [(value, why) for value, why in found if value is not None and why]

    def repetitions(self, label, x):
        """The records of a point, whether their figures hold or not."""
        return [*self.points.get((label, x), {}).values(), *self.invalid.get((label, x), {}).values()]

    def failed(self, label, x):
        """A validity.Failure, or None where no repetition failed."""
        return validity.failures(self.repetitions(label, x))

    def spread(self, metric, label, x):
        found = spread(self.values(metric, label, x))
        return found and found._replace(late=self.late(metric, label, x))

    def pairs(self, metric, label, x, base, base_x=None):
        """[(value of label, value of base)] of each repetition that has both, see pairs_by_repetition()."""
        return list(self.pairs_by_repetition(metric, label, x, base, base_x).values())

    def pairs_by_repetition(self, metric, label, x, base, base_x=None):
        """{repetition: (value of label, value of base)}. At the same load both must be of one block; different loads
        (base_x, or another series value) cannot be, so the repetition pairs them."""
        base_x = x if base_x is None else base_x
        mine, theirs = self.holding(metric, label, x), self.holding(metric, base, base_x)
        found = {r: (mine[r], theirs[r]) for r in sorted(mine.keys() & theirs.keys())}
        if found and base_x == x and self.lines[label].series == self.lines[base].series:
            found = {r: (a, b) for r, (a, b) in found.items() if a.get("block") == b.get("block")}
        found = {r: (metric.read(a), metric.read(b)) for r, (a, b) in found.items()}
        return {r: pair for r, pair in found.items() if None not in pair}

    def ratio(self, metric, label, x, base=None):
        """An Interval of label / base (its baseline), repetition by repetition; None for the base itself or when no
        pair is complete."""
        base = base or self.baseline_of(label)
        return None if label == base else intervals.ratio_interval(self.pairs(metric, label, x, base))

    def by_repetition(self, metric, label):
        """{repetition: [(x, value), ...]}: the whole sweep of one line, once for each."""
        found = {}
        for x in self.sizes:
            for repetition, value in self.values_by_repetition(metric, label, x).items():
                found.setdefault(repetition, []).append((x, value))
        return found

    def slope(self, metric, label):
        """An Interval of the growth per unit of x; None below three sizes."""
        return intervals.slope_interval(self.by_repetition(metric, label).values())

    def limiter(self, label, x):
        """The most frequent limiter; None where no figure holds."""
        named = Counter(map(validity.limiter, self.points.get((label, x), {}).values()))
        return named.most_common(1)[0][0] if named else None

    def bounded_by(self, label, x):
        """The limiter if it is not the contestant, so that throughput is a lower bound; else None."""
        said = self.limiter(label, x)
        return said if said in NOT_ITS_OWN else None

    def is_lower_bound(self, metric, label, x):
        """Whether the median says only "at least"."""
        if metric is metrics.THROUGHPUT:
            return self.bounded_by(label, x) is not None
        seen = self.spread(metric, label, x)
        return seen is not None and seen.is_bound

    def ceilings(self, label):
        """{ceiling: {x: rate}} of one line: they may depend on threads and processes."""
        return self.arithmetic(label, "ceilings", "rate")

    def expected(self, label):
        """{expectation: {x: ms}} of one line: what its median response time should be."""
        return self.arithmetic(label, "expected", "ms")

    def arithmetic(self, label, kind, unit):
        found = {}
        for (name, x), group in [*self.points.items(), *self.invalid.items()]:
            for record in group.values() if name == label else ():
                for entry in record.get(kind) or []:
                    found.setdefault(entry["label"], {})[x] = entry[unit]
        return found
