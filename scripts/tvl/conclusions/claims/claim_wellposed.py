"""Whether a claim is well posed: its effect lies so far from the threshold that chance does not turn the verdict.

The unit is the standard deviation of one repetition, as recorded in results/noise.json. Verdicts of claims that are
nearer change from run to run, however many repetitions there are.
"""

import os
import tomllib
from typing import NamedTuple, Optional

from tvl.conclusions.claims import claim_intervals, claim_noise, claim_verdicts, claims
from tvl.data.records import is_number
from tvl.stats import moderated

DISTANCE = 3  # standard deviations
PLANNED = ("seconds", "warmup_s", "rate", "connections", "requests_per_connection")


class Judged(NamedTuple):
    claim: str  # broadcast:2
    run: int  # its place among the runs, from 1
    effect: Optional[float]  # the centre, a ratio, a share, or value / limit
    sd: Optional[float]  # of one repetition, on the effect's scale
    distance: Optional[float]  # of the effect from the nearest threshold, in these
    why: str  # why it cannot be judged; empty where it can
    case: Optional[object] = None  # claims.Case

    @property
    def is_ill_posed(self):
        return self.distance is not None and self.distance < DISTANCE


def judge(runs, asked=None, recorded=None, folder=claims.WORKLOADS):
    """A Judged for each claim, facet and run. runs: lists of workloads; asked: {workload: [table, ...]}, by default the
    present rules; recorded: of claim_noise.load(); folder: of the workloads' files."""
    asked = claims.of_files() if asked is None else asked
    recorded = claim_noise.load() if recorded is None else recorded
    own = deviations(runs, asked)
    found, place = [], {}
    for name, rule in claims.rules(asked):
        place[name] = place.get(name, 0) + 1
        for number, run in enumerate(runs, 1):
            cases = claims.cases(run, name, rule)
            for case in cases or [None]:
                found.append(one(f"{name}:{place[name]}", number, case, recorded, own, folder))
    return found


def deviations(runs, asked):
    """{key: standard deviation}, of these runs together."""
    return {(row["workload"], row["facet"], row["effect"]): row["sd"]
            for row in claim_noise.pooled([claims.deciding_effects(run, asked) for run in runs])}


def one(claim, number, case, recorded, own, folder):
    if case is None:
        return Judged(claim, number, None, None, None, "not measured")
    if changed := changes(case.workload, folder):
        return Judged(claim, number, None, None, None, f"the workload has changed since: {changed}", case)
    effect, key = case.deciding, claim_noise.key(case.workload, case.rule)
    if effect is None:
        at = "" if case.rule.decide_at is None else f" at {case.rule.decide_at:g}"
        return Judged(claim, number, None, None, None, f"no effect{at}", case)
    if effect.exact:
        return Judged(claim, number, None, None, None, "a limit of the machine, without noise", case)
    if len(effect.values) < claim_verdicts.LEAST:
        return Judged(claim, number, None, None, None, f"repetitions are too few: {len(effect.values)}", case)
    sd, distance = recorded.get(key, own.get(key)), claim_intervals.distance(case.rule, effect)
    if sd is None or distance is None:
        return Judged(claim, number, None, None, None, "no noise is known", case)
    middle = claim_intervals.unscaled(case.rule, moderated.centre(claim_intervals.scaled(case.rule, effect)))
    return Judged(claim, number, middle, sd, distance / sd if sd else float("inf"), "", case)


def changes(workload, folder):
    """'seconds = 4, was 1.9': what the workload's file asks for otherwise than this run had; empty for nothing, and
    where there is no file."""
    path = os.path.join(folder, f"{workload.name}.toml")
    if not os.path.exists(path):
        return ""
    with open(path, "rb") as file:
        load = tomllib.load(file)["load"]
    plan = (workload.sample() or {}).get("plan") or {}
    x_name, varies = workload.x_name, {name for name, value in load.items() if isinstance(value, list)}
    said = [f"{name} = {load[name]:g}, was {plan[name]:g}" for name in PLANNED
            if name != x_name and name not in varies and is_number(load.get(name)) and is_number(plan.get(name))
            and load[name] != plan[name]]
    return ", ".join(said)
