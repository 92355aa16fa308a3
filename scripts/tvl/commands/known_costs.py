"""Known answers: does a profile show more work in its class, and in the right amount?

    tvl-results known-costs                    asio_loop with more work before each request: four minutes
    tvl-results known-costs RUN                judges such a run; measures nothing

Beside the server as it is there is one with arithmetic before each request (its flag --planted), and three with eight
system calls before each recv(): getppid, which does nothing, sched_yield and a futex that nobody waits for. Arithmetic
belongs to the own code, getppid to the system call's entry. The other two pay for the entry, too: what they cost more
than getppid belongs to the scheduler and to the futex.

Exit code: 0 each class shows between 85 and 115 % of what its work costs; 1 one does not; 2 cannot measure.
"""

import os
import subprocess
import sys
import time

from tvl import ROOT
from tvl.commands import sensitivity
from tvl.commands.build_commits import write
from tvl.data.records import BadInput
from tvl.text import terminal
from tvl.why import cost_bar, profiles

NAME, CONNECTIONS, ROUNDS, CALLS = "asio_loop", 64, 5000, 8
LIBRARY = os.path.join(ROOT, "build", "servers", "planted_calls.so")
# Suffix of the contestant -> (class, the one whose cost it has besides)
KINDS = {"burn": ("own", ""), "getppid": ("syscall", ""), "sched_yield": ("scheduler", "getppid"),
         "futex": ("futex", "getppid")}
MOST_WRONG = 0.15
WORKLOAD = f"""question    = "Does a profile show more work in its class?"
endpoint    = "plaintext"
contestants = ["{NAME}"]
[load]
connections = {CONNECTIONS}
seconds = 3.0
warmup_s = 0.5
repetitions = 5
[why]
contestants = ["{NAME}"]
repetitions = 3
"""


def add_arguments(parser):
    parser.add_argument("run", nargs="?", metavar="RUN", help="folder of such a run")


def manifest(kind):
    rounds = ROUNDS if kind == "burn" else None
    text = sensitivity.variant(NAME, f"_{kind}", rounds)
    if rounds is None:
        text += f'\n[env]\nLD_PRELOAD = "{LIBRARY}"\nTVL_PLANTED = "{kind}:{CALLS}"\n'
    return text


def measure():
    """The folder of the run."""
    for path in (sensitivity.SUITE, LIBRARY):
        if not os.path.exists(path):
            raise BadInput(f"{os.path.relpath(path, ROOT)} is not built: cmake --build build")
    folder = os.path.join(ROOT, "results", time.strftime("%Y-%m-%d-%H%M%S-known-costs"))
    made = os.path.join(ROOT, "build", "known-costs")
    os.makedirs(os.path.join(made, "workloads"), exist_ok=True)
    write(os.path.join(made, "workloads", "known_costs.toml"), WORKLOAD)
    words = ["--contestant", NAME]
    for kind in KINDS:
        path = os.path.join(made, f"{NAME}_{kind}.toml")
        write(path, manifest(kind))
        words += ["--contestant", path]
    code = subprocess.call((sensitivity.SUITE, "--workloads", os.path.join(made, "workloads"), "--why", "--output", folder,
                            *words), stdout=sys.stderr, cwd=ROOT)
    if code:
        raise BadInput(f"tvl-suite ended with {code}; what it measured is in {folder}")
    return folder


def bars(run):
    """{kind, "" = as it is: CostBar}"""
    found = {}
    for one in profiles.load(run):
        for bar in cost_bar.bars(one):
            if bar.cost is not None and bar.parts:
                found[bar.label.removeprefix(NAME).removeprefix("_")] = bar
    missing = {"", *KINDS} - found.keys()
    if missing:
        raise BadInput(f"{run}: no profile of {', '.join(NAME + '_' * bool(kind) + kind for kind in sorted(missing))}")
    return found


def judged(found):
    """[(kind, class, µs that the work costs, µs that its class shows more)]"""
    def more(kind, value):
        base = KINDS[kind][1]
        return value(found[kind]) - value(found[base])

    return [(kind, key, more(kind, lambda bar: bar.cost.estimate.value), more(kind, lambda bar, key=key: bar.parts[key].us.value))
            for kind, (key, _) in KINDS.items()]


def main(arguments):
    run = arguments.run or measure()
    rows, wrong = [["work", "class", "costs, µs", "class shows, µs", "of it"]], 0
    for kind, key, cost, shown in judged(bars(run)):
        is_right = cost > 0 and abs(shown / cost - 1) <= MOST_WRONG
        wrong += not is_right
        share = f"{100 * shown / cost:.0f} %" if cost > 0 else "n/a"
        rows.append([kind, key, f"{cost:.2f}", f"{shown:.2f}", share + ("" if is_right else "  !")])
    print(terminal.grid(rows, left_aligned=(0, 1)))
    print(f"{len(KINDS) - wrong} of {len(KINDS)} classes show their work within {100 * MOST_WRONG:.0f} %: {run}")
    return 1 if wrong else 0
