#!/usr/bin/env python3
"""Writes a run's report.html: charts, tables, conditions and caveats in one file that needs nothing else.

    scripts/report.py results/2026-11-22-120000-host
    scripts/report.py --table results/2026-11-22-120000-host     # the tables alone, as text

Reads points.jsonl and environment.json, and the charts that plot.py left in charts/panels.
"""

import argparse
import glob
import os
import shutil
import signal
import sys
from html import escape

import environment
import html_table
import metrics
import notes
import points
import svg
import table
import text_table

CAVEATS = (
    "Server and generator share one machine and talk over loopback: no network, and part of the cost of receiving is "
    "charged to whoever sends. It is the same for all contestants, so ratios hold better than absolute numbers.",
    "In a closed loop a connection waits for its reply before it asks again, so a slow server is asked less often and "
    "its tail looks better than real users would find it.",
    "Wall-clock throughput varies far more from run to run than CPU per request does. Compare cost first, speed "
    "second: at an equal offered rate all do the same work, at saturation all have the same cores.",
    "Where the generator or the services were the limit, throughput (marked ≥ or ↑) is a lower bound and has no "
    "ratio.",
    "Min to max over a few repetitions is a spread, not a confidence interval.",
    "Kernel memory is thread stacks and page tables; socket buffers are not in it.",
    "A percentile is printed only when at least 10 replies lie beyond it.",
)

STALLS = ("How long the innocent requests that were due in each moment had to wait at most, on one scale for all: a "
          "server that is blocked answers nobody, and what falls due meanwhile waits until it is free again.")


def tables(workloads, colour=False, width=None):
    parts = []
    for workload in workloads:
        lines = [f"{workload.heading}: {notes.heading(workload)}", text_table.plain(workload, colour, width)]
        for title, rows in table.matrices(workload).items():
            lines += [f"{title}:", text_table.grid(rows)]
        lines += table.of_ceiling(workload) + table.per_connection(workload)
        parts.append("\n".join(lines + [f"! {line}" for line in notes.doubts(workload)]))
    return "\n\n".join(parts + [table.legend(workloads)])


def page(folder, workloads, machine):
    title = f"threads-vs-loop: {os.path.basename(os.path.abspath(folder))}"
    with open(os.path.join(os.path.dirname(__file__), "report.css"), encoding="utf-8") as file:
        css = file.read()
    links = "".join(f'<a href="#{escape(w.stem)}">{escape(w.heading)}</a>' for w in workloads)
    body = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(environment.machine(machine))}</p>",
        f'<nav aria-label="Sections">{links}<a href="#conditions">conditions</a><a href="#caveats">caveats</a>'
        '<a href="#data">raw data</a></nav>',
        *[section(folder, workload) for workload in workloads],
        conditions(machine),
        '<h2 id="caveats">Caveats</h2>' + items(CAVEATS),
        raw_data(folder),
    ]
    return (f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<style>\n{css}</style>\n</head>\n<body>\n<main>\n" + "\n".join(body) + "\n</main>\n</body>\n</html>\n")


def items(lines):
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>" if lines else ""


def section(folder, workload):
    sample = workload.sample() or {}
    question, said = sample.get("question"), (sample.get("chart") or {}).get("caption")
    parts = [f'<section><h2 id="{escape(workload.stem)}">{escape(workload.heading)}</h2>']
    parts += [f"<p>{escape(question)}</p>"] if question else []
    placed = "; ".join(text for text in (notes.heading(workload), notes.placement(workload)) if text)
    parts.append(f'<p class="how">{escape(placed)}</p>')
    if workload.records:
        parts += [f"<p>{escape(said)}</p>"] if said else []
        parts.append(charts(folder, workload))
    parts += [html_table.numbers(workload),
              f'<p class="how">{escape(table.legend([workload]))} In brackets: smallest and largest of them.</p>',
              html_table.matrices(workload)]
    lines = table.of_ceiling(workload) + table.per_connection(workload)
    return "\n".join(parts + [items(lines), items(notes.doubts(workload)), "</section>"])


def charts(folder, workload):
    stem = os.path.join(folder, "charts", "panels", workload.stem)
    legend = [svg.inline(path, f"{workload.stem}-legend-{i}", f"{workload.heading}: which line is which contestant")
              for i, path in enumerate(sorted(glob.glob(f"{glob.escape(stem)}-legend*.svg")))]
    panels = [svg.inline(f"{stem}-{key}.svg", f"{workload.stem}-{key}", describe(workload, metric))
              for key, metric in metrics.PANELS.items() if os.path.exists(f"{stem}-{key}.svg")]
    if not panels:
        return f"<p>Not drawn yet: <code>scripts/plot.py {escape(folder)}</code>, then this report again.</p>"
    drawn = "".join('<div class="panels">' + "\n".join(part) + "</div>" for part in (legend, panels) if part)
    return drawn + stalls(folder, workload)


def stalls(folder, workload):
    path = os.path.join(folder, "charts", f"{workload.stem}.trace.svg")
    if not os.path.exists(path):
        return ""
    drawn = svg.inline(path, f"{workload.stem}-trace", f"{workload.heading}: stalls of innocent requests over time")
    return (f'<p>{escape(STALLS)}</p><div class="trace" tabindex="0" role="region" '
            f'aria-label="Stalls of {escape(workload.heading)}">{drawn}</div>')


def describe(workload, metric):
    return f"{workload.heading}: {metric.title} against {workload.x_name}, {metric.better}"


def conditions(machine):
    facts = environment.rows(machine)
    limits = [(key.removeprefix("limits."), value) for key, value in facts if key.startswith("limits.")]
    others = [(key, value) for key, value in facts if not key.startswith("limits.")]
    if not facts:
        return '<h2 id="conditions">Conditions</h2><p>Not recorded: this run has no environment.json.</p>'
    text = '<h2 id="conditions">Conditions</h2>' + facts_table(others)
    if limits:
        text += "<h3>Limits of the machine</h3><p>Any of these can be mistaken for a limit of a model.</p>"
        text += facts_table(limits)
    return text


def facts_table(facts):
    lines = "".join(f'<tr><th scope="row">{escape(key)}</th><td>{escape(value)}</td></tr>' for key, value in facts)
    return f'<table class="facts">{lines}</table>'


def raw_data(folder):
    there = [name for name in ("points.jsonl", "environment.json", "charts")
             if os.path.exists(os.path.join(folder, name))]
    links = "".join(f'<li><a href="{name}">{name}</a></li>' for name in there)
    return f'<h2 id="data">Raw data</h2><p>Beside this file, one JSON record per point:</p><ul>{links}</ul>'


def write(folder):
    """Writes DIR/report.html and returns its path."""
    text = page(folder, points.load(folder), environment.load(folder))
    path = os.path.join(folder, "report.html")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="DIR", help="folder of a run")
    parser.add_argument("--table", action="store_true", help="print the tables as text instead of writing the report")
    arguments = parser.parse_args()
    try:
        if arguments.table:
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `report.py --table DIR | head` is no error
            terminal = sys.stdout.isatty()
            width = shutil.get_terminal_size().columns if terminal else None
            print(tables(points.load(arguments.folder), terminal, width))
        else:
            print(write(arguments.folder))
    except (points.BadInput, OSError) as error:
        print(f"report.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
