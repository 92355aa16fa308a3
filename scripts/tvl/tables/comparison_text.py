"""A comparison as text for a terminal and as Markdown for a pull request."""

from collections import Counter

from tvl.analysis import comparison
from tvl.data.metrics import number
from tvl.tables import text_table

HEAD = ("workload", "contestant", "at", "metric", "old", "new", "new / old", "")
ORDER = (comparison.REGRESSION, comparison.IMPROVEMENT, comparison.SMALL, comparison.SAME, comparison.UNDECIDED,
         "not comparable")


def cells(row):
    return (row.workload, row.label, f"{row.x:g}", row.metric.column, number(row.old), number(row.new),
            ratio_text(row.ratio), row.outcome)


def ratio_text(ratio):
    return "n/a" if ratio is None else f"{ratio.median:.3f} ({ratio.low:.3f} to {ratio.high:.3f})"


def summary(found):
    counts = Counter(row.outcome for row in found)
    return ", ".join(f"{counts[name]} x {name}" for name in ORDER if counts[name])


def conditions(found):
    """Each difference of conditions once."""
    return list(dict.fromkeys(line for row in found if row.differs for line in row.differs.split("; ")))


def footnotes(found, remarks, threshold):
    levels = sorted({f"{ratio.level * 100:.1f} %" for row in found if (ratio := row.ratio)})
    chance = sum(1 - row.ratio.level for row in found if row.ratio)
    lines = [f"Ratios: median (interval at {' or '.join(levels)}). A regression is worse by more than "
             f"{threshold * 100:g} %, and its interval does not contain 1; of {len(found)} rows, chance alone puts about "
             f"{chance:.1f} outside."]
    lines += [f"Conditions differ, {line}" for line in conditions(found)]
    return lines + remarks


def shown(found, everything):
    return [row for row in found if everything or row.outcome not in (comparison.SAME, "not comparable")]


def plain(title, found, remarks, threshold, everything, width=None):
    body = [cells(row) for row in shown(found, everything)]
    table = text_table.grid([HEAD, *body]) if body else ""
    return "\n".join(part for part in (title, table, summary(found), *footnotes(found, remarks, threshold)) if part)


def markdown(title, found, remarks, threshold, everything, width=None):
    parts = [f"### {title}", summary(found)]
    if body := shown(found, everything):
        parts.append(grid(body))
    rest = [row for row in found if row not in body]
    if rest:
        parts.append(f"<details><summary>{len(rest)} more</summary>\n\n{grid(rest)}\n\n</details>")
    parts.append("\n".join(f"- {line}" for line in footnotes(found, remarks, threshold)))
    return "\n\n".join(parts)


def grid(body):
    lines = [HEAD, (":--", ":--", "--:", ":--", "--:", "--:", "--:", ":--"), *map(cells, body)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
