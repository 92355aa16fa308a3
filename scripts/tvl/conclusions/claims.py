"""Decides the claims: a verdict for each [[claim]] of the workloads of a run.

    for verdict in claims.evaluate("results/reference"):
        print(verdict.outcome, verdict.sentence)

A claim is a rule in TOML (claim_rules.py). At every size it has an interval (claim_effects.py) that lies on the guide's
side of the threshold, or on the other, or contains it: then this run does not decide it.
"""

import glob
import json
import os
import tomllib
from typing import NamedTuple, Optional

from tvl import ROOT
from tvl.conclusions import claim_effects, claim_rules
from tvl.data import points, variables

HOLDS, FROM, FAILS, OPEN = "holds", "holds from N on", "does not hold", "not decidable here"
WORKLOADS = os.path.join(ROOT, "bench", "workloads")


class Verdict(NamedTuple):
    guide: str  # what is claimed, in words
    outcome: str  # HOLDS, FROM, FAILS or OPEN
    from_x: Optional[float]  # of FROM: the N
    ratio: Optional[float]  # at the largest size that the rule is about, or the one slope; None: not known
    low: Optional[float]
    high: Optional[float]
    level: Optional[float]
    workload: str  # heading of the workload, or its name where it was not measured
    chart: Optional[str]  # charts/<chart>.svg and .png; None where nothing was measured
    sentence: str

    @property
    def words(self):
        return f"holds from {self.from_x:g} on" if self.outcome == FROM else self.outcome


def evaluate(run, claims=None):
    """One Verdict per claim, and per facet if the rule names none. run: a
    folder, or the workloads of one; claims: {workload: [table, ...]}, by default those of the folder."""
    workloads = points.load(run) if isinstance(run, str) else run
    if claims is None:
        claims = of_run(run) if isinstance(run, str) else of_files()
    verdicts = []
    for name, tables in claims.items():
        for place, table in enumerate(tables, 1):
            rule = claim_rules.read(table, f"{name}.toml: claim {place}")
            found = [w for w in workloads if w.name == name and w.records and fits(rule.facet, w.facet)]
            verdicts += [judge(workload, rule) for workload in found] or [missing(name, rule)]
    return verdicts


def of_run(folder):
    """The claims that the run recorded; of an older run, those of the workloads' files."""
    folder = folder if os.path.isdir(folder) else os.path.dirname(folder)
    try:
        with open(os.path.join(folder, "environment.json"), encoding="utf-8") as file:
            asked = json.load(file).get("claims")
    except (OSError, ValueError, AttributeError):
        asked = None
    if asked is not None and not (isinstance(asked, dict) and all(isinstance(one, list) for one in asked.values())):
        raise points.BadInput(f"{folder}/environment.json: 'claims' must be lists of tables by workload")
    return of_files() if asked is None else asked


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


def missing(name, rule):
    facet = f" with {variables.words(rule.facet)}" if rule.facet else ""
    return Verdict(rule.guide, OPEN, None, None, None, None, None, name, None,
                   f"The workload {name} was not measured{facet}.")


def judge(workload, rule):
    effects = claim_effects.effects(workload, rule)
    if not effects:
        return Verdict(rule.guide, OPEN, None, None, None, None, None, workload.heading, workload.stem,
                       claim_effects.why_none(workload, rule))
    sides = [rule.side(effect.interval) for effect in effects]
    sentence = describe(workload, rule, effects, sides)
    outcome, from_x = {True: HOLDS, False: FAILS, None: OPEN}[sides[-1]], None
    if outcome == HOLDS and not all(sides):
        outcome, from_x = FROM, effects[max(i for i, side in enumerate(sides) if not side) + 1].x
    found = effects[-1].interval
    return Verdict(rule.guide, outcome, from_x, found.median, found.low, found.high, found.level, workload.heading,
                   workload.stem, sentence)


def describe(workload, rule, effects, sides):
    """The effect at the last size, what the rule needs, and the sizes with another outcome."""
    text = claim_effects.words(workload, rule, effects[-1]) + f"; the claim needs {needs(rule)}"
    if effects[-1].interval.level < claim_rules.ENOUGH:
        text += f", and repetitions are too few: {effects[-1].interval.n}"
    elif sides[-1] is None:
        text += ", and the interval contains a threshold"
    for side, said in ((True, "It holds"), (False, "It does not hold"), (None, "It is not decided")):
        sizes = [f"{effect.x:g}" for effect, one in zip(effects, sides) if one is side is not sides[-1]]
        if sizes:
            text += f". {said} at {', '.join(sizes)}"
    return text + "."


def needs(rule):
    low, high = (claim_effects.amount(rule, bound) for bound in rule.bounds)
    return {"higher": f"at least {low}", "lower": f"at most {high}", "equal": f"{low} to {high}"}[rule.expect]


def markdown(folder):
    """The README's table; claims about unmeasured workloads are only counted."""
    found = evaluate(folder)
    rows = ["| the guide says | verdict | found |", "|:--|:--|:--|"]
    rows += [f"| {v.guide} | **{v.words}** | {v.sentence.replace('|', '/')} (`{v.workload}`) |"
             for v in found if v.chart]
    left = sum(not v.chart for v in found)
    return "\n".join(rows + [f"\n{left} more claims are about workloads that this run did not measure."] * bool(left))


def counts(folder):
    """How many claims hold, of those about measured workloads."""
    found = [v.outcome for v in evaluate(folder) if v.chart]
    kinds = (("hold", (HOLDS, FROM)), ("do not", (FAILS,)), ("are not decided by this run", (OPEN,)))
    parts = [f"{sum(found.count(outcome) for outcome in outcomes)} {words}" for words, outcomes in kinds]
    return f"Of {len(found)} claims {parts[0]}, {parts[1]}, and {parts[2]}."
