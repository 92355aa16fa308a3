"""Findings and verdicts on the report's first screen."""

import unittest

from tvl.conclusions import claims
from tvl.report import claims_section


def verdict(outcome=claims.HOLDS, chart="connections", sentence="CPU of `a` is 0.5x.", **more):
    values = {"guide": "loops & threads", "outcome": outcome, "from_x": None, "ratio": 0.5, "low": 0.4, "high": 0.6,
              "level": 0.9375, "workload": "connections", "chart": chart, "sentence": sentence}
    return claims.Verdict(**{**values, **more})


class Verdicts(unittest.TestCase):
    def test_each_has_its_badge_its_sentence_and_a_way_to_its_chart(self):
        text = claims_section.verdicts([verdict(), verdict(claims.FROM, from_x=8.0), verdict(claims.FAILS)])
        for expected in ('<li class="holds">', '<li class="partly">', '<li class="fails">', "holds from 8 on",
                         "loops &amp; threads", "<p>CPU of <code>a</code> is 0.5x.</p>", '<a href="#connections">',
                         "3 claims; holds: 1, holds from N on: 1, does not hold: 1.", "93.75 %"):
            self.assertIn(expected, text)

    def test_what_was_not_measured_is_folded_away(self):
        text = claims_section.verdicts([verdict(), verdict(claims.OPEN, None, level=None, workload="soak")])
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
