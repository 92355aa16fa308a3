"""Sensitivity test: how often `compare` finds an injected slowdown, and how often it finds one without.

    tvl-results sensitivity                                asio_loop with 5 % more CPU per request, 20 times 5
                                                           repetitions: eight minutes
    tvl-results sensitivity --contestant asio_threads --percent 10 --times 4
    tvl-results sensitivity --smallest                     the smallest slowdown that is found 19 times of 20 in a
                                                           minute each, and never without one: 41 minutes
    tvl-results sensitivity --record results/planted.jsonl keeps the decisive members, a line per point
    tvl-results sensitivity results/planted.jsonl          judges a record; measures nothing
    tvl-results sensitivity --smallest results/planted_smallest.jsonl

In every repetition the server is measured concurrently with a second instance of itself and with one that spends more
CPU before each request (its flag --planted), as `compare --commits` measures two commits. Every five repetitions
(--smallest: 14, which take 57 seconds) are judged by CPU per request, as `compare` judges one row: the interval lies
beyond the threshold.

--smallest injects 1.5 % first. From these ratios, moved to other slowdowns with their noise as it is, it takes the
smallest that would be found 19 times of 20, and measures that one too, with 0.1 % more.

Exit code: 0 the slowdown was found every time (--smallest: 19 times of 20, in a minute each), and none without it; 1
otherwise, and where it was more than 1.5 times as large as requested; 2 cannot measure; 130 Ctrl-C.
"""

import json
import math
import os
import re
import subprocess
import sys
import time

from tvl import ROOT
from tvl.analysis import planted
from tvl.analysis.planted import AGAIN, SLOWED
from tvl.commands.build_commits import write
from tvl.data import metrics, records
from tvl.text import terminal

JUDGED, IN_A_MINUTE = 5, 14  # repetitions that are one comparison; with three servers one takes 4.1 s
PERCENT, AIM = 5, 1.5
SIZING = 9  # repetitions
TRIED = 1000  # rounds of the first attempt: over a microsecond, always detectable
ATTEMPTS, NEAR = 4, 1.25  # at the requested slowdown, until one is measured within this factor of it
TOO_LARGE = 1.5  # a slowdown so many times as large as requested does not show that the requested one is found
MARGIN = 0.001  # a slowdown that is found just often enough in one record is not in half of the others
SPARE = 1.04  # so many repetitions for one that is needed: some are not valid
SUITE = os.path.join(ROOT, "build", "bin", "tvl-suite")
LOAD = ("--together", "--workload", "connections", "--benchmark_filter=/64$")
KEPT = ("schema", "workload", "contestant", "title", "model", "versus", "control", "repetition", "block", "position",
        "load", "x", "started", "verdict")


def add_arguments(parser):
    parser.add_argument("run", nargs="?", metavar="RUN", help="file of --record, or folder of such a run")
    parser.add_argument("--contestant", default="asio_loop", metavar="NAME")
    parser.add_argument("--smallest", action="store_true", help="find the smallest slowdown that is found in a minute")
    parser.add_argument("--percent", type=float, metavar="N",
                        help=f"injected slowdown in %% of CPU per request; default {PERCENT}, with --smallest {AIM}")
    parser.add_argument("--repetitions", type=int, metavar="N",
                        help=f"of one comparison; default {JUDGED}, with --smallest {IN_A_MINUTE}")
    parser.add_argument("--times", type=int, default=20, metavar="N", help="comparisons; default 20")
    parser.add_argument("--seconds", type=float, default=3, metavar="S", help="length of every point; default 3")
    parser.add_argument("--threshold", type=float, default=0.5, metavar="N%%",
                        help="smallest regression, as in compare --commits; default 0.5")
    parser.add_argument("--record", metavar="FILE", help="write the decisive members of the points there")


class Injection:
    """A contestant, a second instance of it, and one with so many rounds of arithmetic before each request."""

    def __init__(self, arguments):
        if not os.path.exists(SUITE):
            raise records.BadInput("build/bin/tvl-suite is not built: scripts/run --quick builds it")
        self.name, self.seconds = arguments.contestant, arguments.seconds
        self.folder = os.path.join(ROOT, "results", time.strftime("%Y-%m-%d-%H%M%S-planted"))
        self.manifests = [os.path.join(ROOT, "build", f"{self.name}{suffix}.toml") for suffix in (AGAIN, SLOWED)]
        write(self.manifests[0], variant(self.name, AGAIN))

    def rounds(self, percent):
        """Those that came nearest. CPU is not proportional to rounds: a slower server also finds its clients asleep
        more often, and wakes them."""
        tried, rounds = [], TRIED
        while len(tried) < ATTEMPTS:
            ratio = planted.slowdown(self.measured(rounds, SIZING, f"-size-{len(tried) + 1}"))
            if not ratio or ratio.low <= 1:
                break
            tried.append((rounds, 100 * (ratio.median - 1)))
            if abs(math.log(tried[-1][1] / percent)) <= math.log(NEAR):
                break
            rounds = next_attempt(tried, percent)
        if not tried:
            raise records.BadInput(f"{rounds} rounds make no difference to {self.name}: see {self.folder}")
        return min(tried, key=lambda one: abs(math.log(one[1] / percent)))[0]

    def measured(self, rounds, repetitions, suffix):
        """The records."""
        print(f"injecting {rounds} rounds before each request of {self.name}", file=sys.stderr)
        write(self.manifests[1], variant(self.name, SLOWED, rounds))
        folder = self.folder + suffix
        names = [word for name in (self.name, *self.manifests) for word in ("--contestant", name)]
        code = subprocess.call((SUITE, *LOAD, "--output", folder, *names, "--seconds", f"{self.seconds:g}",
                                f"--benchmark_repetitions={repetitions}"), stdout=sys.stderr, cwd=ROOT)
        if code:
            raise records.BadInput(f"tvl-suite ended with {code}; what it measured is in {folder}")
        return read(folder)


def next_attempt(tried, percent):
    """In proportion to the last [(rounds, %), ...], or to the power of it that the last two show."""
    rounds, last = tried[-1]
    power = 1
    if len(tried) > 1 and tried[-2][1] != last:
        power = min(1, max(1 / 3, math.log(rounds / tried[-2][0]) / math.log(last / tried[-2][1])))
    return max(1, round(rounds * (percent / last) ** power))


def scaled(rounds, ratio, share):
    return max(1, round(rounds * share / (ratio.median - 1)))


def variant(name, suffix, rounds=None):
    """The manifest of a contestant of another name, with the injected slowdown if there are rounds."""
    with open(os.path.join(ROOT, "servers", f"{name}.toml"), encoding="utf-8") as file:
        text = file.read()
    text = re.sub(rf'(?m)^(name\s*= )"{name}"$', rf'\1"{name}{suffix}"', text)
    if rounds is not None:
        text = re.sub(r"(?ms)^(command\s*= \[.*?)\]$", rf'\1, "--planted", "{rounds}"]', text)
    return text.replace("{bin}", os.path.dirname(SUITE))


def read(run):
    path = os.path.join(run, "points.jsonl") if os.path.isdir(run) else run
    return [record for record in records.read(path) if "left_out" not in record]


class Judgement:
    def __init__(self, found, size, threshold):
        self.found, self.size, self.threshold = found, size, threshold
        self.tried = planted.comparisons(found, size, threshold)
        if not self.tried:
            raise records.BadInput(f"no {size} valid repetitions with a second instance and an injected slowdown")
        self.right, self.false = planted.found_times(self.tried)
        self.seconds = planted.seconds(found, size)

    def rows(self):
        cells = [[f"{row.ratio.median:.4f} ({row.ratio.low:.4f} to {row.ratio.high:.4f})" + " !" * found
                  for row, found in zip(pair, self.regressions(pair))] for pair in self.tried]
        lines = [f"{'':4}{'against itself':34}with a slowdown (! = a regression)"]
        lines += [f"{number:2}  {itself:34}{slowed}" for number, (itself, slowed) in enumerate(cells, 1)]
        return lines

    def regressions(self, pair):
        return [bool(planted.found_times([(row, row)])[0]) for row in pair]

    def sentence(self):
        took = f" of {self.seconds:.0f} s" if self.seconds else ""
        slowdown = planted.slowdown(self.found)
        return (f"{self.size} repetitions{took}: a slowdown of {percent(slowdown.median)} was found {self.right} times "
                f"of {len(self.tried)}, without one a regression {self.false} times.")

    def finds_always(self):
        return self.right == len(self.tried) and self.false == 0

    def too_large(self, share):
        """What a reader is told if the machine made the slowdown larger than `share` %; None otherwise."""
        slowdown = planted.slowdown(self.found).median
        if slowdown - 1 <= TOO_LARGE * share / 100:
            return None
        return (f"This shows nothing about {share:g} %: the machine was another one than when the rounds for {share:g} % "
                f"were measured. Repeat it.")

    def finds_often(self):
        in_time = self.seconds is None or self.seconds <= 60
        return self.right >= planted.OFTEN * len(self.tried) and self.false == 0 and in_time

    def smallest(self):
        return planted.smallest(self.found, self.size, self.threshold)


def percent(ratio):
    return f"{100 * (ratio - 1):.2f} %"


def measured(arguments, size, share):
    """The records of one slowdown, or with --smallest of two."""
    injection = Injection(arguments)
    repetitions = math.ceil(size * arguments.times * SPARE)
    rounds = injection.rounds(share)
    found = [injection.measured(rounds, repetitions, "")]
    least = planted.smallest(found[0], size, arguments.threshold / 100) if arguments.smallest else None
    if least is not None:
        rounds = scaled(rounds, planted.slowdown(found[0]), least + MARGIN)
        found.append(injection.measured(rounds, repetitions, "-smallest"))
    return found


def kept(record):
    found = {key: record[key] for key in KEPT if record.get(key) is not None}
    return {**found, "server": {"cpu_us_per_request": metrics.CPU.read(record)}}


def best(judgements):
    """The one with the smallest slowdown of those that were found often enough; if none was, the last."""
    good = [one for one in judgements if one.finds_often()]
    return min(good, key=lambda one: planted.slowdown(one.found).median) if good else judgements[-1]


def main(arguments):
    size = arguments.repetitions or (IN_A_MINUTE if arguments.smallest else JUDGED)
    share = (AIM if arguments.smallest else PERCENT) if arguments.percent is None else arguments.percent
    if arguments.times < 1 or size < 2 or not 0 < share <= 100 or not 0.1 <= arguments.seconds <= 600:
        arguments.refuse("--times from 1, --repetitions from 2, --percent up to 100, --seconds from 0.1 to 600")
    found = [read(arguments.run)] if arguments.run else measured(arguments, size, share)
    judgements = [Judgement(one, size, arguments.threshold / 100) for one in found]
    for one in judgements:
        print("\n".join([*one.rows(), terminal.fill(one.sentence())]))
    chosen = best(judgements)
    if arguments.smallest:
        print(terminal.fill(conclusion(chosen)))
    too_large = None if arguments.smallest else chosen.too_large(share)
    if too_large:
        print(terminal.fill(too_large))
    if arguments.record:
        with open(arguments.record, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(kept(record)) + "\n" for record in chosen.found)
    good = chosen.finds_often() if arguments.smallest else chosen.finds_always() and not too_large
    return 0 if good else 1


def conclusion(chosen):
    least, slowdown = chosen.smallest(), planted.slowdown(chosen.found).median
    moved = f" Moved to other slowdowns, these ratios would show {100 * least:.2f} % 19 times of 20." if least else ""
    if chosen.finds_often():
        return f"The smallest slowdown that was measured and found often enough: {percent(slowdown)}.{moved}"
    return f"No slowdown was found often enough in a minute each.{moved}"
