"""Decides the claims: a verdict for each [[claim]] of the workloads of a run.

    for verdict in claims.evaluate("results/reference"):
        print(verdict.outcome, verdict.sentence)

A claim is a rule in TOML (claim_rules.py). Its effect has a value a repetition (claim_effects.py) and an interval
(claim_intervals.py) that lies on the claim's side of the threshold, or on the other, or contains it
(claim_verdicts.py). Runs are judged by the present rules, whenever they were made; claim_freeze.py says which those
are.
"""

import functools
import glob
import os
import tomllib

from tvl import ROOT
from tvl.conclusions.claims import claim_effects, claim_noise, claim_rules, claim_verdicts
from tvl.conclusions.claims.claim_verdicts import Case, Circumstances, HOLDS, FAILS, ABOUT, OPEN, LEAST  # noqa: F401
from tvl.data import environment, points, variables

WORKLOADS = os.path.join(ROOT, "bench", "workloads")
REFERENCE = os.path.join(ROOT, "results", "reference")


def evaluate(run, claims=None, recorded=None):
    """One Verdict per claim, and per facet if the rule names none. run: a folder, or the workloads of one, which are
    judged as those of a full run; claims: {workload: [table, ...]}, by default those of the folder; recorded: of
    claim_noise.load(), by default this."""
    workloads = points.load(run) if isinstance(run, str) else run
    machine = environment_of(run) if isinstance(run, str) else {"quick": False}
    if claims is None:
        claims = of_run(run) if isinstance(run, str) else of_files()
    recorded = claim_noise.load() if recorded is None else recorded
    found = [(name, rule, cases(workloads, name, rule)) for name, rule in rules(claims)]
    quick = is_quick(workloads, machine)
    now = Circumstances(recorded, noise_factor([case for *_, group in found for case in group], recorded),
                        is_over(machine), outcomes_of_reference() if quick else None)
    verdicts = []
    for name, rule, group in found:
        verdicts += [claim_verdicts.judge(case, now) for case in group] or [
            claim_verdicts.missing(name, rule, f" with {variables.words(rule.facet)}" if rule.facet else "", quick)]
    return verdicts


def environment_of(run):
    return environment.load(run if os.path.isdir(run) else os.path.dirname(run))


def rules(claims):
    """(workload, Rule) of each table. Raises BadInput."""
    return [(name, claim_rules.read(table, f"{name}.toml: claim {place}"))
            for name, tables in claims.items() for place, table in enumerate(tables, 1)]


def cases(workloads, name, rule):
    """A Case for each measured workload, or facet of it, that the rule is about."""
    return [Case(workload, rule, claim_effects.effects(workload, rule)) for workload in workloads
            if workload.name == name and workload.records and fits(rule.facet, workload.facet)]


def deciding_effects(workloads, claims):
    """(workload, rule, deciding Effect) of all claims that have one with enough repetitions."""
    found = [case for name, rule in rules(claims) for case in cases(workloads, name, rule)]
    return [(case.workload, case.rule, case.deciding) for case in found
            if case.deciding and len(case.deciding.values) >= LEAST]


def noise_factor(found, recorded):
    return claim_noise.factor([(case.workload, case.rule, case.deciding) for case in found
                               if case.deciding and len(case.deciding.values) >= LEAST], recorded)


def is_quick(workloads, machine):
    records = [record for workload in workloads for record in workload.records[:1]]
    return bool(machine["quick"] if "quick" in machine else any(record.get("quick") for record in records))


def is_over(machine):
    """Whether the suite has ended its extra passes for undecided claims."""
    passes = machine.get("extra_passes")
    return isinstance(passes, dict) and passes.get("ended") in ("decided", "time")


@functools.lru_cache(maxsize=1)
def outcomes_of_reference():
    """{(workload's stem, claim): (outcome, deciding x)} of results/reference by the present rules; empty without it."""
    try:
        workloads = points.load(REFERENCE)
    except points.BadInput:
        return {}
    if is_quick(workloads, environment_of(REFERENCE)):
        return {}
    return {(verdict.chart, verdict.guide): (verdict.outcome, verdict.x) for verdict in evaluate(REFERENCE)}


def of_run(run):
    """{workload: [table, ...]} of the run's workloads: the present rules; of a workload that is not in bench/workloads,
    the rules that the run recorded. All present ones for a run that recorded none."""
    asked = environment_of(run).get("claims")
    if asked is not None and not (isinstance(asked, dict) and all(isinstance(one, list) for one in asked.values())):
        raise points.BadInput(f"{run}/environment.json: 'claims' must be lists of tables by workload")
    present = of_files()
    return present if asked is None else {name: present.get(name, tables) for name, tables in asked.items()}


def of_files(folder=WORKLOADS):
    found = {}
    for path in sorted(glob.glob(os.path.join(glob.escape(folder), "*.toml"))):
        try:
            with open(path, "rb") as file:
                found[os.path.basename(path)[:-5]] = tomllib.load(file).get("claim", [])
        except tomllib.TOMLDecodeError as error:
            raise points.BadInput(f"{os.path.basename(path)}: {error}") from None
    return {name: tables for name, tables in found.items() if tables}


def fits(wanted, facet):
    return variables.parts(wanted) <= variables.parts(facet)
