"""The table of the costs of asyncio's mechanisms, with threads and on a loop."""

import os
import re

from tvl import ROOT
from tvl.analysis import primitive_ratio, ratios
from tvl.data import primitives
from tvl.text import markdown as md

HEAD = "| asyncio | here | thread way | loop way | better |\n|:--|:--|--:|--:|:--|"
FIGURE = re.compile(r"(?:[\d.,]+ (?:s|ms|µs|ns|B|KiB|MiB)|n/a)(<!--=(\S+) (\w+)-->)")


def markdown(folder, here=ROOT):
    """A row per pair; links lead from the folder `here`."""
    measured = primitives.Primitives(folder)
    rows, named = [], set()
    for pair in measured.pairs:
        name = pair.primitive["name"]
        rows.append(row(pair, name not in named, here))
        named.add(name)
    return "\n".join([HEAD, *rows, "", legend(measured)])


def with_figures(text, folder):
    """The text with what was measured in place of each figure that is followed by <!--=BENCHMARK COUNTER-->."""
    if not FIGURE.search(text):
        return text
    measured = primitives.Primitives(folder)
    return FIGURE.sub(lambda found: cell(measured.value(found[2], found[3]), found[3]) + found[1], text)


def row(pair, first, here):
    primitive = pair.primitive
    link = os.path.relpath(os.path.join(ROOT, primitive["file"]), here)
    where = f"[{md.text(primitive['name'])}]({link})" + (f": {md.text(pair.what)}" if pair.what else "")
    asyncio = md.code(primitive["asyncio"]) if first else ""
    if pair.verdict:
        return md.row([asyncio, where, *[md.text(pair.verdict)] * 2, "n/a"])
    thread, loop = cell(pair.thread, pair.counter), cell(pair.loop, pair.counter)
    return md.row([asyncio, where, thread, loop, primitive_ratio.text(pair.ratio)])


def cell(value, counter):
    return md.text(value.skipped) or primitives.text(value.median, counter)


def legend(measured):
    yardsticks = ", ".join(f"{md.code(name)} {cell(value, 'ns_per_item')}" for name, value in measured.yardsticks())
    return " ".join([how_measured(measured.pairs), facts(measured.context)] +
                    [f"Yardsticks: {yardsticks}."] * bool(yardsticks))


def how_measured(pairs):
    found = [pair.ratio for pair in pairs if pair.ratio]
    levels = sorted({ratio.level for ratio in found if primitive_ratio.outcome(ratio)})
    said = [f"Per item, {repetitions(sorted({ratio.n for ratio in found}))}."]
    if levels:
        said += ["Better: the way with the lower figure; median ratio of the repetitions' pairs, interval at "
                 f"{' or '.join(map(ratios.level, levels))}.",
                 f"Same: all of the interval is within {100 * primitive_ratio.MARGIN:.0f} %. Not told apart: it "
                 "contains 1 and reaches beyond."]
    return " ".join(said)


def repetitions(numbers):
    if not numbers or numbers[-1] == 1:
        return "1 repetition"
    return "medians of " + " to ".join(map(str, dict.fromkeys((numbers[0], numbers[-1])))) + " repetitions"


def facts(context):
    """Where and with what it was measured. What the library says of itself is no condition of the figures: its timed
    loop is in a header."""
    return md.text(f"{context['num_cpus']} cores, {context['compiler']}, build type "
                   f"{context.get('build_type', 'n/a')} (Google Benchmark's own: "
                   f"{context.get('library_build_type', 'n/a')}), {context['date'][:10]}.")
