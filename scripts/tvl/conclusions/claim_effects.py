"""The effect that a claim is about, per size, and its text."""

from typing import NamedTuple, Optional

from tvl.analysis import ratios
from tvl.conclusions.claim_rules import ANSWERED, LARGEST
from tvl.data import metrics, variables
from tvl.data.metrics import number
from tvl.stats import intervals

RANK = {False: 0, None: 1, True: 2}


class Effect(NamedTuple):
    x: Optional[float]  # None: of the whole sweep
    label: str  # the line
    base: Optional[str]  # the line it is compared with, if there is one
    interval: intervals.Interval  # of the ratio, or share, or value / limit


def effects(workload, rule):
    """In order of x. If a rule is about several lines of one contestant, the least favourable at each size, so that the
    claim holds for all of them."""
    found = {}
    for label in lines(workload, rule.of):
        for base in partners(workload, rule, label):
            for effect in of_line(workload, rule, label, base):
                known = found.get(effect.x)
                if known is None or RANK[rule.side(effect.interval)] < RANK[rule.side(known.interval)]:
                    found[effect.x] = effect
    return [found[x] for x in sorted(found, key=lambda x: x or 0)]


def lines(workload, name):
    """Measured ones: the one with that label, or all of that contestant."""
    if name in workload.measured:
        return [name]
    return [label for label in workload.measured if workload.lines[label].contestant == name]


def partners(workload, rule, label):
    """The lines to compare with: those of the other contestant with the same series value, or all of them if one of the two
    does not use the series. [None] for a rule without `versus`."""
    if rule.reference != "versus":
        return [None]
    found, series = lines(workload, rule.value), workload.lines[label].series
    return [other for other in found if workload.lines[other].series == series] or [
        other for other in found if other == rule.value or None in (series, workload.lines[other].series)]


def of_line(workload, rule, label, base):
    if rule.slope or rule.metric is LARGEST:
        interval = (slope if rule.slope else largest)(workload, rule, label, base)
        return [Effect(None, label, base, interval)] if interval else []
    found = []
    for x in workload.sizes:
        if rule.is_about(x) and (interval := at_size(workload, rule, label, base, x)):
            if believed(workload, rule, label, base, x, interval):
                found.append(Effect(x, label, base, interval))
    return found


def at_size(workload, rule, label, base, x):
    if rule.reference == "versus":
        return intervals.ratio_interval(workload.pairs(rule.metric, label, x, base))
    if rule.reference == "versus_x":
        return None if x == rule.value else intervals.ratio_interval(
            workload.pairs(rule.metric, label, x, label, rule.value))
    records = [*workload.points.get((label, x), {}).values()]
    if rule.metric is ANSWERED:
        records += workload.invalid.get((label, x), {}).values()
    values = [rule.metric.read(record) for record in records]
    if rule.reference == "limit":  # without recovery there is no value, and the limit is not met
        return None if None in values else intervals.median_interval([value / rule.value for value in values])
    tops = [arithmetic(record, rule.value) for record in records]
    return intervals.median_interval([value / top for value, top in zip(values, tops) if value is not None and top])


def arithmetic(record, label):
    """The ceiling (if it is the lowest) or the expected value of this point, or None."""
    tops = record.get("ceilings") or []
    lowest = min((top["rate"] for top in tops), default=None)
    known = [top["rate"] for top in tops if top["label"] == label and top["rate"] == lowest]
    known += [one["ms"] for one in record.get("expected") or [] if one["label"] == label]
    return known[0] if known else None


def believed(workload, rule, label, base, x, interval):
    """A throughput that is a lower bound is enough for "at least" only."""
    if rule.metric is not metrics.THROUGHPUT:
        return True
    compared = {"versus": (base, x), "versus_x": (label, rule.value)}.get(rule.reference)
    if compared and workload.bounded_by(*compared):
        return False
    return not workload.bounded_by(label, x) or (rule.expect == "higher" and rule.side(interval) is True)


def slope(workload, rule, label, base):
    mine = sweeps(workload, rule, label)
    if rule.reference == "limit":
        found = intervals.slope_interval(mine.values())
        scale = (1024 if rule.metric.unit == "MiB" else 1) / rule.value
        return found and found._replace(median=found.median * scale, low=found.low * scale, high=found.high * scale)
    theirs = sweeps(workload, rule, base)
    both = [(intervals.slope_interval([mine[r]]), intervals.slope_interval([theirs[r]])) for r in mine.keys() & theirs]
    return intervals.ratio_interval([(a.median, b.median) for a, b in both if a and b and b.median > 0])


def sweeps(workload, rule, label):
    return {repetition: [(x, value) for x, value in line if rule.is_about(x)]
            for repetition, line in workload.by_repetition(rule.metric, label).items()}


def largest(workload, rule, label, base):
    """None if both served the last size: the sweep was too short. A limit of the machine does not vary, so one repetition
    is enough for it."""
    mine, theirs = served(workload, label), served(workload, base)
    pairs = [(mine[r], theirs[r]) for r in mine.keys() & theirs]
    found = intervals.ratio_interval(pairs)
    if found is None or all(a == b == workload.sizes[-1] for a, b in pairs):
        return None
    return found._replace(level=1.0) if stopped(workload, label, mine) and stopped(workload, base, theirs) else found


def served(workload, label):
    """{repetition: the largest x at which all were served}. A late generator affects response times, but all were
    served."""
    found = {}
    for (name, x), group in workload.points.items():
        for repetition in group if name == label else ():
            found[repetition] = max(x, found.get(repetition, x))
    return found


def stopped(workload, label, seen):
    """Whether the end of the sweep or a limit of the machine ended it, not chance."""
    beyond = {x for _, x in [*workload.points, *workload.invalid, *workload.limits] if x > max(seen.values())}
    return not beyond or (label, min(beyond)) in workload.limits


def why_none(workload, rule):
    """One sentence."""
    asked = [rule.of] + [rule.value] * (rule.reference == "versus")
    for name in asked:
        if not lines(workload, name):
            out = workload.left_out.get(name)
            return f"`{name}` has no point here: {': '.join(out) if out else 'it was not measured'}."
    if rule.metric is LARGEST:
        return f"Both served the largest size of the sweep, {workload.sizes[-1]:g}."
    if rule.slope:
        return "A slope needs three sizes with valid points."
    if not any(rule.is_about(x) for x in workload.sizes):
        measured = ", ".join(f"{x:g}" for x in workload.sizes)
        return f"The sizes that the claim is about were not measured, only {measured}."
    if any(workload.bounded_by(label, x) for label, x in workload.points) and rule.metric is metrics.THROUGHPUT:
        return "At all valid points the limit was not the contestant."
    if rule.reference == "limit" and (said := unknown(workload, rule)):
        return said
    return f"There are no valid points to compare by {rule.metric.title}."


def unknown(workload, rule):
    """A sentence about repetitions without recovery inside the window, whose time is unknown; or None."""
    for label in lines(workload, rule.of):
        for x in workload.sizes:
            values = [rule.metric.read(record) for record in workload.points.get((label, x), {}).values()]
            if rule.is_about(x) and None in values:
                return (f"{rule.metric.title} of `{label}` at {x:g} {axis(workload)} is not known in {values.count(None)} "
                        f"of {len(values)} repetitions, which does not count as met.")
    return None


def words(workload, rule, effect):
    """p99 response time of `asio_loop` at 64 connections is 0.40x (0.36 to 0.47) that of `asio_threads`"""
    name, found = f"`{effect.label}`", effect.interval
    if rule.metric is LARGEST:
        return f"The largest size that {name} served is {ratios.interval(found)} that of `{effect.base}`"
    title = rule.metric.title
    if workload.is_mixed and rule.metric in metrics.RESPONSES:
        title += " of the foreground requests"
    if rule.slope:
        grows = f"{title} of {name} grows with {axis(workload)}"
        if rule.reference == "versus":
            return f"{grows} {span(rule, found)} as fast as that of `{effect.base}`"
        return f"{grows} by {span(rule, found)} each"
    than = {"versus": f" that of `{effect.base}`", "share_of": f" of {rule.value}", "limit": "",
            "versus_x": f" what it is at {rule.value:g}" if rule.reference == "versus_x" else ""}[rule.reference]
    where = "1 connection" if (effect.x, axis(workload)) == (1, "connections") else f"{effect.x:g} {axis(workload)}"
    return f"{title} of {name} at {where} is {span(rule, found)}{than}"


def axis(workload):
    return variables.axis(workload.x_name, (workload.sample() or {}).get("endpoint"))


def span(rule, interval):
    """0.40x (0.36x to 0.47x), 98.1 % (97.9 % to 98.5 %), 3.10 µs (3.02 µs to 3.30 µs)"""
    low, median, high = (amount(rule, value) for value in (interval.low, interval.median, interval.high))
    return f"{median} ({low} to {high})" if interval.level else median


def amount(rule, value):
    if rule.reference == "share_of":
        return f"{100 * value:.1f} %"
    if rule.reference == "limit":
        return f"{number(value * rule.value)} {unit(rule)}".rstrip()
    return ratios.times(value)


def unit(rule):
    """Empty for an index, whose unit is an explanation for the axis: 1 = all alike"""
    said = rule.metric.unit
    if rule.slope and said == "MiB":
        return "KiB"
    return "" if "=" in said or said.startswith("share") else said
