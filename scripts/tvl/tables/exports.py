"""A run in the formats other tools read: CSV, Google Benchmark's JSON, Markdown."""

import csv
import io
import json

from tvl.analysis import caveats, dropped_figures, ratios, summary
from tvl.data import metrics, validity
from tvl.text import markdown as md

AGAIN = "measured again"
FORMULA = tuple("=+-@\t\r")  # a spreadsheet calculates a text that begins so
DROPPED = {"hdr", "timeline", "phases", "trace"}  # neither numbers nor text


def flat(record, prefix=""):
    """{"latency.response.p99": 1.5, ...}: names joined with a dot; lists of texts and numbers with a semicolon."""
    found = {}
    for key, value in record.items():
        if key in DROPPED:
            continue
        name = prefix + key
        if isinstance(value, dict):
            found.update(flat(value, f"{name}."))
        elif isinstance(value, list):
            found[name] = ";".join(json.dumps(v) if isinstance(v, (dict, list)) else str(v) for v in value)
        else:
            found[name] = value
    return found


def each(workloads):
    return [record for workload in workloads for record in workload.records]


def once(found):
    """Each record once: one without a facet is in every facet's workload."""
    return {id(record): record for record in found}.values()


def csv_text(workloads, _environment=None):
    """One row per point, also invalid ones, controls and first tries; a column for every member of any point, empty
    where absent, and `dropped`: the groups of figures that do not hold (metrics.GROUPS), or AGAIN. A text that a
    spreadsheet would take for a formula has an apostrophe before it."""
    controls = [record for workload in workloads for group in workload.controls.values() for record in group.values()]
    rows = [{**flat(record), "dropped": ";".join(sorted(validity.spoilt(record)))}
            for record in once([*each(workloads), *controls])]
    again = [record for workload in workloads for group in workload.replaced.values() for record in group]
    rows += [{**flat(record), "dropped": AGAIN} for record in once(again)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(no_formula, names))
    writer.writerows([no_formula(row.get(name)) for name in names] for row in rows)
    return text.getvalue()


def no_formula(value):
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def google_benchmark(workloads, environment=None):
    """Like tvl-suite's --benchmark_out: real time is the median response time, CPU time the server's per request (0 where
    it is unknown), p99 in microseconds, memory in bytes. compare.py accepts any number as a time, so points without a
    time that holds are listed in the context instead; `dropped` has medians with and without what was dropped."""
    environment = environment or {}
    groups, without = {}, []
    for record in once(each(workloads)):
        if why := why_left_out(record):
            without.append(f"{benchmark_name(record)}: {why}")
        else:
            groups.setdefault(benchmark_name(record), []).append(record)
    benchmarks = [one_benchmark(record, name, i, len(group), family) for family, (name, group) in
                  enumerate(groups.items()) for i, record in enumerate(group)]
    context = {"date": environment.get("created"), "host_name": environment.get("host"),
               "executable": environment.get("command"), "num_cpus": environment.get("cores"),
               "library_build_type": (environment.get("build_type") or "release").lower(), "left_out": without,
               "dropped": [f"{w.heading}: {line}" for w in workloads for line in dropped_figures.dropped(w)]}
    return json.dumps({"context": context, "benchmarks": benchmarks}, indent=1) + "\n"


def why_left_out(record):
    if why := validity.why_not(record, metrics.P50):
        return f"{validity.words(validity.spoilt(record))}: {why}"
    return None if metrics.at(record, "latency", "response", "p50") is not None else "no median response time"


def benchmark_name(record):
    return "/".join([record["workload"], record["contestant"], str(record.get("load") or f"{record['x']:g}")])


def one_benchmark(record, name, repetition, repetitions, family):
    memory = metrics.MEMORY.read(record)
    values = {metrics.THROUGHPUT: record.get("throughput"),
              metrics.P99: metrics.at(record, "latency", "response", "p99"),
              metrics.SWITCHES: metrics.SWITCHES.read(record), metrics.MEMORY: memory and memory * metrics.MIB,
              metrics.CPU: metrics.CPU.read(record)}
    known = {metric.key: value for metric, value in values.items()
             if value is not None and validity.holds(record, metric)}
    return {"name": name, "family_index": family, "per_family_instance_index": 0, "run_name": name,
            "run_type": "iteration", "repetitions": repetitions, "repetition_index": repetition, "threads": 1,
            "iterations": 1, "real_time": metrics.at(record, "latency", "response", "p50"),
            "cpu_time": known.pop("cpu", 0.0), "time_unit": "us",
            **{"rate" if key == "throughput" else key: value for key, value in known.items()}}


def said(cell):
    """The ratio, or why there is none."""
    return ratios.text(cell.metric, cell.ratio) or md.text(cell.why)


def markdown(workloads, _environment=None):
    return "\n\n".join(f"## {md.text(workload.heading)}\n\n{md.text(caveats.heading(workload))}\n\n"
                       f"{markdown_table(workload)}"
                       for workload in workloads) + f"\n\n{md.text(summary.legend(workloads))}\n"


def markdown_table(workload):
    ranked, columns = summary.is_ranked(workload), summary.columns(workload)
    lead = [md.text(summary.x_head(workload))] + ["rank"] * ranked + ["contestant"]
    heads = [*lead, *(summary.head(workload, metric) for metric in columns), "limited by"]
    lines = [heads, ["--:"] * (len(lead) - 1) + [":--"] + ["--:"] * len(columns) + [":--"]]
    for row in summary.rows(workload):
        cells = [summary.value_text(cell) + (f" ({text})" if (text := said(cell)) else "") for cell in row.cells]
        cells = [md.text(row.left_out)] + [""] * (len(columns) - 1) if row.left_out and columns else cells
        first = ["" if row.x is None else f"{row.x:g}"] + [f"{row.rank or 'n/a'}" if not row.left_out else ""] * ranked
        lines.append([*first, md.text(row.label), *cells, md.text(row.limiter)])
    return "\n".join(map(md.row, lines))


FORMATS = {"csv": csv_text, "google-benchmark": google_benchmark, "markdown": markdown}
