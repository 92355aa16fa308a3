"""Writes a run's report.html: findings, claims, charts, tables and conditions in one self-contained file.

    tvl-results report results/2026-11-22-120000-host
    tvl-results report --table results/2026-11-22-120000-host     # the tables alone, as text; exit 1 when a point is
                                                                 # above its ceiling

Reads points.jsonl, environment.json, and those charts of `tvl-results plot` that are not a metric against x. The page
draws metrics itself, with Observable Plot on d3 (scripts/tvl/report/vendor).
"""

import os
import shutil
import signal
import sys

from tvl.analysis import aa_control, caveats, summary
from tvl.conclusions import findings
from tvl.conclusions.claims import claim_tables, claims
from tvl.data import environment, points, records
from tvl.report import chart_data, claims_section, section, stacks
from tvl.report.templates import render
from tvl.tables import text_table
from tvl.text import outside, terminal

CAVEATS = (
    "Server and generator share one machine and talk over loopback: no network, and the sender pays for a "
    "part of receiving. This is the same for all contestants, so ratios are more reliable than absolute numbers.",
    "In a closed loop a connection waits for its reply before its next request, so a slow server gets fewer requests "
    "and its tail latency is underestimated.",
    "Wall-clock throughput varies far more from run to run than CPU per request does. Compare cost first, "
    "then speed: at an equal offered rate all do the same work, at saturation all have the same cores.",
    "Where the generator or the services were the limit, throughput (marked ≥ or ↑) is a lower bound and has no "
    "ratio. So is a time until recovery in repetitions that did not recover inside the window.",
    "Bands and whiskers in charts go from the smallest to the largest repetition; intervals with a level are in the "
    "tables.",
    "Kernel memory is thread stacks and page tables; socket buffers are not in it.",
    "A percentile is printed only when at least 10 replies lie beyond it.",
)

PRIMITIVES_QUESTION = "What does each of asyncio's mechanisms cost with threads and on a loop?"
RAW_DATA = ("points.jsonl", "environment.json", "charts")
SCRIPTS = ("vendor/d3.min.js", "vendor/plot.umd.min.js", "report_chart.js", "page.js", "icicle.js")


def tables(workloads, colour=False, width=None):
    parts = []
    for workload in workloads:
        lines = [f"{workload.heading}: {caveats.heading(workload)}", text_table.plain(workload, colour, width)]
        for title, rows in summary.matrices(workload).items():
            lines += [f"{title}:", terminal.grid(rows)]
        lines += summary.facts(workload)
        parts.append("\n".join(lines + [f"! {line}" for line in caveats.beyond_rows(workload)]))
    return "\n\n".join(parts + [summary.legend(workloads)] + aa_control.sentences(workloads))


def page(folder, workloads, machine, verdicts, remark=""):
    """The report as HTML. machine: of environment.load(); verdicts: of claims.evaluate(); remark: about their rules."""
    sections = [
        ("findings", "findings", claims_section.findings(findings.findings(workloads))),
        ("claims", "claims", claims_section.verdicts(verdicts, remark)),
        ("matrix", "best models", section.chart_section(folder, "Best model per workload and metric", None, {
            "matrix": "Best model: workloads by metrics, darker where the lead is larger"})),
        *[(workload.stem, workload.heading, section.workload_section(folder, workload)) for workload in workloads],
        ("stacks", "where CPU time goes", stacks.section(folder)),
        ("primitives", "primitives", section.chart_section(folder, "primitives", PRIMITIVES_QUESTION, {
            name: f"{name}: threads and loop" for name in ("primitives", "primitives-growth")})),
        ("conditions", "conditions", conditions(machine)),
        ("caveats", "caveats", render("caveats.html", sentences=[*aa_control.sentences(workloads), *CAVEATS])),
        ("data", "raw data", render("data.html", names=[name for name in RAW_DATA
                                                        if os.path.exists(os.path.join(folder, name))])),
    ]
    return render("page.html", title=f"threads-vs-loop: {outside.line(os.path.basename(os.path.abspath(folder)))}",
                  machine=environment.machine(machine), styles=part("page.css") + chart_data.palette(workloads) + stacks.palette(),
                  sections=[{"id": name, "name": words, "html": html} for name, words, html in sections if html],
                  data=chart_data.text(chart_data.run(workloads)), scripts=map(part, SCRIPTS))


def part(name):
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return file.read()


def conditions(machine):
    facts = environment.rows(machine)
    limits = [(key.removeprefix("limits."), value) for key, value in facts if key.startswith("limits.")]
    return render("conditions.html", limits=limits, facts=[fact for fact in facts if not fact[0].startswith("limits.")])


def write(folder, baseline=None):
    """Writes DIR/report.html and returns its path. baseline: of points.load()."""
    workloads, machine = points.load(folder, baseline), environment.load(folder)
    verdicts = claims.evaluate(folder)
    text = page(folder, workloads, machine, verdicts, claim_tables.remark(folder, verdicts))
    path = os.path.join(folder, "report.html")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def fail_if_impossible(workloads):
    """Returns 1 when a point is above its ceiling, which invalidates the whole run."""
    found = [f"{workload.heading}: {record['contestant']} at {record['x']:g}: {said}" for workload in workloads
             for record in workload.records if (said := records.impossible(record))]
    for line in found:
        print(f"report: {line}", file=sys.stderr)
    return 1 if found else 0


def add_arguments(parser):
    parser.add_argument("folder", metavar="DIR", help="folder of a run")
    parser.add_argument("--table", action="store_true", help="print the tables as text instead of writing the report")
    points.add_baseline(parser)


def main(arguments):
    if not arguments.table:
        print(write(arguments.folder, arguments.baseline))
        return 0
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `tvl-results report --table DIR | head` is no error
    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else None
    workloads = points.load(arguments.folder, arguments.baseline)
    print(tables(workloads, terminal, width))
    return fail_if_impossible(workloads)
