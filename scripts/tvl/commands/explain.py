"""Says where the CPU time of a request goes, and why one contestant's requests cost more than another's.

    tvl-results explain results/RUN                       what was profiled, and the classes of cost
    tvl-results explain results/RUN connections           every size
    tvl-results explain results/RUN connections 1000      one
    tvl-results explain results/RUN touch                 the cost that no profile shows
    tvl-results explain results/RUN --json FILE           the figures of all of them

scripts/run --why records the profiles. A sample of a profile is of one class of cost, by the functions in its stack
(cost_classes.toml); the share of a class is multiplied by the CPU per request of points that were not profiled.
Of the workload touch, which needs no profiles, it says what touched memory adds to the difference of two contestants.

Exit code: 0; 2 a run without profiles, or a workload or size that was not profiled.
"""

import json
import os

from tvl.data import names, points
from tvl.data.records import BadInput
from tvl.tables import cost_table
from tvl.text import terminal
from tvl.why import cost_bar, cost_difference, cost_words, profiles, touched_memory


def add_arguments(parser):
    parser.add_argument("run", metavar="RUN", help="folder of a run")
    parser.add_argument("workload", nargs="?", metavar="WORKLOAD", help="its name, or that of a facet as listed")
    parser.add_argument("size", nargs="?", type=float, metavar="SIZE", help="such as 1000 connections")
    parser.add_argument("--json", metavar="FILE", help="also write the figures there")


def main(arguments):
    if arguments.workload is not None and (touched := touching(arguments)):
        print("\n\n".join(cost_table.touched(*one) for one in touched))
        write(arguments.json, touched=[{"workload": one.stem, **pair_of_touch(pair)} for one, pair in touched])
        return 0
    found = profiles.load(arguments.run)
    if not found:
        raise BadInput(f"{arguments.run} has no profiles: scripts/run --why records them")
    if arguments.workload is not None:
        found = chosen(found, arguments.workload)
    bars = [(one, chosen_bars(one, arguments.size)) for one in found]
    if arguments.size is not None and not any(mine for _, mine in bars):
        sizes = ", ".join(f"{x:g}" for x in sorted({x for one in found for x in one.profiled.sizes}))
        raise BadInput(f"no size {arguments.size:g} of {arguments.workload}: there are {sizes}")
    if arguments.workload is None:
        print(cost_table.listing(found))
    else:
        for one, mine in bars:
            if mine:
                print(f"{one.profiled.heading}: where the CPU time of a request goes\n\n{cost_table.plain(one, mine)}\n")
        print(terminal.fill(cost_words.CAVEAT))
    write(arguments.json, classes=[one._asdict() for one in cost_words.classes()], caveat=cost_words.CAVEAT,
          workloads=[{"workload": one.profiled.stem, "bars": [bar_of(one, bar) for bar in mine],
                      "pairs": [pair_of(one, pair) for pair in cost_difference.pairs(one, mine)]} for one, mine in bars])
    return 0


def touching(arguments):
    """[(Workload, Pair)] of touched_memory.py, of the workload that was asked for."""
    if not os.path.exists(os.path.join(arguments.run, "points.jsonl")):
        return []  # profiles alone
    return [(one, pair) for one in points.load(arguments.run) if arguments.workload in (one.name, one.stem)
            for pair in touched_memory.pairs(one)]


def chosen(found, name):
    """All facets of a workload, or the one with that name."""
    names.check(name, [text for one in found for text in (one.profiled.name, one.profiled.stem)], "profiled workload")
    return [one for one in found if name in (one.profiled.name, one.profiled.stem)]


def chosen_bars(found, size):
    return [bar for bar in cost_bar.bars(found) if size in (None, bar.x)]


def write(path, **figures):
    """Nothing without a path."""
    if not path:
        return
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"schema": 1, **figures}, file, indent=1)
        file.write("\n")


def bar_of(found, bar):
    parts = {key: {"samples": part.count, "share": part.share._asdict(), "us": part.us and part.us._asdict()}
             for key, part in bar.parts.items()}
    cost = bar.cost and {**bar.cost.interval._asdict(), "of_run": bar.cost.of_run}
    return {**bar._asdict(), "parts": parts, "cost": cost, "slowdown": bar.slowdown and bar.slowdown._asdict(),
            "agreement": bar.agreement and bar.agreement._asdict(), "other": bar.other,
            "notes": cost_words.notes(found, bar)}


def pair_of(found, pair):
    return {"more": pair.more.label, "less": pair.less.label, "x": pair.more.x, "n": pair.n, "level": pair.level,
            "total": pair.total and pair.total._asdict(),
            "by_class": {key: one._asdict() for key, one in pair.by_class.items()},
            "sentence": cost_words.sentence(found, pair)}


def pair_of_touch(pair):
    rows = [{key: one._asdict() if isinstance(one, tuple) else one for key, one in row._asdict().items()}
            for row in pair.rows]
    return {**pair._asdict(), "without": pair.without._asdict(), "rows": rows}
