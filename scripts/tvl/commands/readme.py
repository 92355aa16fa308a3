"""Regenerates the generated sections of documents from a run.

    tvl-results readme results/reference            # rewrites all documents that have such sections
    tvl-results readme --check results/reference    # exit 1 when one differs
    tvl-results readme results/reference README.md  # only this one

A section stands between <!-- results:NAME:begin --> and <!-- results:NAME:end -->; NAME is summary, table, findings,
claims, verdicts, quotes, contestants, syscalls, primitives, workloads, why, costs, diff, rooms or environment. A figure in
a sentence is generated where <!--=BENCHMARK COUNTER--> follows it: that counter's median in primitives.json.
"""

import difflib
import os
import re
import sys
import urllib.parse

from tvl import ROOT
from tvl.analysis import caveats, memory_per_connection, ratios, summary
from tvl.commands import rooms_picture
from tvl.conclusions import findings
from tvl.conclusions.claims import claim_tables, claims
from tvl.data import environment, metrics, points, variables
from tvl.data.metrics import number
from tvl.tables import contestants_table, cost_markdown, primitives_table, syscall_table, workloads_table
from tvl.text import markdown as md

DOCUMENTS = ("README.md", "servers/README.md", "bench/primitives/README.md", "bench/workloads/README.md",
             "results/README.md", "results/reference/README.md", ".github/rooms.svg")
WORKLOAD = "connections"
TWINS = ("asio_threads", "asio_loop")
SIZES = (64, 1000)
ROWS = ((metrics.THROUGHPUT, "replies/s"), (metrics.CPU, "CPU per request, µs"),
        (metrics.SWITCHES, "context switches per request"))
# Rows of an open loop, from the first of these workloads that offered both one rate, which both served. At saturation a
# p99 only restates the throughput.
OFFERED_ROWS = ((metrics.P99, "p99, ms", ("models", "library_price", "long_lived")),
                (metrics.CPU, "CPU per request with services, µs", ("services_api", "services")))
SECTION = re.compile(r"(<!-- results:(\w+):begin -->\n)(.*?)(<!-- results:\2:end -->)", re.DOTALL)


def pair(workload):
    """The baseline, and its counterpart or else the next contestant."""
    base = workload.baseline
    others = [name for name in workload.measured if name != base]
    twins = [name for name in others if workload.lines[name].versus == base]
    return base, next(iter(twins + others), None)


def measured_pair(workloads, folder):
    """The workload of the README, its baseline and the counterpart."""
    workload = next((w for w in workloads if w.name == WORKLOAD and w.records), None)
    if workload is None:
        raise points.BadInput(f"{folder}: no points of the workload {WORKLOAD}, which the README shows")
    base, other = pair(workload)
    if other is None:
        raise points.BadInput(f"{folder}: only one contestant was measured, nothing to compare")
    return workload, base, other


def summary_list(workloads, folder, verdicts):
    """Three sentences: with one connection, with many, and how many claims hold."""
    workload, base, other = measured_pair(workloads, folder)
    x = max((x for x in workload.sizes if x <= SIZES[-1]), default=workload.sizes[0])
    costs = cost_words(summary.cell(workload, metrics.CPU, other, x).ratio, base)
    sentences = (findings.one_connection(workload), f"**At {x:g} connections** {md.code(other)} takes {costs}, and "
                 f"{memory_words(workload, base, other)}.", verdicts)
    return "\n".join(f"- {sentence}" for sentence in sentences if sentence)


def cost_words(ratio, base):
    said = ratio and ratios.sameness(metrics.CPU, ratio)
    if said == ratios.DIFFERS:
        return f"{spread_text(ratio)} times the CPU per request of {md.code(base)}"
    if said == ratios.SAME:
        return f"the same CPU per request as {md.code(base)}"
    known = f" ({ratios.words(metrics.CPU, ratio)})" if ratio else ""
    return f"CPU per request that cannot be compared with that of {md.code(base)}{known}"


def markdown_table(workloads, folder, machine):
    workload, base, other = measured_pair(workloads, folder)
    lines = [md.row([WORKLOAD, *map(md.text, (base, other, f"{other} / {base}"))]), "|:--|--:|--:|--:|"]
    for metric, name in ROWS:
        for x in [x for x in SIZES if x in workload.sizes] or workload.sizes[-1:]:
            lines.append(row(workload, metric, base, other, x, f"{name}, at {x:g}"))
    lines += [offered(workloads, asked, metric, base, other, name) for metric, name, asked in OFFERED_ROWS]
    return "\n".join(filter(None, lines + [memory_row(workload, base, other)]))


def row(workload, metric, base, other, x, name):
    mine, theirs = summary.cell(workload, metric, other, x), summary.cell(workload, metric, base, x)
    return md.row([name, value(theirs), value(mine), mine.ratio_text or "n/a"])


def offered(workloads, names, metric, base, other, name):
    """The row of the first workload with both contestants at one offered rate, which both served; None without one."""
    for workload in sorted((w for w in workloads if w.name in names), key=lambda w: names.index(w.name)):
        for x in reversed([x for x in workload.sizes if workload.x_name != "connections" or x <= SIZES[-1]]):
            rates = {metrics.at(record, "plan", "rate") for label in (base, other)
                     for record in workload.repetitions(label, x)}
            if len(rates) == 1 and None not in rates and all(workload.values(metric, label, x) and
                                                             not workload.failed(label, x) for label in (base, other)):
                where = f", {x:g} connections" if workload.x_name == "connections" else ""
                return row(workload, metric, base, other, x,
                           f"{name}, at {variables.rate(rates.pop())}{where} ({md.code(workload.name)})")
    return None


def value(cell):
    return ("≥ " if cell.at_least else "") + spread_text(cell.value)


def spread_text(spread):
    """40.0 (38.0 to 41.0); of one repetition 40.0"""
    if spread is None or spread.n == 1:
        return number(spread and spread.median)
    return f"{number(spread.median)} ({number(spread.low)} to {number(spread.high)})"


def memory_words(workload, base, other):
    if ratio := memory_per_connection.ratio(workload, other, base):
        return f"{number(ratio.median)} times its memory per connection"
    return "its memory per connection is not known"


def memory_row(workload, base, other):
    slopes = [workload.slope(metrics.MEMORY, name) for name in (base, other)]
    texts = [number(slope and 1024 * slope.median) for slope in slopes]
    ratio = ratios.text_with_bounds(metrics.MEMORY, memory_per_connection.ratio(workload, other, base))
    return md.row(["memory per connection, KiB", *texts, ratio or "n/a"])


def environment_line(workloads, folder, machine):
    workload = next((w for w in workloads if w.name == WORKLOAD and w.records), None)
    how = [caveats.heading(workload), caveats.placement(workload)] if workload else []
    said = md.text("; ".join([environment.machine(machine)] + [text for text in how if text]))
    sure = summary.levels([workload]) if workload else ""
    ratio = f"; ratios pair by pair, the median with an interval ({sure})" if sure else ""
    link = urllib.parse.quote(os.fsencode(folder.rstrip("/")))
    return f"Median (smallest to largest){ratio}. {summary.NOTATION} {said}. [Raw data]({link}/)"


def findings_list(workloads, _folder, _machine):
    return "\n".join(f"- {sentence}" for sentence in findings.findings(workloads))


def serving(name):
    """The function of a server that serves one connection: lines."""
    with open(os.path.join(ROOT, "servers", f"{name}.cpp"), encoding="utf-8") as file:
        return re.search(r"^[\w:]+ serve\(.*?^}\n", file.read(), re.DOTALL | re.MULTILINE).group(0).splitlines()


def difference(one, other):
    """How two servers serve a connection, as `diff -U99` shows it."""
    lines = list(difflib.unified_diff(serving(one), serving(other), f"servers/{one}.cpp", f"servers/{other}.cpp", n=99,
                                      lineterm=""))
    return "\n".join(["```diff", *lines[:2], *lines[3:], "```"])


SECTIONS = {"table": markdown_table, "environment": environment_line, "findings": findings_list,
            "contestants": contestants_table.markdown}


def regenerate(text, folder, link, here=ROOT):
    """The README's text with regenerated sections. link: the run's folder as seen from the README; here: its folder."""
    workloads, machine = points.load(folder), environment.load(folder)
    if not SECTION.search(text):
        raise points.BadInput("no <!-- results:NAME:begin --> ... <!-- results:NAME:end --> in it")

    def counts():
        return claim_tables.counts(claims.evaluate(folder))

    sections = {**SECTIONS, "summary": lambda *_: summary_list(workloads, folder, counts()),
                "workloads": lambda *_: workloads_table.markdown(folder), "rooms": lambda *_: rooms_picture.svg(),
                "syscalls": lambda *_: syscall_table.markdown(folder),
                "primitives": lambda *_: primitives_table.markdown(folder, here),
                "claims": lambda *_: claim_tables.markdown(folder), "verdicts": lambda *_: counts(),
                "quotes": lambda *_: claim_tables.quotes(),
                "why": lambda *_: cost_markdown.of_pair(folder, WORKLOAD, *TWINS),
                "costs": lambda *_: cost_markdown.of_run(folder),
                "diff": lambda *_: difference(*TWINS)}

    def fill(found):
        name = found.group(2)
        if name not in sections:
            raise points.BadInput(f"unknown section results:{name}, there are {', '.join(sections)}")
        return found.group(1) + sections[name](workloads, link, machine) + "\n" + found.group(4)

    return primitives_table.with_figures(SECTION.sub(fill, text), folder)


def is_stale(path, folder, check):
    """Rewrites a stale README; with `check` returns True instead."""
    with open(path, encoding="utf-8") as file:
        before = file.read()
    here = os.path.dirname(os.path.abspath(path))
    after = regenerate(before, folder, os.path.relpath(folder, here), here)
    if after == before:
        return False
    if check:
        print(f"readme: {path} is stale: scripts/tvl-results readme {folder}", file=sys.stderr)
        return True
    with open(path, "w", encoding="utf-8") as file:
        file.write(after)
    return False


def add_arguments(parser):
    parser.add_argument("folder", metavar="DIR", help="folder of a run")
    parser.add_argument("documents", metavar="FILE", nargs="*", help="default: all that have sections")
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 when a document is stale")


def documents():
    """Those that have sections."""
    return list(filter(os.path.exists, (os.path.join(ROOT, name) for name in DOCUMENTS)))


def main(arguments):
    paths = arguments.documents or documents()
    return int(any([is_stale(path, arguments.folder, arguments.check) for path in paths]))
