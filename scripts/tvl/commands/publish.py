"""Makes a run the one that the README cites: its points, charts and report in results/reference, and the README's tables.

    tvl-results publish results/RUN

Every point is taken over whole but for the histograms behind its percentiles, which are most of a run and compress badly;
they stay in the run's own folder. What is measured apart, by tvl-primitives and tvl-results syscalls, stays as it is.

Exit code: 0 done; 2 not a run.
"""

import argparse
import glob
import importlib
import json
import os
import shutil
import subprocess
import sys

from tvl import ROOT
from tvl.data import records

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


def results(command, *words):
    subprocess.run((sys.executable, "-B", os.path.join(ROOT, "scripts", "tvl-results"), command, *words), check=True, cwd=ROOT)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", metavar="RUN", help="folder of a run")
    run = parser.parse_args().run
    try:
        importlib.import_module("matplotlib")  # the charts need it: to be known before anything is changed
        take_over(run)
        results("plot", REFERENCE)
        charts = os.path.join(REFERENCE, "charts")
        shutil.rmtree(os.path.join(charts, "panels"))  # the report draws its own
        for picture in glob.glob(os.path.join(charts, "*.png")):
            os.remove(picture)  # the .svg is the same
        results("report", REFERENCE)
        results("readme", REFERENCE)
    except (records.BadInput, OSError, ImportError) as error:
        print(f"publish: {error}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError:
        return 2  # it has said why
    return 0
