"""A verdict's sentence: the effect, what the claim needs, and why a run does not decide it."""

import re

from tvl.analysis import ratios
from tvl.conclusions.claims import claim_effects, claim_intervals
from tvl.conclusions.claims.claim_rules import LARGEST
from tvl.data import metrics, variables
from tvl.data.metrics import number
from tvl.text import markdown
from tvl.text.markdown import code

SINGULAR = {"connections": "connection", "threads": "thread", "processes": "process", "calls": "call"}


def sentence(workload, rule, effect, found, others, remarks):
    """found: the claim_intervals.Found of the effect; others: [(x, Found)] of sizes that do not decide; remarks:
    texts."""
    text = f"{words(workload, rule, effect, found)}; the claim needs {needs(rule)}"
    for remark in remarks:
        text += f", {remark}"
    return f"{text}.{elsewhere(rule, others)}"


def elsewhere(rule, others):
    """' At 1: 1.02x, at 64: 0.66x.'"""
    said = ", at ".join(f"{x:g}: {amount(rule, found.median)}" for x, found in others)
    return f" At {said}." if said else ""


def words(workload, rule, effect, found):
    """p99 response time of `asio_loop` at 64 connections is 0.40x (0.36x to 0.47x) that of `asio_threads`"""
    name, base = code(effect.label), code(effect.base or "")
    if rule.metric is LARGEST:
        return f"The largest size that {name} served is {span(rule, found)} that of {base}"
    title = rule.metric.title
    if workload.is_mixed and rule.metric in metrics.RESPONSES:
        title += " of the foreground requests"
    if rule.slope:
        grows = f"{title} of {name} grows with {axis(workload)}"
        if rule.reference == "versus":
            return f"{grows} {span(rule, found)} as fast as that of {base}"
        return f"{grows} by {span(rule, found)} each"
    than = {"versus": f" that of {base}", "share_of": f" of {rule.value}", "limit": "",
            "versus_x": f" what it is at {rule.value:g}" if rule.reference == "versus_x" else ""}[rule.reference]
    return f"{title} of {name} at {size(workload, effect.x)} is {span(rule, found)}{than}"


def size(workload, x):
    said = f"{x:g} {axis(workload)}"
    for several, one in SINGULAR.items():
        said = re.sub(f"^1 {several}\\b", f"1 {one}", said)
    return said


def axis(workload):
    return markdown.text(variables.axis(workload.x_name, (workload.sample() or {}).get("endpoint")))


def span(rule, found):
    """0.40x (0.36x to 0.47x), 98.1 % (97.9 % to 98.5 %), 3.10 µs (3.02 µs to 3.30 µs); one value has no interval."""
    median = amount(rule, found.median)
    if found.low is None or found.kind == claim_intervals.EXACT:
        return median
    return f"{median} ({amount(rule, found.low)} to {amount(rule, found.high)})"


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


def needs(rule):
    low, high = (amount(rule, bound) for bound in rule.bounds)
    return {"higher": f"at least {low}", "lower": f"at most {high}", "equal": f"{low} to {high}"}[rule.expect]


def why_none(workload, rule):
    """One sentence about a claim without an effect."""
    asked = [rule.of] + [rule.value] * (rule.reference == "versus")
    for name in asked:
        if not claim_effects.lines(workload, name):
            out = workload.left_out.get(name)
            return f"{code(name)} has no point here: {markdown.text(': '.join(out)) if out else 'it was not measured'}."
    if rule.metric is LARGEST:
        return no_largest(workload, rule)
    about = [x for x in workload.sizes if rule.is_about(x)]
    if rule.slope:
        return failure(workload, rule, about) or "A slope needs three sizes with valid points."
    if not about:
        measured = ", ".join(f"{x:g}" for x in workload.sizes)
        return f"The sizes that the claim is about were not measured, only {measured}."
    return why_none_at(workload, rule, about if rule.decide_at is None else [rule.decide_at])


def why_none_at(workload, rule, sizes):
    """One sentence about sizes without an effect."""
    for x in sizes:
        if x not in workload.sizes:
            measured = ", ".join(f"{x:g}" for x in workload.sizes)
            return f"The claim is decided at {size(workload, x)}, which was not measured, only {measured}."
    return failure(workload, rule, sizes) or f"There are no valid points to compare by {rule.metric.title}."


def failure(workload, rule, sizes):
    """One sentence about the first failure in most repetitions, or None."""
    for x in sizes:
        for label, other_x in claim_effects.points_at(workload, rule, x):
            if known := claim_effects.failed(workload, rule, label, other_x):
                return (f"{code(label)} at {size(workload, other_x)}: {known.text} ({known.count} of {known.of} "
                        f"repetitions), so there is nothing to compare by {rule.metric.title}.")
    return None


def no_largest(workload, rule):
    for label in claim_effects.lines(workload, rule.of):
        for base in claim_effects.partners(workload, rule, label):
            limits = claim_effects.limits_of_both(workload, label, base)
            if limits:
                most = max(claim_effects.served(workload, label).values())
                mine, theirs = (markdown.text(one.code or one.text) for one in limits)
                by = mine if mine == theirs else f"{mine} and {theirs}"
                return f"Both served {most:g}, and a limit of this machine forbids more to both: {by}."
    return f"Both served the largest size of the sweep, {workload.sizes[-1]:g}."
