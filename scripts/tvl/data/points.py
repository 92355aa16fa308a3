"""points.jsonl as a tree: workload -> line -> x -> repetitions.

    for workload in points.load("results/2026-11-22-120000-host"):
        print(workload.ratio(metrics.CPU, "asio_loop", 64))

Each facet ("rate:2000") of a workload is a Workload of its own.
"""

import os

from tvl.data import environment, names, records, validity, variables
from tvl.data.metrics import at
from tvl.data.records import BadInput  # noqa: F401  what load() raises
from tvl.data.workload import Line, Workload


def load(folder, baseline=None):
    """The workloads of a run's folder (or of a points.jsonl), in the order they were measured. baseline: the contestant
    that ratios are to in workloads that measured it; BadInput where none did."""
    path = os.path.join(folder, "points.jsonl") if os.path.isdir(folder) else folder
    workloads = of_records(records.read(path), environment.load(os.path.dirname(path)))
    if baseline is not None:
        names.check(baseline, {w.lines[label].contestant for w in workloads for label in w.measured}, "contestant")
    for workload in workloads:
        workload.asked_baseline = baseline
    return workloads


def of_records(found, run):
    """The workloads of these records; run: the environment.json."""
    named = {}
    for record in found:
        named.setdefault(record["workload"], []).append(described(record, run))
    return [workload for name, mine in named.items() for workload in facets(name, mine)]


def add_baseline(parser):
    """The argument `baseline` of load()."""
    parser.add_argument("--baseline", metavar="NAME",
                        help="the contestant that ratios are to (default: the first of each workload)")


def described(record, run):
    """With the question, chart and title of environment.json. Older runs have them in every line."""
    texts = (at(run, "workloads", record["workload"]), at(run, "contestants", record["contestant"]))
    return {**(texts[0] or {}), **(texts[1] or {}), **record}


def facets(name, found):
    """One Workload per facet, those with an offered rate first. A record without one of the facet variables (its
    contestant does not use it, or was left out of everything) belongs to every facet that matches."""
    texts = dict.fromkeys(record.get("facet") for record in found)
    whole = [t for t in texts if not any(variables.parts(t) < variables.parts(other) for other in texts)]
    workloads = []
    for facet in sorted(whole, key=lambda text: not variables.offers_rate(text)):
        workload = Workload(name, facet)
        for record in found:
            if variables.parts(record.get("facet")) <= variables.parts(facet):
                add(workload, record)
        workload.lines = chart_order(workload)
        workloads.append(workload)
    return workloads


def line_of(record):
    return Line(record["contestant"], record.get("series"), record.get("title") or record["contestant"],
                record.get("model"), record.get("versus"), record.get("contestant_kind"))


def add(workload, record):
    line = line_of(record)
    if "left_out" in record:
        workload.lines.setdefault(line.label, line)
        out = record["left_out"] or {}
        status, reason = out.get("status") or "left out", out.get("reason") or "no reason given"
        if status == "limit" and record.get("x") is not None:
            workload.limits[line.label, record["x"]] = records.limit(out)
        else:
            workload.left_out[line.contestant] = (status, reason)
        return
    key, repetition = (line.label, record["x"]), record.get("repetition") or 0
    if record.get("control"):
        if validity.spoilt(record) != validity.EVERYTHING:
            workload.controls.setdefault(key, {})[repetition] = record
        return
    workload.lines[line.label] = line
    for group in (workload.points, workload.invalid):  # a repeated point replaces the earlier one
        if earlier := group.get(key, {}).pop(repetition, None):
            workload.replaced.setdefault(key, []).append(earlier)
    group = workload.invalid if validity.spoilt(record) == validity.EVERYTHING else workload.points
    group.setdefault(key, {})[repetition] = record


def chart_order(workload):
    """The workload's own order of contestants, each with its series values in order. A block's first round has that
    order, later rounds are rotated; blocks with left-out points have gaps, so the fullest one counts first."""
    rounds = {}
    for record in workload.records:
        key = (record.get("repetition") or 0, record.get("block"))
        rounds.setdefault(key, {})[record.get("position") or 0] = record["contestant"]
    first = sorted(rounds, key=lambda key: (key[0], -len(rounds[key])))
    names = dict.fromkeys(name for key in first for _, name in sorted(rounds[key].items()))
    rank = {name: i for i, name in enumerate(names)}
    ordered = sorted(workload.lines.values(),
                     key=lambda line: (rank.get(line.contestant, len(rank)), variables.order(line.series)))
    return {line.label: line for line in ordered}
