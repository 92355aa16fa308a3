"""Records how much one repetition of each claim's effect varies, from runs of the past: results/noise.json.

    tvl-results noise results/RUN results/AGAIN --output results/noise.json

Later runs are judged with it, because five repetitions alone show their noise badly. Only full runs take part, by the
present rules; a claim without three repetitions in any of them is left out. The file is part of the rules: `tvl-results
freeze` comes next.

Exit code: 0 written; 2 not full runs, or no claim has three repetitions.
"""

import json
import os
import sys

from tvl.conclusions.claims import claim_noise, claims
from tvl.data import points


def add_arguments(parser):
    parser.add_argument("runs", nargs="+", metavar="RUN", help="folder of a run")
    parser.add_argument("--output", metavar="FILE", help="default: standard output")


def full_run(folder):
    """The workloads of a run. Raises BadInput for a quick one."""
    workloads = points.load(folder)
    if claims.is_quick(workloads, claims.environment_of(folder)):
        raise points.BadInput(f"{folder}: a quick run: it has no verdicts, and not the noise of a full one")
    return workloads


def described(folder):
    machine = claims.environment_of(folder)
    return {"folder": os.path.basename(os.path.abspath(folder)),
            **{key: machine.get(key) for key in ("commit", "created", "cpu_model")}}


def text(folders):
    asked = claims.of_files()
    found = claim_noise.pooled([claims.deciding_effects(full_run(folder), asked) for folder in folders])
    if not found:
        raise points.BadInput(f"{', '.join(folders)}: no claim has three repetitions")
    return json.dumps({"runs": list(map(described, folders)), "claims": found}, indent=1, sort_keys=True,
                      ensure_ascii=False) + "\n"


def main(arguments):
    found = text(arguments.runs)
    if arguments.output:
        with open(arguments.output, "w", encoding="utf-8") as file:
            file.write(found)
    else:
        sys.stdout.write(found)
    return 0
