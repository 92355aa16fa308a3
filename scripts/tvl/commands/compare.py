"""Compares two runs, two contestants of one run, or two commits of one server: ratios with intervals.

    tvl-results compare results/OLD results/NEW                          every point that both have
    tvl-results compare results/OLD results/NEW --relative-to posix_loop the same, as ratios to one that did not change
    tvl-results compare results/RUN --between asio_threads asio_loop     inside one run, pair by pair
    tvl-results compare --commits main HEAD --contestant asio_loop       builds both, measures them together
    tvl-results compare results/OLD results/NEW --format markdown        for a pull request

A ratio is new / old. A regression is a ratio whose interval does not contain 1 and whose median is worse than 1 by more
than the threshold. Two runs differ by drift of the machine; --relative-to and --commits exclude it.

--commits compares CPU per request of two servers that are loaded at the same time on the same cores: seconds are enough
to find a few percent. Other metrics, and workloads with services, rooms or a knee, need --apart: one after the other.

Exit code: 0 no regression; 1 a regression; 2 cannot compare; 130 Ctrl-C.
"""

import argparse
import os
import signal

from tvl.analysis import comparison
from tvl.commands import build_commits
from tvl.data import environment, metrics, points
from tvl.tables import comparison_text


def percent(text):
    value = float(text.removesuffix("%")) / 100
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError("a percentage of 0 to 99")
    return value


def add_arguments(parser):
    parser.add_argument("runs", nargs="*", metavar="RUN", help="folder of a run, or a points.jsonl")
    parser.add_argument("--between", nargs=2, metavar=("OLD", "NEW"), help="two contestants of one run")
    parser.add_argument("--commits", nargs=2, metavar=("OLD", "NEW"), help="two commits of this repository")
    parser.add_argument("--contestant", metavar="NAME", help="with --commits: the server to build and measure")
    parser.add_argument("--workload", default="connections", metavar="NAME", help="with --commits: the workload")
    parser.add_argument("--repetitions", type=int, metavar="N",
                        help="with --commits: repetitions, default the workload's")
    parser.add_argument("--apart", action="store_true", help="with --commits: measure one after the other")
    parser.add_argument("--quick", action="store_true", help="with --commits: fewer and shorter points")
    parser.add_argument("--relative-to", metavar="NAME", help="a contestant that did not change between the runs")
    parser.add_argument("--metric", action="append", choices=sorted(metrics.PANELS), metavar="KEY",
                        help=f"metric to compare, repeatable: {', '.join(metrics.PANELS)}; default cpu")
    parser.add_argument("--threshold", type=percent, default=0.03, metavar="N%%", help="smallest regression, default 3%%")
    parser.add_argument("--anyway", action="store_true", help="also judge points whose conditions differ")
    parser.add_argument("--format", choices=("text", "markdown"), default="text")
    parser.add_argument("--all", action="store_true", help="also show points that do not differ")
    parser.add_argument("--chart", metavar="FILE", help="draw the ratios there: .svg or .png")


def check(arguments):
    ways = [len(arguments.runs) == 2 and not arguments.between, len(arguments.runs) == 1 and bool(arguments.between),
            not arguments.runs and bool(arguments.commits)]
    if sum(ways) != 1 or bool(arguments.commits) != bool(arguments.contestant):
        arguments.refuse("two RUNs, or one RUN with --between, or --commits with --contestant")
    if arguments.commits and not arguments.apart and set(arguments.metric or ()) - {"cpu"}:
        arguments.refuse("--commits compares cpu alone; --apart for other metrics")


def machine_refusal(runs, anyway):
    found = runs.machine_differs()
    if found and not anyway:
        raise points.BadInput(f"two machines: {'; '.join(found)} (--anyway compares them)")


def compared(arguments, chosen):
    """(title, rows, remarks)"""
    if arguments.runs and not arguments.between:
        runs = comparison.Runs(*arguments.runs)
        machine_refusal(runs, arguments.anyway)
        asked = arguments.relative_to
        if asked and not any(asked in line.contestant for w in runs.new.values() for line in w.lines.values()):
            raise points.BadInput(f"--relative-to {asked}: no such contestant in {arguments.runs[1]}")
        found = list(comparison.rows(runs, chosen, arguments.threshold, asked, arguments.anyway))
        remarks = [f"{heading}: {label} is only in {name}" for heading, label, name in runs.only_in_one()]
        said = f", relative to {asked}" if asked else ""
        return f"{name_of(arguments.runs[1])} / {name_of(arguments.runs[0])}{said}", found, remarks
    if arguments.commits:
        folder, old, new = build_commits.measured(arguments)
    else:
        folder, (old, new) = arguments.runs[0], arguments.between
    workloads = points.load(folder)
    known = {line.contestant for w in workloads for line in w.lines.values()}
    for name in (old, new):
        if name not in known:
            raise points.BadInput(f"no contestant {name} in {folder}: there are {', '.join(sorted(known))}")
    found = list(comparison.between(workloads, old, new, chosen, arguments.threshold))
    return f"{new} / {old}, {environment.machine(environment.load(folder))}", found, []


def name_of(run):
    return os.path.basename(os.path.abspath(run))


def main(arguments):
    check(arguments)
    chosen = [metrics.PANELS[key] for key in dict.fromkeys(arguments.metric or ["cpu"])]
    title, found, remarks = compared(arguments, chosen)
    if not found:
        raise points.BadInput("no point that is valid in both")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    write = comparison_text.markdown if arguments.format == "markdown" else comparison_text.plain
    print(write(title, found, remarks, arguments.threshold, arguments.all))
    if arguments.chart:
        from tvl.charts.figures import comparison_chart  # needs matplotlib, which the tables do not
        comparison_chart.draw(title, found, arguments.chart)
    return int(any(row.outcome == comparison.REGRESSION for row in found))
