"""Publishes a run as the reference run: points, charts and report in results/reference, and the READMEs' tables.

    tvl-results publish results/RUN

Points are copied without their histograms, which are most of a run's bytes, and profiles with them. The results of
tvl-primitives and of tvl-results syscalls stay.

Exit code: 0 done; 2 not a run.
"""

import glob
import json
import os
import re
import shutil

from tvl import ROOT
from tvl.commands import plot, readme
from tvl.data import records
from tvl.report import page
from tvl.why import profiles

REFERENCE = os.path.join(ROOT, "results", "reference")


def without_histograms(record):
    latency = {name: found and {**found, "hdr": None} for name, found in (record.get("latency") or {}).items()}
    return {**record, "latency": latency} if latency else record


def without_folder(conditions):
    """The command without the run's folder, which is on the machine that measured."""
    return {**conditions, "command": re.sub(r" --output ('[^']*'|\S+)", "", conditions.get("command") or "") or None}


def take_over(run):
    for earlier in ("charts", profiles.FOLDER):
        shutil.rmtree(os.path.join(REFERENCE, earlier), ignore_errors=True)
    take_over_points(run, REFERENCE)
    with open(os.path.join(run, "environment.json"), encoding="utf-8") as file:
        conditions = without_folder(json.load(file))
    with open(os.path.join(REFERENCE, "environment.json"), "w", encoding="utf-8") as file:
        json.dump(conditions, file, indent=2, ensure_ascii=False)
        file.write("\n")
    stacks = os.path.join(run, profiles.FOLDER)
    if os.path.exists(stacks):
        taken = os.path.join(REFERENCE, profiles.FOLDER)
        take_over_points(stacks, taken)
        for path in glob.glob(os.path.join(glob.escape(stacks), "*.folded")):
            shutil.copy(path, taken)


def take_over_points(folder, into):
    found = records.read(os.path.join(folder, "points.jsonl"))
    os.makedirs(into, exist_ok=True)
    with open(os.path.join(into, "points.jsonl"), "w", encoding="utf-8") as file:
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
