"""The first screen of the report: the findings, and the verdict on each claim."""

from tvl.conclusions.claims import claim_tables, claim_verdicts
from tvl.report.templates import render

SIGNS = {claim_verdicts.HOLDS: ("✓", "holds"), claim_verdicts.FAILS: ("✗", "fails"),
         claim_verdicts.ABOUT: ("≈", "partly"), claim_verdicts.OPEN: ("?", "open"),
         claim_verdicts.AGREES: ("✓", "holds"), claim_verdicts.CONTRADICTS: ("✗", "fails"),
         claim_verdicts.SILENT: ("?", "open")}  # sign and CSS class


def findings(sentences):
    return render("findings.html", sentences=sentences) if sentences else ""


def verdicts(found, remark=""):
    """remark: claim_tables.remark() of the run."""
    if not found:
        return ""
    groups = [{"title": title, "claims": group, "counts": claim_tables.counted(group)}
              for title, group in claim_tables.groups([verdict for verdict in found if verdict.chart])]
    return render("claims.html", groups=groups, elsewhere=[verdict for verdict in found if not verdict.chart],
                  signs=SIGNS, remark=remark, the_guide=claim_tables.THE_GUIDE)
