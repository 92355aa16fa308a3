"""The first screen of the report: what the run shows in sentences, and what became of each of the guide's claims."""

import os
import re
from collections import Counter
from html import escape

from tvl.analysis import ratios
from tvl.conclusions import claims
from tvl.report import section

# (mark, class of its colours)
MARKS = {claims.HOLDS: ("✓", "holds"), claims.FROM: ("✓", "partly"), claims.FAILS: ("✗", "fails"),
         claims.OPEN: ("?", "open")}


def findings(said):
    if not said:
        return ""
    return ('<section id="findings"><h2>Findings</h2><ul>' + "".join(f"<li>{markdown(line)}</li>" for line in said)
            + "</ul></section>")


def markdown(line):
    """The two marks that findings use: **strong** and `code`."""
    return re.sub("`(.*?)`", r"<code>\1</code>", re.sub(r"\*\*(.*?)\*\*", r"<strong>\1</strong>", escape(line)))


def verdicts(found):
    if not found:
        return ""
    counts = Counter(verdict.outcome for verdict in found)
    summary = ", ".join(f"{outcome}: {counts[outcome]}" for outcome in MARKS if counts[outcome])
    levels = " or ".join(ratios.level(level) for level in sorted({v.level for v in found if v.level}))
    asked = [verdict for verdict in found if verdict.chart]
    others = [verdict for verdict in found if not verdict.chart]
    parts = ['<section id="claims"><h2>What the guide says, and what this run shows</h2>',
             f'<p class="how">{len(found)} claims; {escape(summary)}.'
             + f" In brackets: interval at {levels} confidence." * bool(levels) + "</p>", listed(asked)]
    if others:
        parts.append(f"<details><summary>{len(others)} whose workload is not in this run</summary>{listed(others)}"
                     "</details>")
    return "".join(parts) + "</section>"


def listed(found):
    return f'<ol class="claims">{"".join(map(claim, found))}</ol>' if found else ""


def claim(verdict):
    mark, kind = MARKS[verdict.outcome]
    return (f'<li class="{kind}"><p class="guide"><span class="badge"><span aria-hidden="true">{mark}</span> '
            f"{escape(verdict.words)}</span> {escape(verdict.guide)}</p><p>{markdown(verdict.sentence)}</p>"
            f'<p class="how">{where(verdict)}</p></li>')


def where(verdict):
    if verdict.chart:
        return f'Chart and numbers: <a href="#{escape(verdict.chart)}">{escape(verdict.workload)}</a>'
    return f"Workload: <code>{escape(verdict.workload)}</code>"


def matrix(folder):
    path = os.path.join(folder, "charts", "matrix.svg")
    if not os.path.exists(path):
        return ""
    drawn = section.still(path, "matrix", "Who leads: workloads by metrics, darker where the lead is larger")
    return f'<section id="matrix"><h2>Who leads where</h2>{drawn}</section>'
