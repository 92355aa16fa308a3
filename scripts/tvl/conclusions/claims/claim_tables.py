"""Claims in documents: the tables of verdicts, the counts, and the guide's sentences."""

import urllib.parse
from collections import Counter

from tvl.conclusions.claims import claim_freeze, claims
from tvl.conclusions.claims.claim_rules import GUIDE, OWN
from tvl.conclusions.claims.claim_verdicts import ABOUT, AGREES, CONTRADICTS, FAILS, HOLDS, OPEN, SILENT
from tvl.text import markdown as md

THE_GUIDE = "an introduction to Python's asyncio for Python 3.7"
GROUPS = {GUIDE: "Guide", OWN: "Our own"}
# Outcome: words after a number of one and of several. The first one present is never left out.
COUNTED = {HOLDS: ("holds", "hold"), FAILS: ("does not", "do not"),
           ABOUT: ("is about the threshold", "are about the threshold"),
           OPEN: ("is not decided here", "are not decided here")}
COMPARED = {AGREES: ("agrees with the reference", "agree with the reference"),
            CONTRADICTS: ("contradicts it", "contradict it"), SILENT: ("says nothing", "say nothing")}


def groups(verdicts):
    """[(title, [Verdict, ...])] of the guide's claims and of ours; empty ones are left out."""
    found = [(title, [verdict for verdict in verdicts if verdict.source == source]) for source, title in GROUPS.items()]
    return [(title, group) for title, group in found if group]


def counts(verdicts):
    """'Guide: 26 of 29 hold, 2 do not, 1 is not decided here. Our own: ...', of claims about measured workloads."""
    return " ".join(f"{title}: {counted(group)}."
                    for title, group in groups([verdict for verdict in verdicts if verdict.chart]))


def counted(group):
    found = Counter(verdict.outcome for verdict in group)
    words = COMPARED if any(outcome in found for outcome in COMPARED) else COUNTED
    first, *rest = words
    said = [f"{found[first]} of {len(group)} {words[first][found[first] != 1]}"]
    return ", ".join(said + [f"{found[one]} {words[one][found[one] != 1]}" for one in rest if found[one]])


def remark(run, verdicts):
    """Sentences about a run whose verdicts are not what they could be: it was made under other rules than those that
    judge it, has too few repetitions, is a quick run, or was interrupted before its undecided claims had all their
    repetitions. Else ""."""
    machine = claims.environment_of(run)
    said = [claim_freeze.remark(machine)]
    if 0 < max((verdict.n for verdict in verdicts), default=0) < claims.LEAST:
        said.append(f"No claim has the {claims.LEAST} repetitions that a verdict needs.")
    if machine.get("quick"):
        said.append("A quick run has no verdicts: it agrees with the reference run, contradicts it, or says nothing.")
    if machine.get("extra_passes") and not claims.is_over(machine):
        said.append("The further repetitions for undecided claims were interrupted.")
    return " ".join(filter(None, said))


def markdown(run):
    """A table for the guide's claims and one for ours; claims about unmeasured workloads are only counted."""
    found = claims.evaluate(run)
    parts = [remark(run, found)]
    for title, group in groups([verdict for verdict in found if verdict.chart]):
        rows = [md.row([md.text(v.guide), f"**{v.outcome}**", f"{v.sentence} ({md.code(v.workload)})"]) for v in group]
        parts.append("\n".join([f"**{title}**: {counted(group)}.", "", "| claim | verdict | found |", "|:--|:--|:--|",
                                *rows]))
    left = sum(not verdict.chart for verdict in found)
    parts.append(f"{left} more claims are about workloads that this run did not measure." if left else "")
    return "\n\n".join(filter(None, parts))


def quotes():
    """The guide's sentences, and the claims that each stands for: a list in Markdown."""
    found = {}
    for name, rule in claims.rules(claims.of_files()):
        if rule.source == GUIDE:
            link = f"[{md.text(name)}](../bench/workloads/{urllib.parse.quote(name)}.toml)"
            found.setdefault(rule.quote, []).append(f"{md.text(rule.guide)} ({link})")
    return "\n".join(line for quote, asked in found.items()
                     for line in [f'- "{md.text(quote)}"', *(f"  - {claim}" for claim in asked)])
