"""Compares two runs, two contestants of one run, or two commits of one server: ratios with intervals.

    tvl-results compare results/OLD results/NEW                          every point that both have
    tvl-results compare results/OLD results/NEW --relative-to posix_loop the same, as ratios to one that did not change
    tvl-results compare results/RUN --between asio_threads asio_loop     inside one run, pair by pair
    tvl-results compare --commits main HEAD --contestant asio_loop       builds both, measures them together
    tvl-results compare --commits main HEAD --manifest mine.toml         the same of your own repository
    tvl-results compare results/OLD results/NEW --format markdown        for a pull request

The first lines name the recorded conditions in which the runs differ. A ratio is new / old. A row is a regression if
its whole interval lies on the bad side of the threshold, and if it does so among as many rows as there are: of 700
rows, chance alone puts some beyond (Benjamini and Hochberg, 5 %). With five repetitions, one row of hundreds can never
be told from chance; the last lines say how many must be worse at once. Two runs differ by drift of the machine;
--relative-to, --by-turns and --commits exclude it. Where a contestant failed, was offered another rate than the other,
or reached only a lower bound, a row is not comparable. A point that the old run has and the new one lacks has a line of
its own.

The lines about contestants say whose manifest, command or program differs between the runs; rows of these have a *.

--commits compares CPU per request of two servers that are loaded at the same time on the same cores: seconds are enough
to find a few percent. Other metrics, and workloads with services, rooms or a knee, need --apart: one after the other.
With --manifest the repository is --repo, by default the one of the current folder. Each commit has a worktree in a
temporary folder, with its own version of the manifest if it has one; {dir} and relative names in the manifest lie in it,
and its `build` is carried out there. Files that git ignores are not in it. Changes without a commit are refused.

Exit code: 0 no regression; 1 a regression; 2 could not tell: points are gone, no row is decided, too few repetitions
for any regression, or the input cannot be compared; 130 Ctrl-C.
"""

import argparse
import os
import signal
from typing import NamedTuple

from tvl.analysis import comparison, conditions, identities, lost_points
from tvl.commands import build_commits
from tvl.data import environment, metrics, names, points
from tvl.tables import comparison_text
from tvl.text import outside

APART, TOGETHER = 0.03, 0.005  # thresholds


def percent(text):
    value = float(text.removesuffix("%")) / 100
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError("a percentage of 0 to 99")
    return value


def add_arguments(parser):
    parser.add_argument("runs", nargs="*", metavar="RUN", help="folder of a run, or a points.jsonl")
    parser.add_argument("--between", nargs=2, metavar=("OLD", "NEW"), help="two contestants of one run")
    parser.add_argument("--commits", nargs=2, metavar=("OLD", "NEW"), help="two commits of a repository")
    parser.add_argument("--contestant", metavar="NAME", help="with --commits: the server of this project to measure")
    parser.add_argument("--manifest", metavar="FILE", help="with --commits: the manifest of a server of your own")
    parser.add_argument("--repo", metavar="PATH", help="with --manifest: its repository, default that of this folder")
    parser.add_argument("--endpoint", metavar="NAME", help="with --manifest: the endpoint that the workload asks for")
    parser.add_argument("--workload", default="connections", metavar="NAME", help="with --commits: the workload")
    parser.add_argument("--repetitions", type=int, metavar="N",
                        help="with --commits: repetitions, default the workload's, with --quick 5")
    parser.add_argument("--apart", action="store_true", help="with --commits: measure one after the other")
    parser.add_argument("--quick", action="store_true", help="with --commits: fewer and shorter points")
    parser.add_argument("--relative-to", metavar="NAME", help="a contestant that did not change between the runs")
    parser.add_argument("--by-turns", action="store_true",
                        help="each repetition of NEW was measured right after the same one of OLD: pairs them")
    parser.add_argument("--metric", action="append", choices=sorted(metrics.PANELS), metavar="KEY",
                        help=f"metric to compare, repeatable: {', '.join(metrics.PANELS)}; default cpu")
    parser.add_argument("--threshold", type=percent, metavar="N%%",
                        help="smallest regression; default 3%%, of servers that are loaded together 0.5%%")
    parser.add_argument("--anyway", action="store_true", help="also judge points whose conditions differ")
    parser.add_argument("--format", choices=("text", "markdown"), default="text")
    parser.add_argument("--all", action="store_true", help="also show points that do not differ")
    parser.add_argument("--chart", metavar="FILE", help="draw the ratios there: .svg or .png")


def check(arguments):
    ways = [len(arguments.runs) == 2 and not arguments.between, len(arguments.runs) == 1 and bool(arguments.between),
            not arguments.runs and bool(arguments.commits)]
    named = [text for text in (arguments.contestant, arguments.manifest) if text is not None]
    if sum(ways) != 1 or len(named) != bool(arguments.commits):
        arguments.refuse("two RUNs, or one RUN with --between, or --commits with --contestant or --manifest")
    if arguments.manifest is None and (arguments.repo or arguments.endpoint) is not None:
        arguments.refuse("--repo and --endpoint are for --manifest")
    if arguments.by_turns and len(arguments.runs) != 2:
        arguments.refuse("--by-turns is for two RUNs")
    if arguments.commits and not arguments.apart and set(arguments.metric or ()) - {"cpu"}:
        arguments.refuse("--commits compares cpu alone; --apart for other metrics")


class Compared(NamedTuple):
    title: str
    rows: list
    gone: list  # lines about points that the old side has and the new one lacks
    before: list = []  # lines about the conditions
    remarks: list = []


def compared(arguments, chosen, threshold):
    if arguments.runs and not arguments.between:
        return two_runs(arguments, chosen, threshold)
    if arguments.commits:
        folder, old, new = build_commits.measured(arguments)
    else:
        folder, (old, new) = arguments.runs[0], arguments.between
    workloads = points.load(folder)
    for name in (old, new):
        names.check(name, contestants(workloads), "contestant")
    found = comparison.judged(comparison.between(workloads, old, new, chosen, threshold))
    return Compared(f"{new} / {old}, {environment.machine(environment.load(folder))}", found,
                    lost_points.of_contestants(workloads, old, new, chosen))


def contestants(workloads):
    return {line.contestant for workload in workloads for line in workload.lines.values()}


def two_runs(arguments, chosen, threshold):
    runs, asked = comparison.Runs(*arguments.runs), arguments.relative_to
    machine = runs.machine_differs()
    if machine and not arguments.anyway:
        raise points.BadInput(f"two machines: {'; '.join(machine)} (--anyway compares them)")
    for run in (runs.old, runs.new) if asked is not None else ():
        names.check(asked, contestants(run.values()), "contestant")
    found = comparison.judged(comparison.rows(runs, chosen, threshold, asked, arguments.anyway, arguments.by_turns))
    remarks = [f"{heading}: {label} is only in the new run" for heading, label in runs.only_in_new()]
    remarks += lost_points.without_pairs(runs, chosen, asked) if asked else []
    said = f", relative to {asked}" if asked else ""
    return Compared(f"{name_of(arguments.runs[1])} / {name_of(arguments.runs[0])}{said}", found,
                    lost_points.of_runs(runs, chosen, asked),
                    conditions.sentences(runs.conditions) + identities.sentences(measured_changes(runs)), remarks)


def measured_changes(runs):
    """Those of contestants that both runs measured."""
    names = [contestants(run.values()) for run in (runs.old, runs.new)]
    return {name: what for name, what in runs.changes.items() if all(name in run for run in names)}


def name_of(run):
    return outside.line(os.path.basename(os.path.abspath(run)))


def main(arguments):
    check(arguments)
    chosen = [metrics.PANELS[key] for key in dict.fromkeys(arguments.metric or ["cpu"])]
    together = arguments.commits and not arguments.apart
    threshold = (TOGETHER if together else APART) if arguments.threshold is None else arguments.threshold
    done = compared(arguments, chosen, threshold)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    write = comparison_text.markdown if arguments.format == "markdown" else comparison_text.plain
    print(write(done.title, done.rows, [*unknown(done), *done.remarks], threshold, arguments.all, done.before))
    if arguments.chart:
        from tvl.charts.figures import comparison_chart  # needs matplotlib, which the tables do not
        comparison_chart.draw(done.title, done.rows, arguments.chart)
    if any(row.outcome == comparison.REGRESSION for row in done.rows):
        return 1
    return 2 if unknown(done) else 0


def unknown(done):
    """What the comparison could not tell, a line each."""
    if not done.rows:
        return [*done.gone, "Could not tell: no point holds on both sides."]
    nothing = "Could not tell: no row is decided." if comparison.tells_nothing(done.rows) else ""
    return [*done.gone, *[nothing] * bool(nothing)]
