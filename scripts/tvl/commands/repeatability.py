"""Repeatability check of two runs of the same workloads.

    tvl-results repeatability results/RUN results/AGAIN
    tvl-results repeatability results/RUN results/AGAIN --all      every ratio, not only those that differ

Ratios to the baseline of every charted metric agree if their intervals overlap. Claims, by the current rules in
bench/workloads, agree if their verdicts are equal. A/A: the share of blocks of either run in which the baseline does not
differ from itself.

Exit code: 0 at least 95 % of the ratios agree, all claims do, and 93 % of the A/A blocks show no difference; 1
otherwise; 2 cannot compare.
"""

from tvl.analysis import aa_control, ratios
from tvl.charts import scales
from tvl.conclusions import claims
from tvl.data import points

RATIOS, BLOCKS = 0.95, 0.93  # shares that the reference run must reach


def add_arguments(parser):
    parser.add_argument("runs", nargs=2, metavar="RUN", help="folder of a run, or a points.jsonl")
    parser.add_argument("--all", action="store_true", help="show the ratios that agree, too")


def pairs(one, other):
    """(description, Interval in the one run, Interval in the other) of every ratio that both have."""
    others = {workload.heading: workload for workload in other}
    for mine in one:
        theirs = others.get(mine.heading)
        for label in mine.measured if theirs else ():
            for x in mine.sizes:
                for metric in scales.panels(mine):
                    found = [w.ratio(metric, label, x) if label in w.measured else None for w in (mine, theirs)]
                    if all(interval and interval.level for interval in found):
                        yield (mine.heading, label, f"{x:g}", metric.column), *found


def overlap(a, b):
    return a.low <= b.high and b.low <= a.high


def ratios_that_agree(one, other, everything):
    found = list(pairs(one, other))
    if not found:
        raise points.BadInput("no ratio that both runs have with two repetitions or more")
    for what, a, b in found:
        if everything or not overlap(a, b):
            print(f"{' '.join(what)}: {ratios.interval(a)} / {ratios.interval(b)}{'' if overlap(a, b) else '  apart'}")
    share = sum(overlap(a, b) for _, a, b in found) / len(found)
    print(f"Ratios: {100 * share:.1f} % of {len(found)} agree within their intervals.")
    return share >= RATIOS


def claims_that_agree(one, other):
    rules = claims.of_files()
    found = list(zip(claims.evaluate(one, rules), claims.evaluate(other, rules)))
    apart = [(a, b) for a, b in found if a.words != b.words]
    for a, b in apart:
        print(f'"{a.guide}" ({a.workload}): {a.words} / {b.words}')
    print(f"Claims: {len(found) - len(apart)} of {len(found)} have the same verdict.")
    return not apart


def controls_that_agree(run, name):
    """Over all metrics. Of one metric's 80 blocks, correct 93.75 % intervals show fewer than 93 % four times in ten."""
    rows = aa_control.summary(run)
    for row in rows:
        print(f"A/A, {name} run, {row.metric.title}: {row.inside} of {row.blocks} blocks show no difference, "
              f"{100 * row.inside / row.blocks:.1f} % (expected {100 * row.expected:.1f} %)")
    if not rows:
        print(f"A/A, {name} run: it has no controls.")
        return False
    inside, blocks = sum(row.inside for row in rows), sum(row.blocks for row in rows)
    print(f"A/A, {name} run: {inside} of {blocks}, {100 * inside / blocks:.1f} %")
    return inside / blocks >= BLOCKS


def main(arguments):
    one, other = map(points.load, arguments.runs)
    found = [ratios_that_agree(one, other, arguments.all), claims_that_agree(one, other),
             controls_that_agree(one, "first"), controls_that_agree(other, "second")]
    return 0 if all(found) else 1
