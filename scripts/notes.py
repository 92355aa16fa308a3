"""What a reader must know before believing a picture: how it was measured, what is left out, invalid or limited."""

import metrics
import points


def heading(workload):
    """GET /plaintext, closed loop, keep-alive, 3 s per point, 5 repetitions"""
    record = workload.sample()
    if record is None:
        return "nothing was measured"
    plan = record.get("plan") or {}
    per_connection = plan.get("requests_per_connection")
    parts = [record.get("path") or record.get("endpoint"), plan.get("mode") and f"{plan['mode']} loop"]
    if per_connection is not None:
        plural = "s" * (per_connection > 1)
        parts.append(f"{per_connection} request{plural} per connection" if per_connection else "keep-alive")
    parts += [plan.get("seconds") and f"{plan['seconds']:g} s per point", repetitions(workload)]
    return ", ".join(part for part in parts if part)


def repetitions(workload):
    counts = sorted({len(group) for group in workload.points.values()} - {0})
    if not counts:
        return "no valid repetition"
    text = str(counts[0]) if counts[0] == counts[-1] else f"{counts[0]} to {counts[-1]}"
    return text + (" repetition" if counts[-1] == 1 else " repetitions")


def placement(workload):
    """server on CPU 0, generator on CPU 1"""
    cpus = (workload.sample() or {}).get("cpus") or {}
    known = [who for who in ("server", "generator") if cpus.get(who)]
    return ", ".join(f"{who} on CPU {'+'.join(map(str, cpus[who]))}" for who in known)


def caveats(workload):
    return left_out(workload) + invalid(workload) + generator_limited(workload) + missing_tail(workload)


def left_out(workload):
    return [f"{name} left out: {status}: {reason}" for name, (status, reason) in workload.left_out.items()]


def invalid(workload):
    """One line per contestant and reason, with the sizes where it happened."""
    seen = {}
    for (name, x), group in sorted(workload.invalid.items(), key=lambda item: item[0][1]):
        for record in group.values():
            seen.setdefault((name, points.why_invalid(record)), []).append(x)
    return [f"hollow, {name} at {sizes(where)}: invalid, in no median or ratio: {reason}"
            for (name, reason), where in seen.items()]


def generator_limited(workload):
    lines = []
    for name in workload.measured:
        where = [x for x in workload.sizes if workload.limiter(name, x) == "generator"]
        if where:
            lines.append(f"{name} at {sizes(where)}: the generator was the limit, so throughput is a lower bound")
    return lines


def missing_tail(workload):
    where = [x for (name, x), group in workload.points.items()
             if group and not workload.values(metrics.P99, name, x)]
    return [f"no p99 at {sizes(where)}: too few replies beyond it"] if where else []


def sizes(where):
    return ", ".join(f"{x:g}" for x in sorted(set(where)))
