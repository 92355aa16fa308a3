"""Known answers: does a profile show more work in its class, and in the right amount?

    tvl-results known-costs                    asio_loop with more work before each request: seven minutes
    tvl-results known-costs RUN                judges such a run; measures nothing

Beside the server as it is there is one with arithmetic before each request (its flag --planted), and three with system
calls before each recv(): 24 that do not exist, 24 sched_yield, and 4 waits for 128 futexes of which one has changed.
Arithmetic belongs to the own code, the call that does not exist to the entry of system calls. The other two pay for as
many entries, too: what they cost more belongs to the scheduler and to the futex. All serve the same rate: at saturation
a slower server would also find its clients asleep more often, and pay for waking them.

Exit code: 0 each class shows between 85 and 115 % of what its work costs; 1 one does not; 2 cannot measure.
"""

import os
import statistics
import subprocess
import sys
import time
from typing import NamedTuple

from tvl import ROOT
from tvl.commands import sensitivity
from tvl.commands.build_commits import write
from tvl.data import metrics
from tvl.data.records import BadInput
from tvl.text import terminal
from tvl.why import profiles

NAME, CONNECTIONS, RATE, ROUNDS = "asio_loop", 64, 10_000, 12_000
LIBRARY = os.path.join(ROOT, "build", "servers", "planted_calls.so")
# Suffix of the contestant -> (class, system calls per request)
KINDS = {"burn": ("own", 0), "nothing": ("syscall", 24), "sched_yield": ("scheduler", 24), "futex": ("futex", 4)}
ENTRY = "nothing"
CLASSES = {key for key, _ in KINDS.values()}
MOST_WRONG = 0.15
WORKLOAD = f"""question    = "Does a profile show more work in its class?"
endpoint    = "plaintext"
contestants = ["{NAME}"]
[load]
connections = {CONNECTIONS}
rate = {RATE}
seconds = 0.6
warmup_s = 0.3
repetitions = 25
[why]
contestants = ["{NAME}"]
seconds = 12.0
"""


def add_arguments(parser):
    parser.add_argument("run", nargs="?", metavar="RUN", help="folder of such a run")


def manifest(kind):
    calls = KINDS[kind][1]
    text = sensitivity.variant(NAME, f"_{kind}", None if calls else ROUNDS)
    return text + f'\n[env]\nLD_PRELOAD = "{LIBRARY}"\nTVL_PLANTED = "{kind}:{calls}"\n' * bool(calls)


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


class Costs(NamedTuple):
    """Of one contestant, in multiples of the CPU per request of the server as it is."""

    total: float  # median of the ratios, repetition by repetition: the machine's speed changes between them
    shares: dict  # class -> share of the samples, the median of the passes


def costs(run):
    """{kind, "" = as it is: Costs}"""
    found = {}
    for one in profiles.load(run):
        for label in one.profiled.measured:
            passes = [samples.counts for samples in one.samples(label, CONNECTIONS).values()]
            ratio = one.measured and one.measured.ratio(metrics.CPU, label, CONNECTIONS)
            total = 1.0 if label == NAME else ratio and ratio.median
            if passes and total:
                found[label.removeprefix(NAME).removeprefix("_")] = Costs(total, {
                    key: statistics.median(counts[key] / counts.total() for counts in passes) for key in CLASSES})
    missing = {"", *KINDS} - found.keys()
    if missing:
        raise BadInput(f"{run}: no profile of {', '.join(NAME + '_' * bool(kind) + kind for kind in sorted(missing))}")
    return found


def judged(found):
    """[(kind, class, what the work costs, what its class shows more)], in multiples of the CPU of a request as it is"""
    def more(kind, value):
        entries = 0 if kind == ENTRY else KINDS[kind][1] / KINDS[ENTRY][1]
        plain, entered = value(found[""]), value(found[ENTRY])
        return value(found[kind]) - plain - entries * (entered - plain)

    return [(kind, key, more(kind, lambda one: one.total), more(kind, lambda one, key=key: one.total * one.shares[key]))
            for kind, (key, _) in KINDS.items()]


def main(arguments):
    run = arguments.run or measure()
    rows, wrong = [["work", "class", "costs", "class shows", "of it"]], 0
    for kind, key, cost, shown in judged(costs(run)):
        is_right = cost > 0 and abs(shown / cost - 1) <= MOST_WRONG
        wrong += not is_right
        share = f"{100 * shown / cost:.0f} %" if cost > 0 else "n/a"
        rows.append([kind, key, f"{100 * cost:.1f} %", f"{100 * shown:.1f} %", share + ("" if is_right else "  !")])
    print(terminal.grid(rows, left_aligned=(0, 1)))
    print(f"In % of the CPU per request of {NAME} at {CONNECTIONS} connections and {RATE:,} requests/s.")
    print(f"{len(KINDS) - wrong} of {len(KINDS)} classes show their work within {100 * MOST_WRONG:.0f} %: {run}")
    return 1 if wrong else 0
