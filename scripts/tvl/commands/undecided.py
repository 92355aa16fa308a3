"""Lists the points behind the claims that a run has not decided yet, for further repetitions of these alone.

    tvl-results undecided results/RUN                one name a line, as tvl-suite --benchmark_list_tests has them
    tvl-results undecided results/RUN --until-n 60   a claim with that many repetitions is given up
    tvl-results undecided results/RUN --ended time   lists nothing: notes in environment.json why the repetitions ended

Points whose repetition would not help are not listed: a workload or size that was not measured, a limit of the
machine, a throughput that something else limited. Standard error has the claims of the listed points, and their number.

Exit code: 0, also when nothing is listed; 2 not a full run.
"""

import json
import os
import sys

from tvl.commands.noise import full_run
from tvl.conclusions.claims import claims
from tvl.conclusions.claims.claim_verdicts import GIVEN_UP


ENDS = ("decided", "time", "interrupted")


def add_arguments(parser):
    parser.add_argument("run", metavar="RUN", help="folder of a run")
    parser.add_argument("--until-n", type=int, default=GIVEN_UP, metavar="N",
                        help=f"repetitions after which a claim is given up (default: {GIVEN_UP})")
    parser.add_argument("--ended", choices=ENDS, help="all are decided, the time is over, or Ctrl-C")


def main(arguments):
    if arguments.until_n < 1:
        arguments.refuse("--until-n must be at least 1")
    full_run(arguments.run)
    if arguments.ended:
        return note(os.path.join(arguments.run, "environment.json"), arguments.ended)
    found = [verdict for verdict in claims.evaluate(arguments.run)
             if verdict.points and verdict.tried < arguments.until_n]
    for name in dict.fromkeys(name for verdict in found for name in verdict.points):
        print(name)
    for verdict in found:
        print(f"{verdict.workload}: {verdict.guide}", file=sys.stderr)
    print(f"{len(found)} claim{'s' * (len(found) != 1)} to decide by further repetitions", file=sys.stderr)
    return 0


def note(path, ended):
    with open(path, encoding="utf-8") as file:
        conditions = json.load(file)
    conditions["extra_passes"] = {"ended": ended}
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(conditions, file, indent=2)
        file.write("\n")
    os.replace(path + ".new", path)
    return 0
