"""The effect that a claim is about: for each size and line, one value a repetition."""

from typing import NamedTuple, Optional

from tvl.conclusions.claims.claim_rules import ANSWERED, LARGEST, SERVER_SHARE
from tvl.data import metrics, records, until, validity
from tvl.stats import intervals

# Of these, a failure is a value: nothing answered, not recovered, a rate that was not reached, a core that is used up.
COUNT_FAILURES = (ANSWERED, LARGEST, SERVER_SHARE, metrics.RECOVERY, metrics.ALL_SERVED, metrics.THROUGHPUT,
                  metrics.GOODPUT)


class Effect(NamedTuple):
    x: Optional[float]  # None: of the whole sweep
    label: str  # the line
    base: Optional[str]  # the line it is compared with, if there is one
    values: tuple  # a ratio, share, or value / limit for each repetition
    exact: bool = False  # of a limit of the machine, which does not vary
    # Repetitions in which the event did not happen inside the window, of the line and of the one it is compared with:
    # then the window's end counts.
    late: tuple = (0, 0)


def effects(workload, rule):
    """In order of x. If a rule is about several lines of one contestant, the least favourable at each size, so that the
    claim holds for all of them."""
    found = {}
    for label in lines(workload, rule.of):
        for base in partners(workload, rule, label):
            for effect in of_line(workload, rule, label, base):
                known = found.get(effect.x)
                if known is None or margin(rule, effect) < margin(rule, known):
                    found[effect.x] = effect
    return [found[x] for x in sorted(found, key=lambda x: x or 0)]


def margin(rule, effect):
    return rule.margin(intervals.median_interval(effect.values).median)


def lines(workload, name):
    """Measured ones: the one with that label, or all of that contestant."""
    if name in workload.measured:
        return [name]
    return [label for label in workload.measured if workload.lines[label].contestant == name]


def partners(workload, rule, label):
    """The lines to compare with: those of the other contestant with the same series value, or all of them if one of the
    two does not use the series. [None] for a rule without `versus`."""
    if rule.reference != "versus":
        return [None]
    found, series = lines(workload, rule.value), workload.lines[label].series
    return [other for other in found if workload.lines[other].series == series] or [
        other for other in found if other == rule.value or None in (series, workload.lines[other].series)]


def compared_with(rule, label, base, x):
    """(line, size) that a point is compared with, or None."""
    return {"versus": (base, x), "versus_x": (label, rule.value)}.get(rule.reference)


def points_at(workload, rule, x):
    """(line, size) of all points that the claim reads at a size."""
    found = {}
    for label in lines(workload, rule.of):
        found[label, x] = None
        for base in partners(workload, rule, label):
            if other := compared_with(rule, label, base, x):
                found[other] = None
    return list(found)


def points_of_the_sweep(workload, rule):
    """The same for a claim about all sizes together."""
    labels = lines(workload, rule.of) + (lines(workload, rule.value) if rule.reference == "versus" else [])
    return [(label, x) for x in workload.sizes if rule.is_about(x) for label in labels]


def of_line(workload, rule, label, base):
    """The Effects of one line, at least one value in each."""
    if rule.metric is LARGEST:
        found = [largest(workload, label, base)]
    elif rule.slope:
        found = [slope_effect(workload, rule, label, base)]
    else:
        found = [at_size(workload, rule, label, base, x) for x in workload.sizes if rule.is_about(x)]
    return [effect for effect in found if effect and effect.values]


def at_size(workload, rule, label, base, x):
    """None where a contestant failed in most repetitions, so that its figures are not of the same work."""
    other = compared_with(rule, label, base, x)
    if any(failed(workload, rule, *point) for point in [(label, x), *filter(None, [other])]):
        return None
    if rule.reference == "share_of":
        records = workload.holding(rule.metric, label, x).values()
        parts = [(rule.metric.read(record), arithmetic(record, rule.value)) for record in records]
        return Effect(x, label, base, tuple(value / top for value, top in parts if value is not None and top))
    mine, late = readings(workload, rule.metric, label, x)
    if rule.reference == "limit":
        return Effect(x, label, base, tuple(value / rule.value for value in mine.values()), late=(late, 0))
    if not until.is_until(rule.metric):
        pairs = workload.pairs(rule.metric, label, x, *other)
        return Effect(x, label, base, tuple(a / b for a, b in pairs if b))
    theirs, late_theirs = readings(workload, rule.metric, *other)
    values = tuple(mine[r] / theirs[r] for r in sorted(mine.keys() & theirs.keys()) if theirs[r])
    return Effect(x, label, base, values, late=(late, late_theirs))


def failed(workload, rule, label, x):
    """The validity.Failure if the contestant failed in most repetitions of the point, or None."""
    found = failed_sometimes(workload, rule, label, x)
    return found if found and 2 * found.count > found.of else None


def failed_sometimes(workload, rule, label, x):
    """The validity.Failure if the contestant failed in any repetition; None also for a metric that counts failures."""
    return None if rule.metric in COUNT_FAILURES else workload.failed(label, x)


def readings(workload, metric, label, x):
    """({repetition: value}, how many of them are only the time until the window's end, because what the metric waits
    for had not happened)"""
    if metric in (ANSWERED, SERVER_SHARE):
        points = {**workload.invalid.get((label, x), {}), **workload.points.get((label, x), {})}
        return {r: value for r, record in sorted(points.items())
                if (metric is ANSWERED or validity.holds(record, metric) or only_missed(record))
                and (value := metric.read(record)) is not None}, 0
    return workload.values_by_repetition(metric, label, x), workload.late(metric, label, x)


def only_missed(record):
    """Whether a missed rate is the only reason why a point is invalid: the server was at its limit, undisturbed."""
    grave = [one.code for one in records.reasons(record) if one.code not in validity.NOTES]
    return bool(grave) and all(code == records.RATE_NOT_MET for code in grave) and not record.get("interrupted")


def arithmetic(record, label):
    """The ceiling (if it is the lowest) or the expected value of this point, or None."""
    tops = record.get("ceilings") or []
    lowest = min((top["rate"] for top in tops), default=None)
    known = [top["rate"] for top in tops if top["label"] == label and top["rate"] == lowest]
    known += [one["ms"] for one in record.get("expected") or [] if one["label"] == label]
    return known[0] if known else None


def slope_effect(workload, rule, label, base):
    """None where a contestant failed in most repetitions of a size: what it did not serve took no memory."""
    names = [label] + [base] * (rule.reference == "versus")
    if any(failed(workload, rule, name, x) for name in names for x in workload.sizes if rule.is_about(x)):
        return None
    return Effect(None, label, base, tuple(slopes(workload, rule, label, base)))


def slopes(workload, rule, label, base):
    mine = sweeps(workload, rule, label)
    if rule.reference == "limit":
        scale = (1024 if rule.metric.unit == "MiB" else 1) / rule.value
        return [slope * scale for slope in mine.values()]
    theirs = sweeps(workload, rule, base)
    return [mine[r] / theirs[r] for r in sorted(mine.keys() & theirs.keys()) if theirs[r] > 0]


def sweeps(workload, rule, label):
    """{repetition: slope}"""
    found = {}
    for repetition, line in workload.by_repetition(rule.metric, label).items():
        slope = intervals.slope_interval([[(x, value) for x, value in line if rule.is_about(x)]])
        if slope:
            found[repetition] = slope.median
    return found


def largest(workload, label, base):
    """None where the sweep was too short for both, or limits of the machine stopped both at the same size."""
    mine, theirs = served(workload, label), served(workload, base)
    both = sorted(mine.keys() & theirs.keys())
    too_short = all(mine[r] == theirs[r] == workload.sizes[-1] for r in both)  # also when there are none
    if too_short or limits_of_both(workload, label, base):
        return None
    exact = stopped(workload, label, mine) and stopped(workload, base, theirs)
    return Effect(None, label, base, tuple(mine[r] / theirs[r] for r in both), exact)


def served(workload, label):
    """{repetition: the largest x at which all were served}. A late generator affects response times, but all were
    served."""
    found = {}
    for (name, x), group in workload.points.items():
        for repetition in group if name == label else ():
            found[repetition] = max(x, found.get(repetition, x))
    return found


def sizes_beyond(workload, seen):
    return {x for _, x in [*workload.points, *workload.invalid, *workload.limits] if x > max(seen.values())}


def stopped(workload, label, seen):
    """Whether the end of the sweep or a limit of the machine ended it, not chance."""
    beyond = sizes_beyond(workload, seen)
    return not beyond or (label, min(beyond)) in workload.limits


def limits_of_both(workload, label, base):
    """The Reasons of the limits that stopped both lines at the same size, or None."""
    seen = [served(workload, name) for name in (label, base)]
    if not all(seen) or max(seen[0].values()) != max(seen[1].values()):
        return None
    beyond = sizes_beyond(workload, seen[0])
    found = [workload.limits.get((name, min(beyond))) for name in (label, base)] if beyond else [None]
    return None if None in found else found


def limited_elsewhere(workload, rule, effect):
    """The limiter of a throughput if it was not the contestant, so that the effect says less than it seems; else None.
    A lower bound on the effect's own line is enough for "at least"."""
    if rule.metric is not metrics.THROUGHPUT or effect.x is None:
        return None
    other = compared_with(rule, effect.label, effect.base, effect.x)
    if other and (named := workload.bounded_by(*other)):
        return named
    return workload.bounded_by(effect.label, effect.x) if rule.expect != "higher" else None


def possible_sides(workload, rule, effect):
    """The sides of the threshold that such values can prove: a bound in one direction proves one of them."""
    if limited_elsewhere(workload, rule, effect):
        return ()
    at_least = bool(effect.late[0]) or (rule.metric is metrics.THROUGHPUT and effect.x is not None
                                        and workload.bounded_by(effect.label, effect.x) is not None)
    at_most = bool(effect.late[1])
    if at_least and at_most or (at_least or at_most) and rule.expect == "equal":
        return ()
    higher = rule.expect == "higher"
    return (higher,) if at_least else (not higher,) if at_most else (True, False)
