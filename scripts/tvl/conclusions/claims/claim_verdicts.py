"""A verdict on one claim: which effect decides, its interval, and on which side of the threshold that lies."""

import math
from typing import NamedTuple, Optional

from tvl.conclusions.claims import claim_effects, claim_intervals, claim_sentences
from tvl.conclusions.claims.claim_rules import Rule
from tvl.data import validity
from tvl.data.workload import Workload

HOLDS, FAILS, ABOUT, OPEN = "holds", "does not hold", "about the threshold", "not decidable here"
# Of a quick run, which has too few and too short points for a verdict.
AGREES, CONTRADICTS, SILENT = "agrees with the reference", "contradicts the reference", "says nothing"
LEAST = 3  # repetitions
LEAST_ALONE = 5  # without recorded noise: three allow an interval of 75 % at most
NEAR = 1.25  # an effect is about the threshold when its interval lies within this factor of it
GIVEN_UP = 60  # repetitions after which more would not decide


class Case(NamedTuple):
    """A claim and a measured workload."""

    workload: Workload
    rule: Rule
    effects: list  # of claim_effects.effects()

    @property
    def deciding(self):
        """The Effect that decides, or None."""
        if self.rule.is_of_the_sweep or self.rule.decide_at is None:
            return self.effects[0] if len(self.effects) == 1 else None
        return next((effect for effect in self.effects if effect.x == self.rule.decide_at), None)


class Circumstances(NamedTuple):
    """What a verdict depends on besides the claim's own points."""

    recorded: dict  # of claim_noise.load()
    factor: float  # noise factor of the run
    over: bool  # whether no more repetitions follow
    reference: Optional[dict]  # of a quick run: {(workload, guide): (outcome, x)} of the reference run; else None


class Verdict(NamedTuple):
    guide: str  # what is claimed, in words
    source: str  # claim_rules.GUIDE or OWN
    quote: Optional[str]  # the guide's sentence
    outcome: str  # HOLDS, FAILS, ABOUT or OPEN; of a quick run AGREES, CONTRADICTS or SILENT
    ratio: Optional[float]  # the deciding effect: a ratio, a share, or value / limit; None: not known
    low: Optional[float]  # None: no interval
    high: Optional[float]
    n: int  # repetitions behind it
    x: Optional[float]  # the size that decides; None: of the whole sweep, or unknown
    workload: str  # heading of the workload, or its name where it was not measured
    chart: Optional[str]  # charts/<chart>.svg and .png; None where nothing was measured
    sentence: str
    points: tuple = ()  # names of the points behind it, where more repetitions could decide it
    tried: int = 0  # repetitions measured, valid or not


def missing(name, rule, facet, quick):
    return Verdict(rule.guide, rule.source, rule.quote, SILENT if quick else OPEN, None, None, None, 0, None, name,
                   None, f"The workload {name} was not measured{facet}.")


def judge(case, now):
    workload, rule, effect = case.workload, case.rule, case.deciding
    others = [(one.x, interval_of(case, one, now)) for one in case.effects if one is not effect and one.x is not None]
    if effect is None:
        return verdict(case, None, None, SILENT if now.reference is not None else OPEN, why_undecided(case, others),
                       names(case) if may_have_a_slope(case) else (), tried_of(case) if rule.slope else 0)
    found = interval_of(case, effect, now)
    side = side_of(case, effect, found)
    tried = tried_of(case)
    if now.reference is not None:
        outcome = compared(case, effect, side, now.reference)
    elif side is None:
        outcome = ABOUT if (now.over or tried >= GIVEN_UP) and is_about_the_threshold(rule, found) else OPEN
    else:
        outcome = HOLDS if side else FAILS
    said = claim_sentences.sentence(workload, rule, effect, found, others, remarks(case, effect, found, side, outcome))
    decidable = side is None and claim_effects.possible_sides(workload, rule, effect)
    return verdict(case, effect, found, outcome, said, names(case) if decidable else (), tried)


def tried_of(case):
    return max((len(case.workload.repetitions(*point)) for point in points_behind(case)), default=0)


def may_have_a_slope(case):
    """Whether a slope is unknown only because too few repetitions of a size were valid and did not fail."""
    workload, points = case.workload, points_behind(case) if case.rule.slope else []
    return len({x for _, x in points}) > 2 and all(
        any(validity.holds(record, case.rule.metric) and not validity.failure(record)
            for record in workload.repetitions(*point)) for point in points)


def verdict(case, effect, found, outcome, sentence, points=(), tried=0):
    numbers = (found.median, found.low, found.high, found.n) if found else (None, None, None, 0)
    return Verdict(case.rule.guide, case.rule.source, case.rule.quote, outcome, *numbers, effect and effect.x,
                   case.workload.heading, case.workload.stem, sentence, points, tried)


def interval_of(case, effect, now):
    recorded = now.recorded.get((case.workload.name, case.workload.facet, case.rule.effect))
    return claim_intervals.interval(case.rule, effect, recorded, now.factor)


def side_of(case, effect, found):
    """True: the claim's; False: the other; None: not decided."""
    if are_too_few(found):
        return None
    side = case.rule.side(found.low, found.high)
    return side if side in claim_effects.possible_sides(case.workload, case.rule, effect) else None


def are_too_few(found):
    """Whether its repetitions are. A limit of the machine does not vary."""
    least = {claim_intervals.EXACT: 1, claim_intervals.ORDER: LEAST_ALONE}.get(found.kind, LEAST)
    return found.n < least


def is_about_the_threshold(rule, found):
    return not are_too_few(found) and any(bound / NEAR <= found.low and found.high <= bound * NEAR
                                    for bound in rule.bounds if 0 < bound < math.inf)


def compared(case, effect, side, reference):
    """The outcome of a quick run."""
    outcome, x = reference.get((case.workload.stem, case.rule.guide), (None, None))
    if side is None or outcome not in (HOLDS, FAILS) or x != effect.x:
        return SILENT
    return AGREES if side is (outcome == HOLDS) else CONTRADICTS


def why_undecided(case, others):
    """One sentence, and the sizes that do not decide."""
    if case.rule.decide_at is not None:
        said = (claim_sentences.why_none_at(case.workload, case.rule, [case.rule.decide_at]) if others
                else claim_sentences.why_none(case.workload, case.rule))
    elif case.effects:
        sizes = ", ".join(f"{effect.x:g}" for effect in case.effects)
        said = f"Several sizes remain, {sizes}, and the claim has no 'decide_at'."
    else:
        said = claim_sentences.why_none(case.workload, case.rule)
    return said + claim_sentences.elsewhere(case.rule, others)


def remarks(case, effect, found, side, outcome):
    """What keeps the interval from deciding, and how else it was made than usual."""
    said = []
    for label, x in points_behind(case):
        if known := claim_effects.failed_sometimes(case.workload, case.rule, label, x):
            said.append(f"`{label}` at {x:g}: {known.text} ({known.count} of {known.of})")
    if sum(effect.late):
        said.append(f"and where it had not happened yet ({sum(effect.late)} points), the window's end counts")
    if limiter := claim_effects.limited_elsewhere(case.workload, case.rule, effect):
        said.append(f"but the limit was not the contestant: {limiter}")
    elif are_too_few(found):
        said.append(f"and repetitions are too few: {found.n}")
    elif side is None and case.rule.side(found.low, found.high) is not None:
        said.append("but the value is a bound that does not decide")
    elif side is None and outcome not in (AGREES, CONTRADICTS):
        said.append("and the interval contains a threshold")
    if found.kind == claim_intervals.ORDER and found.low is not None:
        why = "no noise is recorded" if claim_intervals.scaled(case.rule, effect) else "a value is 0"
        said.append(f"by order statistics, as {why}")
    return said


def names(case):
    """Of the points behind a claim, as Google Benchmark has them: all contestants it compares, each line, and for a
    slope each size."""
    found = {}
    for point in points_behind(case):
        for record in case.workload.repetitions(*point)[:1]:
            found["/".join((record["workload"], record["contestant"], str(record.get("load"))))] = None
    return tuple(found)


def points_behind(case):
    """(line, size)"""
    if case.rule.is_of_the_sweep:
        return claim_effects.points_of_the_sweep(case.workload, case.rule)
    return claim_effects.points_at(case.workload, case.rule, case.deciding.x)
