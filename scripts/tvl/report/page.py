"""Writes a run's report.html: findings, claims, charts, tables and conditions in one file that needs nothing else.

    tvl-results report results/2026-11-22-120000-host
    tvl-results report --table results/2026-11-22-120000-host     # the tables alone, as text; exit 1 when a point is
                                                                 # above what arithmetic allows

Reads points.jsonl and environment.json, and of the charts that plot.py left those that are no panels against x. The
page draws its panels itself, with Observable Plot on d3 (scripts/tvl/report/vendor).
"""

import os
import shutil
import signal
import sys
from html import escape

from tvl.analysis import aa_control, caveats as notes, summary
from tvl.conclusions import claims, findings
from tvl.data import environment, points, records
from tvl.report import chart_data, claims_section, section
from tvl.tables import text_table

CAVEATS = (
    "Server and generator share one machine and talk over loopback: no network, and part of the cost of receiving is "
    "charged to whoever sends. It is the same for all contestants, so ratios hold better than absolute numbers.",
    "In a closed loop a connection waits for its reply before it asks again, so a slow server is asked less often and "
    "its tail looks better than real users would find it.",
    "Wall-clock throughput varies far more from run to run than CPU per request does. Compare cost first, speed "
    "second: at an equal offered rate all do the same work, at saturation all have the same cores.",
    "Where the generator or the services were the limit, throughput (marked ≥ or ↑) is a lower bound and has no "
    "ratio.",
    "Bands and whiskers in charts go from the smallest to the largest repetition; intervals with a level are in the "
    "tables.",
    "Kernel memory is thread stacks and page tables; socket buffers are not in it.",
    "A percentile is printed only when at least 10 replies lie beyond it.",
)

SCRIPTS = ("vendor/d3.min.js", "vendor/plot.umd.min.js", "report_chart.js", "page.js")

# The policy keeps a promise: whatever the scripts do, the page asks nobody for anything. Pictures beside it are for
# readers without scripts.
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src \
'unsafe-inline'; img-src 'self' file: data:; base-uri 'none'; form-action 'none'">
<title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
{css}{colours}</style>
</head>
<body>
<main>
{body}
</main>
<script type="application/json" id="run">{data}</script>
{scripts}</body>
</html>
"""

TOOLS = """<div class="tools" role="group" aria-label="What the page shows">
<details class="filter"><summary>Contestants: <span id="shown" role="status">all</span></summary>
<fieldset><legend>Shown in charts and tables</legend><div id="contestants"></div>
<button type="button" id="show-all">All</button> <button type="button" id="show-none">None</button></fieldset></details>
<label><span>Axes</span> <select id="scales" aria-label="Axes"><option value="">as fits each</option>\
<option value="linear">linear</option><option value="log">logarithmic</option></select></label>
<button type="button" id="theme" aria-label="Switch between light and dark">Dark</button>
</div>
<noscript><p>Charts are drawn by the page's script; without it they are pictures beside this file.</p></noscript>"""


def tables(workloads, colour=False, width=None):
    parts = []
    for workload in workloads:
        lines = [f"{workload.heading}: {notes.heading(workload)}", text_table.plain(workload, colour, width)]
        for title, rows in summary.matrices(workload).items():
            lines += [f"{title}:", text_table.grid(rows)]
        lines += summary.facts(workload)
        parts.append("\n".join(lines + [f"! {line}" for line in notes.doubts(workload)]))
    return "\n\n".join(parts + [summary.legend(workloads)] + aa_control.sentences(workloads))


def page(folder, workloads, machine, verdicts):
    title = f"threads-vs-loop: {os.path.basename(os.path.abspath(folder))}"
    sections = [
        ("findings", "findings", claims_section.findings(findings.findings(workloads))),
        ("claims", "claims", claims_section.verdicts(verdicts)),
        ("matrix", "who leads", claims_section.matrix(folder)),
        *[(workload.stem, workload.heading, section.section(folder, workload)) for workload in workloads],
        ("primitives", "primitives", section.primitives(folder)),
        ("conditions", "conditions", conditions(machine)),
        ("caveats", "caveats", caveats(workloads)),
        ("data", "raw data", raw_data(folder)),
    ]
    there = [(name, words, text) for name, words, text in sections if text]
    body = [f'<header><h1>{escape(title)}</h1><p class="how">{escape(environment.machine(machine))}</p></header>',
            navigation(there), TOOLS, *[text for *_, text in there]]
    return PAGE.format(title=escape(title), css=part("page.css"), colours=chart_data.palette(workloads),
                       body="\n".join(body), data=chart_data.text(chart_data.run(workloads)),
                       scripts="".join(f"<script>\n{part(name)}</script>\n" for name in SCRIPTS))


def part(name):
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return file.read()


def navigation(sections):
    links = "".join(f'<li><a href="#{escape(name)}">{escape(words)}</a></li>' for name, words, _ in sections)
    return f'<nav aria-label="Sections"><ul>{links}</ul></nav>'


def conditions(machine):
    facts = environment.rows(machine)
    limits = [(key.removeprefix("limits."), value) for key, value in facts if key.startswith("limits.")]
    others = [(key, value) for key, value in facts if not key.startswith("limits.")]
    text = facts_table(others) if facts else "<p>Not recorded: this run has no environment.json.</p>"
    if limits:
        text += "<h3>Limits of the machine</h3><p>Any of these can be mistaken for a limit of a model.</p>"
        text += facts_table(limits)
    return f'<section id="conditions"><h2>Conditions</h2>{text}</section>'


def caveats(workloads):
    said = section.items([*aa_control.sentences(workloads), *CAVEATS])
    return f'<section id="caveats"><h2>Caveats</h2>{said}</section>'


def facts_table(facts):
    lines = "".join(f'<tr><th scope="row">{escape(key)}</th><td>{escape(value)}</td></tr>' for key, value in facts)
    return f'<table class="facts">{lines}</table>'


def raw_data(folder):
    there = [name for name in ("points.jsonl", "environment.json", "charts")
             if os.path.exists(os.path.join(folder, name))]
    links = "".join(f'<li><a href="{name}">{name}</a></li>' for name in there)
    return ('<section id="data"><h2>Raw data</h2><p>Beside this file; points.jsonl has one JSON record per point. The '
            f"page itself saves each of its tables.</p><ul>{links}</ul></section>")


def write(folder):
    """Writes DIR/report.html and returns its path."""
    workloads, machine = points.load(folder), environment.load(folder)
    text = page(folder, workloads, machine, claims.evaluate(workloads, claims.of_run(folder)))
    path = os.path.join(folder, "report.html")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def fail_if_impossible(workloads):
    """1 when a point is above its ceiling: then something measures wrongly, and the whole run with it."""
    found = [f"{workload.heading}: {record['contestant']} at {record['x']:g}: {said}" for workload in workloads
             for record in workload.records if (said := records.impossible(record))]
    for line in found:
        print(f"report: {line}", file=sys.stderr)
    return 1 if found else 0


def add_arguments(parser):
    parser.add_argument("folder", metavar="DIR", help="folder of a run")
    parser.add_argument("--table", action="store_true", help="print the tables as text instead of writing the report")


def main(arguments):
    if not arguments.table:
        print(write(arguments.folder))
        return 0
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `tvl-results report --table DIR | head` is no error
    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else None
    workloads = points.load(arguments.folder)
    print(tables(workloads, terminal, width))
    return fail_if_impossible(workloads)
