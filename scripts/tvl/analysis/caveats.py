"""The caveats of a chart: how it was measured, and what is left out, invalid or limited."""

import re

from tvl.analysis import delayed_ack
from tvl.data import metrics, validity, variables
from tvl.data.metrics import at
from tvl.stats import intervals


def heading(workload):
    """/plaintext, open loop, 2,000 requests/s offered, keep-alive, 3 s per point, 5 repetitions"""
    record = workload.sample()
    if record is None:
        return "nothing was measured"
    plan = record.get("plan") or {}
    per_connection = plan.get("requests_per_connection")
    parts = [targets(workload), plan.get("mode") and f"{plan['mode']} loop"]
    what = "messages" if record.get("room") else "requests"
    parts += [f"{variables.rate(workload.rate, what)} offered"] if workload.rate else []
    if per_connection is not None:
        plural = "s" * (per_connection > 1)
        parts.append(f"{per_connection} request{plural} per connection" if per_connection else "keep-alive")
    together = plan.get("together") or 1
    parts += [f"{together} servers on the same cores at the same time: only CPU compares"] if together > 1 else []
    parts += ["measured beside other work"] if beside_other_work(workload) else []
    parts += [plan.get("seconds") and f"{plan['seconds']:g} s per point", repetitions(workload)]
    return ", ".join(part for part in parts if part)


def beside_other_work(workload):
    """Whether a busy host was accepted (--beside-other-work); each of its points has that mark."""
    return any(at(record, "host", "beside_other_work") for record in workload.records)


def targets(workload):
    """/plaintext with interfering /block/100 or /offload/100"""
    record = workload.sample()
    interfering = dict.fromkeys(target.get("path") for r in workload.records for target in (r.get("targets") or [])[1:])
    path = shared(list(dict.fromkeys(r["path"] for r in workload.records if r.get("path")))) or record.get("endpoint")
    return f"{path} with interfering {' or '.join(map(str, interfering))}" if interfering else path


def shared(paths):
    """/fetch?n=1&ms=20 and /fetch?n=8&ms=20 -> /fetch?n={n}&ms=20; the first of those that differ in more than values."""
    pieces = [re.split("([/?&=])", path) for path in paths]
    if len({len(words) for words in pieces}) != 1:
        return paths[0] if paths else None
    text = list(pieces[0])
    for i, words in enumerate(zip(*pieces)):
        if len(set(words)) > 1:
            text[i] = "{%s}" % text[i - 2] if text[i - 1] == "=" else "..."
    return "".join(text)


def repetitions(workload):
    counts = sorted({len(group) for group in workload.points.values()} - {0})
    if not counts:
        return "no valid repetition"
    text = str(counts[0]) if counts[0] == counts[-1] else f"{counts[0]} to {counts[-1]}"
    return text + (" repetition" if counts[-1] == 1 else " repetitions")


def placement(workload):
    """server on CPU 0, generator on CPU 1; with load hosts: server on CPU 0, generator on load1, load2"""
    sample = workload.sample() or {}
    cpus = sample.get("cpus") or {}
    known = [f"{name} on CPU {'+'.join(map(str, cpus[name]))}" for name in ("server", "generator") if cpus.get(name)]
    hosts = dict.fromkeys(host["name"] for host in sample.get("hosts") or [])
    return ", ".join([*known, "generator on " + ", ".join(hosts)] if hosts else known)


def merged(found):
    """found: [(subject, text)]. Each text once, behind all of its subjects: "a at 1; b at 1, 64: no p99"."""
    subjects = {}
    for subject, text in found:
        subjects.setdefault(text, []).append(subject)
    return [f"{'; '.join(dict.fromkeys(named))}{text}" for text, named in subjects.items()]


def caveats(workload):
    return left_out(workload) + beyond_rows(workload)


def beyond_rows(workload):
    """The caveats without those about left-out contestants, which have rows in the table."""
    return (spoilt(workload) + failures(workload) + above_rate(workload) + lower_bounds(workload)
            + missing_tail(workload) + unrecovered(workload) + delayed_ack.sentences(workload) + not_launched(workload))


def left_out(workload):
    whole = [(name, f" left out: {status}: {reason}") for name, (status, reason) in workload.left_out.items()]
    limits = [(f"{label} stops before {x:g}", f": limit: {reason.text}") for (label, x), reason in
              workload.limits.items()]
    return merged(whole) + merged(limits)


def spoilt(workload):
    """One line per spoilt figures and reason, with the contestants and their sizes. Of reasons that differ only in
    numbers, the first is shown."""
    seen = {}
    for (label, x) in sorted(dict.fromkeys([*workload.points, *workload.invalid]), key=lambda key: key[1]):
        for record in workload.repetitions(label, x):
            if groups := validity.spoilt(record):
                why = validity.why(record, groups)
                alike = seen.setdefault((lost(groups), re.sub(r"[\d.,]+", "#", why)), {})
                alike.setdefault(label, []).append((x, why))
    return [spoilt_line(what, found) for (what, _), found in seen.items()]


def spoilt_line(what, found):
    """found: {label: [(x, why)]} of reasons alike"""
    where = "; ".join(f"{label} at {sizes(x for x, _ in points)}" for label, points in found.items())
    reasons = [why for points in found.values() for _, why in points]
    several = f" (the first of {len(reasons)} like it)" * any(why != reasons[0] for why in reasons)
    return f"hollow, {where}: {what}, in no median or ratio: {reasons[0]}{several}"


def lost(groups):
    """invalid, or: response times spoilt"""
    return validity.words(groups) + " spoilt" * (groups != validity.EVERYTHING)


def failures(workload):
    """One line per kind of failure, with the contestants and their sizes."""
    seen = {}
    for label in workload.measured:
        for x in workload.sizes:
            if failed := workload.failed(label, x):
                seen.setdefault((label, failed.text), []).append(f"{x:g} ({failed.count} of {failed.of})")
    return merged((f"{label} at {', '.join(where)}", f": {said}, so it has no rank and no ratio")
                  for (label, said), where in seen.items())


def above_rate(workload):
    """More replies than requests fell due, explained by those in flight when the window began."""
    seen = {}
    for (label, x), group in sorted(workload.points.items(), key=lambda item: item[0][1]):
        most = max((validity.excess(record) or 0 for record in group.values()), default=0)
        if most > validity.MOST_OVERDUE:
            seen.setdefault(label, []).append(f"{100 * most:.0f} % at {x:g}")
    by = "; ".join(f"{label} by up to {', '.join(where)}" for label, where in seen.items())
    return [f"more replies than requests fell due, {by}: those in flight when the window began"] * bool(seen)


BOUNDS = {"generator": "the generator was the limit", "services": "the services it calls were the limit"}


def lower_bounds(workload):
    found = []
    for label in workload.measured:
        for limiter, said in BOUNDS.items():
            where = [x for x in workload.sizes if workload.bounded_by(label, x) == limiter]
            if where:
                found.append((f"{label} at {sizes(where)}", f": {said}, so throughput is a lower bound"))
    return merged(found)


def bounds(workload):
    """Limiters other than the contestant: generator, services."""
    found = {workload.bounded_by(label, x) for label in workload.measured for x in workload.sizes}
    return [limiter for limiter in BOUNDS if limiter in found]


def missing_tail(workload):
    where = [x for (label, x), group in workload.points.items()
             if group and not workload.values(metrics.P99, label, x)]
    return [f"no p99 at {sizes(where)}: fewer than {intervals.least_for(0.99):,} replies"] if where else []


def unrecovered(workload):
    """Explains empty cells: not recovered, as opposed to not measured."""
    found = {}
    for (label, x), group in workload.points.items():
        changed = [record for record in group.values() if len(record.get("phases") or []) > 1]
        if bad := [record for record in changed if metrics.RECOVERY.read(record) is None]:
            found.setdefault(label, []).append(f"{x:g} ({len(bad)} of {len(group)})")
    return merged((f"{label} at {', '.join(where)}", ": response times did not recover until the end")
                  for label, where in found.items())


def not_launched(workload):
    """A contestant that the suite did not start is not pinned, and perhaps not metered."""
    said = {"attach": ": started by its owner, on whatever CPUs it was given",
            "remote": ": remote, no process to meter, so no cost"}
    kinds = {workload.lines[label].contestant: workload.lines[label].kind for label in workload.measured}
    return merged((name, said[kind]) for name, kind in kinds.items() if kind in said)


def sizes(where):
    return ", ".join(f"{x:g}" for x in sorted(set(where)))
