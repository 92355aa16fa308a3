"""Verdicts that contradict the records: see contradictions.py."""

from tvl.conclusions.claims import claims
from tvl.conclusions.claims.claim_rules import LARGEST
from tvl.conclusions.doctor import record_facts

LEAST = 3  # repetitions
DECIDED = (claims.HOLDS, claims.FAILS)


def check(found, workloads, tables, verdicts, is_quick):
    """tables: {workload: [claim, ...]}; verdicts: of claims.evaluate() with these; found: contradictions.Found"""
    cases = {(case.workload.heading, case.rule.guide): case
             for name, rule in claims.rules(tables) for case in claims.cases(workloads, name, rule)}
    for verdict in verdicts:
        if verdict.outcome in DECIDED:
            case = cases.get((verdict.workload, verdict.guide))
            found.check(f'claim "{verdict.guide}" ({verdict.workload}), {verdict.outcome}',
                        *faults(case, verdict, is_quick))


def faults(case, verdict, is_quick):
    if is_quick:
        yield "a quick run has no verdicts"
    effect = case and case.deciding
    if effect is None:
        yield "no effect decides it"
        return
    if verdict.n < LEAST and not effect.exact:
        yield f"decided by {verdict.n} repetition{'s' * (verdict.n > 1)}"
    if case.rule.metric is LARGEST:
        yield limit_of_both(case.workload, effect)
    elif effect.x is not None and case.rule.metric.key not in record_facts.COUNT_FAILURES:
        yield from (failed(case.workload, label, effect.x) for label in (effect.label, effect.base) if label)


def limit_of_both(workload, effect):
    """A text if a limit of this machine stopped both lines at the same size."""
    names = (effect.label, effect.base)
    stops = [min((x for label, x in workload.limits if label == name), default=None) for name in names]
    served = [max((x for label, x in workload.points if label == name), default=None) for name in names]
    if None in stops or stops[0] != stops[1] or served[0] != served[1]:
        return None
    return f"both end before {stops[0]:g}: {workload.limits[effect.label, stops[0]].text}"


def failed(workload, label, x):
    """A text if that line failed in most repetitions."""
    seen = [record_facts.failure(record) for record in workload.repetitions(label, x)]
    why = next(filter(None, seen), None)
    return f"{label} failed: {why}" if why and 2 * seen.count(None) < len(seen) else None
