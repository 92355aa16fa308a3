"""Findings and verdicts on the report's first screen."""

import unittest

from tvl.conclusions.claims import claim_tables, claim_verdicts
from tvl.conclusions.claims.claim_verdicts import ABOUT, AGREES, FAILS, HOLDS, OPEN
from tvl.report import claims_section


def verdict(outcome=HOLDS, source="guide", chart="connections", **more):
    values = {"guide": "loops & threads", "source": source, "quote": "Loops < threads." if source == "guide" else None,
              "outcome": outcome, "ratio": 0.5, "low": 0.4, "high": 0.6, "n": 5, "x": 64, "workload": "connections",
              "chart": chart, "sentence": "CPU of `a` is 0.5x."}
    return claim_verdicts.Verdict(**{**values, **more})


class Verdicts(unittest.TestCase):
    def test_each_has_its_badge_its_sentence_and_a_way_to_its_chart(self):
        text = claims_section.verdicts([verdict(), verdict(ABOUT), verdict(FAILS), verdict(AGREES)])
        for expected in ('<li class="holds">', '<li class="partly">', '<li class="fails">', "about the threshold",
                         "loops &amp; threads", "<p>CPU of <code>a</code> is 0.5x.</p>", '<a href="#connections">',
                         "agrees with the reference"):
            self.assertIn(expected, text)

    def test_the_guide_s_claims_and_ours_are_counted_apart_and_the_guide_is_named(self):
        text = claims_section.verdicts([verdict(), verdict(OPEN), verdict(source="own")])
        for expected in ("<h3>Guide: 1 of 2 holds, 1 is not decided here</h3>", "<h3>Our own: 1 of 1 holds</h3>",
                         claim_tables.THE_GUIDE.replace("'", "&#39;"), "“Loops &lt; threads.”"):
            self.assertIn(expected, text)
        self.assertEqual(text.count("“"), 2, "ours quote nothing")

    def test_other_rules_are_said(self):
        self.assertIn("Judged by others.", claims_section.verdicts([verdict()], "Judged by others."))

    def test_what_was_not_measured_is_folded_away(self):
        text = claims_section.verdicts([verdict(), verdict(OPEN, chart=None, workload="soak")])
        before, after = text.split("<details>")
        self.assertEqual((before.count("<li"), after.count("<li")), (1, 1))
        self.assertIn("1 about workloads that are not in this run", after)
        self.assertIn("<code>soak</code>", after)

    def test_no_claims_no_section(self):
        self.assertEqual(claims_section.verdicts([]), "")


class Findings(unittest.TestCase):
    def test_their_marks_become_html_and_nothing_else_does(self):
        text = claims_section.findings(["**A tie**: `a<b>` costs the same"])
        self.assertIn("<li><strong>A tie</strong>: <code>a&lt;b&gt;</code> costs the same</li>", text)
        self.assertEqual(claims_section.findings([]), "")


if __name__ == "__main__":
    unittest.main()
