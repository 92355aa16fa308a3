"""Costs of a request by class, for a terminal."""

from tvl.analysis import caveats, ratios
from tvl.data.metrics import number
from tvl.text import terminal
from tvl.why import cost_bar, cost_difference, cost_words


def plain(found, bars):
    """Of one workload: for each load its pairs with a sentence each, then the contestants without a counterpart."""
    pairs = cost_difference.pairs(found, bars)
    blocks = []
    for x in dict.fromkeys(bar.x for bar in bars):
        here = [pair for pair in pairs if pair.more.x == x]
        blocks += [of_pair(found, pair) for pair in here]
        shown = {bar.label for pair in here for bar in (pair.more, pair.less)}
        blocks += [alone(found, bar) for bar in bars if bar.x == x and bar.label not in shown]
    return "\n\n".join(blocks + [terminal.fill(text) for text in caveats.left_out(found.profiled)])


def of_pair(found, pair):
    lines = [terminal.fill(cost_words.sentence(found, pair)), ""]
    if pair.total:
        lines += [pair_grid(pair), terminal.fill(how_compared(pair)), ""]
    for letter, bar in zip("AB", (pair.more, pair.less)):
        lines += [f"{letter} {bar.label}", *notes(found, bar)]
    return "\n".join(lines)


def pair_grid(pair):
    rows = [("µs per request", "A", "B", "A - B", "")]
    for key, title in cost_words.titles().items():
        mine, theirs, between = pair.more.parts[key], pair.less.parts[key], pair.by_class[key]
        if mine.count or theirs.count:
            rows.append((title, number(mine.us.value), number(theirs.us.value), number(between.value),
                         cost_words.bounds(between)))
    whole = [number(bar.cost.interval.median) for bar in (pair.more, pair.less)]
    rows.append(("all", *whole, number(pair.total.value), cost_words.bounds(pair.total) if pair.level else ""))
    return terminal.grid(rows, left_aligned=(0, 4))


def how_compared(pair):
    over = f"the {100 * pair.level:.4g} % interval over {pair.n} pairs of repetitions" if pair.level else \
        "the only pair of repetitions, without an interval"
    return (f"A - B: {over}, with the 95 % intervals of the shares; a median of pairs is not the difference of the "
            "medians.")


def touched(workload, pair):
    """What touched memory adds to the cost of a request, of a pair of contestants."""
    heading = f"{workload.heading}: what touched memory adds to a request, µs of CPU"
    level = f" {ratios.level(pair.without.level)} intervals over {pair.without.n} repetitions." * (pair.without.level > 0)
    said = (f"A is {pair.label}, B {pair.other}. With 0 KiB, A - B is {number(pair.without.median)} µs "
            f"{cost_words.bounds(pair.without)}. What memory adds to this difference is that of cold caches and of the "
            f"TLB.{level}")
    rows = [("KiB", "A", "B", "A - B", "")]
    rows += [(f"{row.kib:g}", *(number(one.median) for one in (row.mine, row.theirs, row.between)),
              cost_words.bounds(row.between)) for row in pair.rows]
    return f"{heading}\n\n{terminal.fill(said)}\n\n{terminal.grid(rows, left_aligned=(4,))}"


def alone(found, bar):
    lines = [f"{bar.label} at {cost_words.load(found.profiled, bar.x)}", *notes(found, bar)]
    if bar.parts:
        rows = [("class", "share", "", "µs per request", "")]
        for key, title in cost_words.titles().items():
            if bar.parts[key].count:
                rows.append((title, *share(bar.parts[key].share), *microseconds(bar.parts[key].us)))
        lines.insert(1, terminal.grid(rows, left_aligned=(0, 2, 4)))
    return "\n".join(lines)


def share(estimate):
    return f"{100 * estimate.value:.1f} %", f"({100 * estimate.low:.1f} to {100 * estimate.high:.1f})"


def microseconds(estimate):
    return (number(estimate.value), cost_words.bounds(estimate)) if estimate else ("n/a", "")


def notes(found, bar):
    return [terminal.fill(f"  {line}") for line in cost_words.notes(found, bar)]


def listing(profiles):
    """The workloads and loads that were profiled, and what the classes mean."""
    rows = [("workload", "size", "contestants")]
    for found in profiles:
        for x in found.profiled.sizes:
            here = [label for label in found.profiled.measured if found.profiled.repetitions(label, x)]
            rows.append((found.profiled.stem, f"{x:g}", ", ".join(here)))
    widest = [max(terminal.width(row[i]) for row in rows) for i in (0, 1)]
    lines = [terminal.fill(f"{terminal.left(name, widest[0])}  {terminal.right(size, widest[1])}  {rest}")
             for name, size, rest in rows]
    meanings = [terminal.fill(f"{one.title}: {one.meaning}.") for one in cost_words.classes()]
    return "\n".join([*lines, "", terminal.fill(slowdown(cost_bar.slowdown_of_all(profiles))), "", *meanings])


def slowdown(ratio):
    if not ratio:
        return "Slowdown by profiling: n/a, no pass has the CPU per request of both points."
    level = f"; {ratios.level(ratio.level)} interval of the median" if ratio.level else ""
    return (f"Slowdown by profiling: {ratios.interval(ratio)} the CPU per request, over {ratio.n} pairs of a point with "
            f"a profile and one without{level}.")
