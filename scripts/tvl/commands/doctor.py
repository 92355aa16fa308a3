"""Checks a run for figures that contradict themselves: what is shown, held against the records.

    tvl-results doctor results/RUN

It looks at the cells of the tables, ranks, the winner matrix, findings, verdicts and timelines for

- a response time, throughput or goodput of a window that began with a backlog, or more replies than were offered;
- a response time of a late generator;
- a rank, ratio, lead or verdict of a contestant that failed, or across different offered rates;
- an interval from one pair, and a ratio whose interval spans more than 100 times;
- "the same" outside of the margin;
- a verdict from fewer than 3 repetitions, of a quick run, or where a limit of the machine stopped both;
- a row of a timeline that spans a change of the load.

One line for each figure that breaks a rule, and one for what an older run does not have. Exit code: 0 none does; 1 one
does; 2 cannot read the run, or there is no figure to check.
"""

from tvl.conclusions.claims import claim_tables, claims
from tvl.conclusions.doctor import claim_contradictions, contradictions
from tvl.data import points
from tvl.text import terminal


def add_arguments(parser):
    parser.add_argument("run", metavar="RUN", help="folder of a run, or a points.jsonl")


def remarks(run, workloads, verdicts):
    """What cannot be checked, or not as in a present run; a sentence each."""
    found = [claim_tables.remark(run, verdicts)]
    if contradictions.has_old_timelines(workloads):
        found.append("Timelines are those of an older version, with rows of a second: not checked.")
    return filter(None, found)


def main(arguments):
    workloads = points.load(arguments.run)
    found = contradictions.of_workloads(workloads)
    tables = claims.of_run(arguments.run)
    verdicts = claims.evaluate(arguments.run, tables)
    is_quick = bool(claims.environment_of(arguments.run).get("quick"))
    claim_contradictions.check(found, workloads, tables, verdicts, is_quick)
    for line in [*found.broken, *remarks(arguments.run, workloads, verdicts)]:
        print(terminal.fill(line))
    count = len(found.broken)
    print(f"{found.figures:,} figures checked, {count or 'none'} break{'s' * (count < 2)} a rule.")
    return 1 if found.broken else 0 if found.figures else 2
