"""Where the CPU time of a request goes, for documents: sentences about pairs, and what touched memory adds."""

from tvl.analysis import ratios
from tvl.data import points
from tvl.data.metrics import number
from tvl.tables import cost_table
from tvl.text import markdown as md
from tvl.why import cost_bar, cost_difference, cost_words, profiles, touched_memory

NONE = "This run has no profiles."


def of_pair(folder, workload, *names):
    """A sentence for each load of a workload about these two contestants."""
    said = [cost_words.sentence(found, pair) for found in profiles.load(folder) if found.profiled.name == workload
            for pair in pairs(found) if {pair.more.label, pair.less.label} == set(names)]
    return "\n".join(f"- {md.text(text)}" for text in said) or NONE


def of_run(folder):
    """Sentences about all pairs, what profiling cost, and what touched memory adds."""
    found = profiles.load(folder)
    said = [f"{md.code(one.profiled.stem)}: {md.text(cost_words.sentence(one, pair))}" for one in found
            for pair in pairs(one)]
    said += [cost_table.slowdown(cost_bar.slowdown_of_all(found)), other(found)] if found else [NONE]
    touched = [(workload, pair) for workload in points.load(folder) for pair in touched_memory.pairs(workload)]
    parts = ["\n".join(f"- {text}" for text in said)] + ([table(touched)] if touched else [])
    return "\n\n".join(parts)


def pairs(found):
    return cost_difference.pairs(found, cost_bar.bars(found))


def other(found):
    """Other: at most 1.2 % of the samples of a point, asio_loop at 4096 connections."""
    one, bar = max(((one, bar) for one in found for bar in cost_bar.bars(one) if bar.parts), key=lambda at: at[1].other)
    return (f"Other: at most {100 * bar.other:.1f} % of the samples of a point, {bar.label} at "
            f"{cost_words.load(one.profiled, bar.x)}.")


def table(touched):
    """touched: [(Workload, Pair)] of the same two contestants"""
    first = touched[0][1]
    level = f" ({ratios.level(first.without.level)} intervals)" if first.without.level else ""
    lines = [f"What memory of its connection adds to the CPU of a request that touches it, µs{level}. In the rows of 0 KiB: "
             "the difference without it.", "",
             md.row(["", "KiB", md.text(first.label), md.text(first.other), "difference"]), "|:--|--:|--:|--:|--:|"]
    for workload, pair in touched:
        lines.append(md.row([md.text(workload.heading), "0", "", "", amount(pair.without)]))
        lines += [md.row(["", f"{row.kib:g}", number(row.mine.median), number(row.theirs.median), amount(row.between)])
                  for row in pair.rows]
    return "\n".join(lines)


def amount(interval):
    return f"{number(interval.median)} {cost_words.bounds(interval)}" if interval.level else number(interval.median)
