"""Checks on recorded runs that every claim is well posed: its effect is at least 3 standard deviations away from its
threshold.

    tvl-results well-posed results/reference

The deviation is that of one repetition, as results/noise.json has it; of a claim that is not in there, as these runs
have it together. A claim that is nearer is decided one way in one run and the other way in the next. What a run cannot
tell is listed: workloads that have changed since, sizes that were not measured.

Exit code: 0 all are; 1 a claim is not; 2 not full runs, or no claim can be judged.
"""

from tvl.commands.noise import full_run
from tvl.conclusions.claims import claim_sentences, claim_wellposed
from tvl.text import terminal

HEAD = ("claim", "run", "effect", "needs", "sd", "sd away")
MOST = 99  # of the distances shown


def add_arguments(parser):
    parser.add_argument("runs", nargs="+", metavar="RUN", help="folder of a run")


def row(judged):
    rule = judged.case.rule
    away = f"{judged.distance:.1f}" if judged.distance <= MOST else f">{MOST}"
    return (judged.claim, str(judged.run), claim_sentences.amount(rule, judged.effect), claim_sentences.needs(rule),
            f"{judged.sd:.2g}", away)


def said(judged, what):
    return terminal.fill(f"{judged.claim}, run {judged.run}, {what}")


def main(arguments):
    found = claim_wellposed.judge(list(map(full_run, arguments.runs)))
    able, bad = [one for one in found if not one.why], [one for one in found if one.is_ill_posed]
    if able:
        print(terminal.grid([HEAD, *map(row, able)]))
    for one in found:
        if one.why:
            print(said(one, f"cannot be judged: {one.why}"))
    for one in bad:
        print(said(one, f"is ill posed: {one.distance:.1f} standard deviations, at least {claim_wellposed.DISTANCE} "
                        f"are needed: {one.case.rule.guide}"))
    print(f"{len(able) - len(bad)} of {len(able)} are well posed, {len(found) - len(able)} cannot be judged")
    return 1 if bad else 0 if able else 2
