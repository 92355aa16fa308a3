"""Publishes a run as the reference run: points, charts and report in results/reference, and the READMEs' tables.

    tvl-results publish results/RUN

Points are copied without their histograms, which are most of a run's bytes. The results of tvl-primitives and of
tvl-results syscalls stay.

Exit code: 0 done; 2 not a run.
"""

import glob
import json
import os
import shutil

from tvl import ROOT
from tvl.commands import plot, readme
from tvl.data import records
from tvl.report import page

REFERENCE = os.path.join(ROOT, "results", "reference")


def without_histograms(record):
    latency = {name: found and {**found, "hdr": None} for name, found in (record.get("latency") or {}).items()}
    return {**record, "latency": latency} if latency else record


def take_over(run):
    found = records.read(os.path.join(run, "points.jsonl"))
    os.makedirs(REFERENCE, exist_ok=True)
    shutil.rmtree(os.path.join(REFERENCE, "charts"), ignore_errors=True)
    shutil.copy(os.path.join(run, "environment.json"), REFERENCE)
    with open(os.path.join(REFERENCE, "points.jsonl"), "w", encoding="utf-8") as file:
        file.writelines(json.dumps(without_histograms(record), separators=(",", ":")) + "\n" for record in found)


def add_arguments(parser):
    parser.add_argument("run", metavar="RUN", help="folder of a run")


def main(arguments):
    take_over(arguments.run)
    charts = plot.draw_run(REFERENCE)
    shutil.rmtree(os.path.join(charts, "panels"))  # the report draws them itself
    for picture in glob.glob(os.path.join(charts, "*.png")):
        os.remove(picture)  # the .svg has the same content
    print(page.write(REFERENCE))
    for path in readme.documents():
        readme.is_stale(path, REFERENCE, check=False)
    return 0
