"""The first screen of the report: the findings, and the verdict on each claim."""

from collections import Counter

from tvl.analysis import ratios
from tvl.conclusions import claims
from tvl.report.templates import render

SIGNS = {claims.HOLDS: ("✓", "holds"), claims.FROM: ("✓", "partly"), claims.FAILS: ("✗", "fails"),
         claims.OPEN: ("?", "open")}  # sign and CSS class


def findings(sentences):
    return render("findings.html", sentences=sentences) if sentences else ""


def verdicts(found):
    if not found:
        return ""
    counts = Counter(verdict.outcome for verdict in found)
    levels = sorted({verdict.level for verdict in found if verdict.level})
    return render("claims.html", verdicts=found, signs=SIGNS, levels=[ratios.level(level) for level in levels],
                  counts=[f"{outcome}: {counts[outcome]}" for outcome in SIGNS if counts[outcome]])
