"""Sensitivity test: how often `compare` finds an injected slowdown, and how often it finds one without.

    tvl-results sensitivity                                asio_loop with 5 % more CPU per request, 20 times 5
                                                           repetitions: ten minutes
    tvl-results sensitivity --contestant asio_threads --percent 10 --times 4
    tvl-results sensitivity --record results/planted.jsonl keeps the decisive members, a line per point
    tvl-results sensitivity results/planted.jsonl          judges a record; measures nothing

In every repetition the server is measured concurrently with a second instance of itself and with one that spends more CPU
before each request (its flag --planted), as `compare --commits` measures two commits. Every five repetitions are judged by
CPU per request, as `compare --between` judges them.

Exit code: 0 the slowdown was found every time, and none without it; 1 otherwise; 2 cannot measure; 130 Ctrl-C.
"""

import json
import os
import re
import subprocess
import sys
import time

from tvl import ROOT
from tvl.analysis import aa_control, comparison
from tvl.commands.build_commits import write
from tvl.data import metrics, points, records

TOGETHER = 5  # repetitions that are judged as one comparison
TRIED = 1000  # rounds of the first attempt: over a microsecond, always detectable
SUITE = os.path.join(ROOT, "build", "bin", "tvl-suite")
LOAD = ("--together", "--workload", "connections", "--benchmark_filter=/64(/control)?$")
SLOWED = "_planted"  # suffix of the contestant with the slowdown; results/planted.jsonl has it
KEPT = ("schema", "workload", "contestant", "title", "model", "versus", "control", "repetition", "block", "position", "load",
        "x", "started", "verdict")


def add_arguments(parser):
    parser.add_argument("run", nargs="?", metavar="RUN", help="file of --record, or folder of such a run")
    parser.add_argument("--contestant", default="asio_loop", metavar="NAME")
    parser.add_argument("--percent", type=float, default=5, metavar="N",
                        help="injected slowdown in %% of CPU per request; default 5")
    parser.add_argument("--times", type=int, default=20, metavar="N", help="comparisons; default 20")
    parser.add_argument("--seconds", type=float, default=3, metavar="S", help="length of every point; default 3")
    parser.add_argument("--threshold", type=float, default=3, metavar="N%%",
                        help="smallest regression, as in compare; default 3")
    parser.add_argument("--record", metavar="FILE", help="write the decisive members of the points there")


def measured(arguments):
    """The folder of a run."""
    if not os.path.exists(SUITE):
        raise records.BadInput("build/bin/tvl-suite is not built: scripts/run --quick builds it")
    folder = os.path.join(ROOT, "results", time.strftime("%Y-%m-%d-%H%M%S-planted"))
    name = arguments.contestant
    path = os.path.join(ROOT, "build", f"{name}{SLOWED}.toml")
    rounds = TRIED
    for attempt in ("first", "second"):  # the second near the requested percentage: CPU is not proportional to rounds
        rounds = sized(f"{folder}-{attempt}-size", name, path, rounds, arguments)
    write(path, slower(name, rounds))
    print(f"injecting {rounds} rounds before each request of {name}", file=sys.stderr)
    run(folder, name, path, arguments.seconds, TOGETHER * arguments.times)
    return folder


def sized(folder, name, path, rounds, arguments):
    """The rounds for the requested percentage, extrapolated from a measurement with `rounds`."""
    write(path, slower(name, rounds))
    run(folder, name, path, arguments.seconds, repetitions=9)
    (workload,) = points.load(folder)
    ratio = workload.ratio(metrics.CPU, f"{name}{SLOWED}", workload.sizes[0])
    if not ratio or ratio.low <= 1:
        raise records.BadInput(f"{rounds} rounds make no difference to {name}: see {folder}")
    return round(rounds * arguments.percent / 100 / (ratio.median - 1))


def run(folder, name, path, seconds, repetitions):
    code = subprocess.call((SUITE, *LOAD, "--output", folder, "--contestant", name, "--contestant", path, "--seconds",
                            f"{seconds:g}", f"--benchmark_repetitions={repetitions}"), stdout=sys.stderr, cwd=ROOT)
    if code:
        raise records.BadInput(f"tvl-suite ended with {code}; what it measured is in {folder}")


def slower(name, rounds):
    """The manifest of the server with the injected slowdown."""
    with open(os.path.join(ROOT, "servers", f"{name}.toml"), encoding="utf-8") as file:
        text = file.read()
    text = re.sub(rf'(?m)^(name\s*= )"{name}"$', rf'\1"{name}{SLOWED}"', text)
    text = re.sub(r"(?ms)^(command\s*= \[.*?)\]$", rf'\1, "--planted", "{rounds}"]', text)
    return text.replace("{bin}", os.path.dirname(SUITE))


def comparisons(found, threshold):
    """(against itself, against the slower one) of every five repetitions: each (Interval of a ratio, outcome)."""
    groups = {}
    for record in found:
        groups.setdefault((record.get("repetition") or 0) // TOGETHER, []).append(record)
    itself = next((record["contestant"] for record in found), None)  # in the first repetition only: the positions rotate
    for _, mine in sorted(groups.items()):
        (workload,) = points.facets(mine[0]["workload"], mine)
        again = aa_control.intervals(workload, metrics.CPU)
        rows = list(comparison.between([workload], itself, f"{itself}{SLOWED}", [metrics.CPU], threshold))
        if again and rows and rows[0].ratio and again[0].n == rows[0].ratio.n == TOGETHER:
            outcome = comparison.outcome_of(metrics.CPU, again[0], threshold)
            yield (again[0], outcome), (rows[0].ratio, rows[0].outcome)


def verdict(found, threshold):
    """(text, whether every slowdown was found and no other)"""
    pairs = list(comparisons(found, threshold))
    if not pairs:
        raise records.BadInput(f"no {TOGETHER} repetitions with a valid control and a valid injected slowdown")
    lines = [f"{'':4}{'against itself':52}with an injected slowdown"]
    for number, pair in enumerate(pairs, 1):
        cells = [f"{ratio.median:.3f} ({ratio.low:.3f} to {ratio.high:.3f}) {outcome}" for ratio, outcome in pair]
        lines.append(f"{number:2}  {cells[0]:52}{cells[1]}")
    false, right = (sum(outcome == comparison.REGRESSION for _, outcome in side) for side in zip(*pairs))
    lines.append(f"A regression was found {right} times of {len(pairs)} with a slowdown, {false} times without.")
    return "\n".join(lines), right == len(pairs) and false == 0


def main(arguments):
    if arguments.times < 1 or not 0 < arguments.percent <= 100 or not 0.1 <= arguments.seconds <= 600:
        arguments.refuse("--times from 1, --percent up to 100, --seconds from 0.1 to 600")
    folder = arguments.run or measured(arguments)
    path = os.path.join(folder, "points.jsonl") if os.path.isdir(folder) else folder
    found = [record for record in records.read(path) if "left_out" not in record]
    text, good = verdict(found, arguments.threshold / 100)
    print(text)
    if arguments.record:
        with open(arguments.record, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(kept(record)) + "\n" for record in found)
    return 0 if good else 1


def kept(record):
    found = {key: record[key] for key in KEPT if record.get(key) is not None}
    return {**found, "server": {"cpu_us_per_request": metrics.CPU.read(record)}}
