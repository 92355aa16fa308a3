"""The table of the costs of asyncio's mechanisms, with threads and on a loop."""

import os

from tvl import ROOT
from tvl.data import primitives

HEAD = "| asyncio | here | thread way | loop way | thread / loop |\n|:--|:--|--:|--:|--:|"


def markdown(folder, here=ROOT):
    """A row per pair; links lead from the folder `here`."""
    measured = primitives.Primitives(folder)
    rows, named = [], set()
    for pair in measured.pairs:
        name = pair.primitive["name"]
        rows.append(row(pair, name not in named, here))
        named.add(name)
    return "\n".join([HEAD, *rows, "", legend(measured)])


def row(pair, first, here):
    primitive = pair.primitive
    link = os.path.relpath(os.path.join(ROOT, primitive["file"]), here)
    where = f"[{primitive['name']}]({link})" + (f": {pair.what}" if pair.what else "")
    asyncio = f"`{primitive['asyncio']}`" if first else ""
    if pair.verdict:
        return f"| {asyncio} | {where} | {pair.verdict} | {pair.verdict} | n/a |"
    ratio = f"{primitives.digits(pair.ratio)}x" if pair.ratio is not None else "n/a"
    noisy = " (noisy)" if pair.noisy else ""
    thread, loop = cell(pair.thread, pair.counter), cell(pair.loop, pair.counter)
    return f"| {asyncio} | {where} | {thread} | {loop} | {ratio}{noisy} |"


def cell(value, counter):
    return value.skipped or primitives.text(value.median, counter)


def legend(measured):
    context = measured.context
    yardsticks = ", ".join(f"`{name}` {cell(value, 'ns_per_item')}" for name, value in measured.yardsticks())
    said = [f"Per item; median of {measured.repetitions()}, `(noisy)`: they spread by more than "
            f"{primitives.NOISY:.0%} of it. {context['num_cpus']} cores, {context['compiler']}, "
            f"{context['date'][:10]}."]
    if yardsticks:
        said.append(f"Yardsticks: {yardsticks}.")
    if context.get("library_build_type") == "debug":
        said.append("Google Benchmark says that it was built for debugging; its timed loop is a header and was not.")
    return " ".join(said)
