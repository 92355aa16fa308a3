"""The list of workloads: question, variables, and duration in a run."""

import glob
import os
import tomllib
import urllib.parse
from collections import Counter
from datetime import datetime

from tvl import ROOT
from tvl.data import records
from tvl.text import markdown as md

COURSES = ("steps", "late")  # lists that describe one point


def varied(workload):
    """connections: 1, 64, 1000; order: serial, gather"""
    beside = workload.get("beside", {})
    found = {"beside": beside.get("endpoints"), "percent": beside.get("percent"), **workload.get("parameters", {}),
             **workload["load"]}
    return "; ".join(f"{name}: {', '.join(map(str, values))}" for name, values in found.items()
                     if isinstance(values, list) and len(values) > 1 and name not in COURSES)


def seconds(points):
    """{workload: seconds}, from the start of each of its points to that of the next point of the run."""
    starts = sorted((datetime.fromisoformat(record["started"].replace("Z", "+00:00")), record["workload"])
                    for record in points if record.get("started"))
    took = Counter()
    for (start, workload), (end, _) in zip(starts, starts[1:]):
        took[workload] += (end - start).total_seconds()
    return took


def markdown(folder):
    took = seconds(records.read(os.path.join(folder, "points.jsonl")))
    lines = ["| workload | question | varied | minutes |", "|:--|:--|:--|--:|"]
    for path in sorted(glob.glob(os.path.join(ROOT, "bench", "workloads", "*.toml"))):
        with open(path, "rb") as file:
            workload = tomllib.load(file)
        name = os.path.basename(path)
        minutes = f"{took[name[:-5]] / 60:.1f}" if name[:-5] in took else "n/a"
        lines.append(md.row([f"[{md.text(name[:-5])}]({urllib.parse.quote(name)})", md.text(workload["question"]),
                             md.text(varied(workload) or "nothing"), minutes]))
    return "\n".join(lines)
