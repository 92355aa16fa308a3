"""The profiles of a run, by workload: which points were profiled, and their samples by class of cost.

    for found in profiles.load("results/RUN"):
        found.plain, found.profiled      Workloads: each pass measures a point plain and profiled, one after the other
        found.measured                   the same workload of RUN/points.jsonl, or None
        found.samples("asio_loop", 64)   {repetition: Samples}
"""

import functools
import os
from collections import Counter
from typing import NamedTuple, Optional

from tvl.data import environment, metrics, points, records
from tvl.data.records import BadInput
from tvl.data.workload import Workload
from tvl.why import cost_classes, folded

FOLDER = "profiles"


class Samples(NamedTuple):
    """Of one profiled point."""

    counts: Counter  # class -> samples
    hz: float
    elsewhere: Optional[int]  # samples of other processes on the server's cores
    idle: Optional[int]
    lost: Optional[int]
    missing: list  # lines that belong beside every figure of these samples
    cpu_s: Optional[float]  # CPU time of the server in the same window


class Profiles:
    """Of one workload, or one facet of it."""

    def __init__(self, folder, profiled, plain, measured):
        self.folder, self.profiled, self.plain, self.measured = folder, profiled, plain, measured
        self.samples = functools.lru_cache(maxsize=None)(self.samples)  # a file has hundreds of stacks

    def samples(self, label, x):
        """{repetition: Samples} of the points in which CPU time holds."""
        return {repetition: samples(self.folder, record)
                for repetition, record in self.profiled.holding(metrics.CPU, label, x).items()}

    def stacks(self, label, x):
        """Samples by stack, of all passes together."""
        files = [record["profile"]["file"] for record in self.profiled.holding(metrics.CPU, label, x).values()]
        return sum((Counter(folded.read(os.path.join(self.folder, name))) for name in files if name), Counter())


def load(run):
    """[Profiles] of a run's folder; [] of a run without profiles. Raises BadInput."""
    folder = os.path.join(run, FOLDER)
    path = os.path.join(folder, "points.jsonl")
    if not os.path.exists(path):
        return []
    found = records.read(path)
    conditions = environment.load(run)
    plain = by_stem(points.of_records([one for one in found if not one.get("profile")], conditions))
    profiled = points.of_records([one for one in found if one.get("profile") or "left_out" in one], conditions)
    measured = by_stem(points.load(run)) if os.path.exists(os.path.join(run, "points.jsonl")) else {}
    return [Profiles(folder, one, plain.get(one.stem) or Workload(one.name, one.facet), measured.get(one.stem))
            for one in profiled if one.records]


def by_stem(workloads):
    return {workload.stem: workload for workload in workloads}


def samples(folder, record):
    """Samples of a record; BadInput if its `profile` or the file is not as tvl-suite writes them."""
    profile, where = record["profile"], f"{folder}: {record['contestant']} at {record['x']:g}"
    try:
        name, hz, missing = (profile[key] for key in ("file", "hz", "missing"))
        is_right = name in (None, os.path.basename(name or "")) and hz > 0 and all(isinstance(text, str) for text in missing)
    except (TypeError, KeyError):
        is_right = False
    if not is_right:
        raise BadInput(f"{where}: its profile is not as tvl-suite writes it")
    if name is None:
        return Samples(Counter(), hz, None, None, None, missing, None)
    table, counts = cost_classes.table(), Counter()
    for stack, count in folded.read(os.path.join(folder, name)).items():
        counts[table.class_of(stack)] += count
    if counts.total() != profile.get("samples"):
        raise BadInput(f"{where}: {counts.total()} samples in {name}, {profile.get('samples')} said")
    share, window = metrics.at(record, "server", "cpu_share"), record.get("window_s")
    return Samples(counts, hz, profile.get("elsewhere"), profile.get("idle"), profile.get("lost"), missing,
                   None if None in (share, window) else share * window)
