"""Writes a run in a format that other tools read.

    tvl-results export results/2026-11-22-120000-host --format csv --output points.csv
    tvl-results export results/2026-11-22-120000-host --format google-benchmark     # for Google Benchmark's compare.py
    tvl-results export results/2026-11-22-120000-host --format markdown             # the report's tables

csv has a row per point; google-benchmark has the median response time as its time and the server's CPU per request as
its CPU time, and lists invalid points in its context only.
"""

import os
import signal
import sys

from tvl.data import environment, points
from tvl.tables import exports


def add_arguments(parser):
    parser.add_argument("folder", metavar="RUN", help="folder of a run")
    parser.add_argument("--format", required=True, choices=exports.FORMATS)
    points.add_baseline(parser)
    parser.add_argument("--output", metavar="FILE", help="output file (default: standard output)")


def main(arguments):
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `scripts/tvl-results export ... | head` is no error
    run = points.load(arguments.folder, arguments.baseline)
    machine = environment.load(arguments.folder) if os.path.isdir(arguments.folder) else {}
    text = exports.FORMATS[arguments.format](run, machine)
    if arguments.output:
        with open(arguments.output, "w", encoding="utf-8") as file:
            file.write(text)
    else:
        sys.stdout.write(text)
    return 0
