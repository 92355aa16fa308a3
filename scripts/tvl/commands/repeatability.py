"""Repeatability check of two or more runs of the same workloads.

    tvl-results repeatability results/RUN results/AGAIN
    tvl-results repeatability results/RUN results/AGAIN results/THIRD
    tvl-results repeatability results/RUN results/AGAIN --all      every ratio, not only those apart

The first lines name the recorded conditions in which the runs differ. Then it compares

- ratios to the baseline of every charted metric, beside the agreement that chance alone gives: two ranges of five
  repetitions overlap in 99.2 % of all cases if nothing differs;
- verdicts on the claims, by the current rules in bench/workloads: the same, undecided in one run, or turned round;
- A/A: for each metric of each run, how many intervals of the baseline against itself contain 1.

Exit code: 0 no verdict turned round, all but one the same (with N runs all but N - 1), and chance explains
the A/A of every metric, among so many (Benjamini and Hochberg, 5 %); 1 a verdict turned round, more than that differ,
or an A/A fails; 2 cannot compare, or could not tell: a run has too few repetitions, is quick, or has no A/A, or no
verdict is decided in all.
"""

import itertools

from tvl.analysis import aa_control, conditions, ratios, summary
from tvl.charts import scales
from tvl.conclusions.claims import claims
from tvl.data import points
from tvl.stats import agreement
from tvl.text import terminal

DECIDED = {claims.HOLDS, claims.FAILS}


def add_arguments(parser):
    parser.add_argument("runs", nargs="+", metavar="RUN", help="folders of two runs or more, or their points.jsonl")
    parser.add_argument("--all", action="store_true", help="show the ratios that overlap, too")


def pairs(one, other):
    """(description, Interval in the one run, Interval in the other) of every ratio that both have."""
    others = {workload.heading: workload for workload in other}
    for mine in one:
        theirs = others.get(mine.heading)
        for label in mine.measured if theirs else ():
            for x in mine.sizes:
                for metric in scales.panels(mine):
                    found = [summary.cell(w, metric, label, x).ratio if label in w.measured else None
                             for w in (mine, theirs)]
                    if all(interval and interval.level for interval in found):
                        yield f"{mine.heading} {label} {x:g} {metric.column}", *found


def overlap(a, b):
    return a.low <= b.high and b.low <= a.high


def compare_ratios(one, other, names, everything):
    found = list(pairs(one, other))
    if not found:
        say(f"Ratios, {names}: none that both have with two repetitions or more.")
        return
    for what, a, b in found:
        if everything or not overlap(a, b):
            say(f"{what}: {ratios.interval(a)} / {ratios.interval(b)}{'' if overlap(a, b) else ', apart'}")
    kinds = ((overlap, agreement.overlap), (agreement.both_inside, agreement.medians_inside))
    shares = [(sum(agree(a, b) for _, a, b in found), sum(by_chance(a.n, b.n) for _, a, b in found))
              for agree, by_chance in kinds]
    (met, met_chance), (inside, inside_chance) = [[100 * count / len(found) for count in pair] for pair in shares]
    say(f"Ratios, {names}: of {len(found)}, {met:.1f} % have overlapping intervals; by chance alone "
        f"{met_chance:.1f} %. In {inside:.1f} % each median lies inside the other's interval; by chance alone "
        f"{inside_chance:.1f} %.")


def by_claim(folder, rules):
    return {(verdict.workload, verdict.guide): verdict for verdict in claims.evaluate(folder, rules)}


def verdicts_repeat(folders):
    """Whether none is turned round, and the same are all but one for each further run; None: none is decided."""
    rules = claims.of_files()
    seen = [by_claim(folder, rules) for folder in folders]
    shared = [key for key in seen[0] if all(key in one for one in seen)]
    found = {key: [one[key] for one in seen] for key in shared}
    kinds = {key: kind(verdicts) for key, verdicts in found.items()}
    for workload, text in shared:
        if kinds[workload, text] not in (SAME, OPEN):
            said = " / ".join(verdict.outcome for verdict in found[workload, text])
            say(f'{kinds[workload, text]}: "{text}" ({workload}): {said}')
    counts = {name: list(kinds.values()).count(name) for name in (SAME, OPEN, HALF, TURNED)}
    same = counts[SAME] + counts[OPEN]
    say(f"Verdicts: {same} of {len(shared)} the same ({counts[OPEN]} of them undecided in every run), {counts[HALF]} "
        f"undecided in one, {counts[TURNED]} turned round.")
    if counts[TURNED] > 0 or same < len(shared) - (len(folders) - 1):
        return False
    return True if counts[SAME] > 0 else None


SAME, OPEN, HALF, TURNED = "the same", "undecided", "undecided in one", "turned round"


def kind(verdicts):
    outcomes = {verdict.outcome for verdict in verdicts}
    if DECIDED <= outcomes:
        return TURNED
    if len(outcomes & DECIDED) == 0:
        return OPEN
    return SAME if len(outcomes) == 1 else HALF


def controls_agree(named):
    """Whether chance explains all controls; None: a run has none. named: [(name, workloads)]"""
    found = [(name, aa_control.summary(run)) for name, run in named]
    failing = aa_control.failing([row for _, rows in found for row in rows])
    for name, rows in found:
        for row in rows:
            say(f"A/A, {name}: {aa_control.words(row)}{': fails' if row in failing else ''}")
        if not rows:
            say(f"A/A, {name}: it has no load with two controls or more.")
    if failing:
        return False
    return True if all(rows for _, rows in found) else None


def limits(run, recorded, name):
    """Why a run proves little, a sentence each."""
    groups = [group for workload in run for group in workload.points.values()]
    most = max(map(len, groups), default=0)
    if most == 1:
        yield f"{name.capitalize()} has one repetition: no intervals, so no ratio and no verdict of it can be compared."
    elif 0 < most < claims.LEAST:
        yield f"{name.capitalize()} has {most} repetitions, too few for a verdict."
    elif recorded.get("quick"):
        yield f"{name.capitalize()} is a quick run, which has no verdicts; ratios and A/A are compared."


def say(text):
    print(terminal.fill(text))


def main(arguments):
    if len(arguments.runs) < 2:
        arguments.refuse("two runs or more")
    runs = [points.load(run) for run in arguments.runs]
    recorded = [conditions.recorded(claims.environment_of(folder), run) for folder, run in zip(arguments.runs, runs)]
    names = [f"run {number}" for number in range(1, len(runs) + 1)]
    for line in conditions.sentences(recorded):
        say(line)
    weak = [text for run, found, name in zip(runs, recorded, names) for text in limits(run, found, name)]
    for text in weak:
        say(text)
    for (a, one), (b, other) in itertools.combinations(zip(names, runs), 2):
        compare_ratios(one, other, f"{a} and {b.removeprefix('run ')}".replace("run", "runs", 1), arguments.all)
    repeated = [verdicts_repeat(arguments.runs), controls_agree(list(zip(names, runs)))]
    if False in repeated and not weak:  # a weak run has no verdicts that could repeat
        return 1
    return 2 if weak or None in repeated else 0
