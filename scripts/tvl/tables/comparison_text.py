"""A comparison as text for a terminal and as Markdown for a pull request. `before` are lines that come first: the
conditions in which the runs differ."""

import itertools
from collections import Counter

from tvl.analysis import comparison
from tvl.data.metrics import number
from tvl.text import markdown as md, terminal

HEAD = ("workload", "contestant", "at", "metric", "old", "new", "new / old", "")
ORDER = (comparison.REGRESSION, comparison.IMPROVEMENT, comparison.WORSE, comparison.BETTER, comparison.SMALL,
         comparison.UNTOLD, comparison.SAME, *comparison.UNJUDGED)
ASIDE = ORDER[ORDER.index(comparison.UNTOLD):]  # shown when all are


def cells(row):
    return (row.workload, row.label + " *" * row.is_another, f"{row.x:g}", row.metric.column, number(row.old), number(row.new),
            ratio_text(row.ratio), row.outcome)


def ratio_text(ratio):
    return "n/a" if ratio is None else f"{ratio.median:.3f} ({ratio.low:.3f} to {ratio.high:.3f})"


def summary(found):
    counts = Counter(row.outcome for row in found)
    return ", ".join(f"{counts[name]} x {name}" for name in ORDER if counts[name])


def differing_plans(found, before):
    """A line for each condition of points that differs, with its first values; those of the whole run have been
    said."""
    lines = dict.fromkeys(line for row in found if row.differs for line in row.differs.split("; "))
    alike = {}
    for line in lines:
        if not any(line in said for said in before):
            alike.setdefault(line.partition(":")[0], []).append(line)
    return [f"Points are not comparable, {same[0]}" + (f" and {len(same) - 1} more like it" if same[1:] else "")
            for same in alike.values()]


def footnotes(found, remarks, threshold, before):
    marked = ["*: its manifest, command or program differs between the runs."] * any(row.is_another for row in found)
    return [meaning(found, threshold), *certainty(comparison.family(found)), *marked, *differing_plans(found, before),
            *remarks]


def meaning(found, threshold):
    levels = sorted(row.ratio.level for row in found if row.ratio and row.ratio.level)
    sure = " to ".join(dict.fromkeys(f"{100 * level:.1f}" for level in levels[:1] + levels[-1:]))
    interval = f", with an interval at {sure} %" * bool(levels)
    return (f"Ratios: median by Hodges and Lehmann{interval}. A regression is worse by more than {threshold * 100:g} "
            "%: its interval lies beyond. Same: its interval lies within.")


def certainty(family):
    """What chance does to so many rows, and what so few repetitions cannot show."""
    if not family.tested:
        return []
    rows = f"{family.tested} row{'s' * (family.tested > 1)}"
    lines = [f"Of {rows}, chance alone puts at most {family.by_chance:.1f} beyond the threshold on the bad side; those "
             "that it may explain are no regressions."]
    if family.fewest > family.tested:
        lines.append("With so few repetitions no row can be a regression: more repetitions, or fewer rows.")
    elif family.fewest > 1:
        lines.append(f"With so few repetitions, fewer than {family.fewest} rows that are worse at once are not told "
                     "from chance: more repetitions, or fewer rows.")
    return lines


def shown(found, everything):
    return [row for row in found if everything or row.outcome not in ASIDE]


def plain(title, found, remarks, threshold, everything, before=()):
    after = footnotes(found, remarks, threshold, before)
    return "\n".join([*map(terminal.fill, [*before, title]), *sections(shown(found, everything)),
                      *map(terminal.fill, filter(None, [summary(found), *after]))])


def sections(found):
    """Rows by outcome, then by workload."""
    lines = []
    widths = [max(map(terminal.width, column)) for column in zip(*(cells(row)[1:7] for row in found))]
    for outcome in ORDER:
        rows = [row for row in found if row.outcome == outcome]
        lines += [f"{outcome}:"] * bool(rows)
        for workload, mine in itertools.groupby(rows, lambda row: row.workload):
            lines.append(f"  {workload}")
            lines += [f"    {line(cells(row)[1:7], widths)}".rstrip() for row in mine]
    return lines


def line(texts, widths):
    label, *numbers = texts
    return " ".join([terminal.left(label, widths[0]), *map(terminal.right, numbers, widths[1:])])


def markdown(title, found, remarks, threshold, everything, before=()):
    parts = [f"### {md.text(title)}", items(before), summary(found)]
    if body := shown(found, everything):
        parts.append(grid(body))
    rest = [row for row in found if row not in body]
    if rest:
        parts.append(f"<details><summary>{len(rest)} more</summary>\n\n{grid(rest)}\n\n</details>")
    parts.append(items(footnotes(found, remarks, threshold, before)))
    return "\n\n".join(part for part in parts if part)


def items(lines):
    return "\n".join(f"- {md.text(line)}" for line in lines)


def grid(body):
    rows = [HEAD, (":--", ":--", "--:", ":--", "--:", "--:", "--:", ":--"), *(map(md.text, cells(row)) for row in body)]
    return "\n".join(map(md.row, rows))
