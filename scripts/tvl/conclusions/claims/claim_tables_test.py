import os
import tomllib
import unittest

from tvl import ROOT
from tvl.conclusions.claims import claim_rules, claim_tables, claims
from tvl.conclusions.claims.claim_verdicts import AGREES, ABOUT, CONTRADICTS, FAILS, HOLDS, OPEN, SILENT, Verdict
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_claims import CPU, FULL, pair
from tvl.testing.synthetic_points import write

SEED = os.path.join(ROOT, os.pardir, "shared", "seed", "asyncio-guide.txt")


def verdicts(source, *outcomes, chart="connections"):
    return [Verdict("g", source, None, outcome, None, None, None, 0, None, "w", chart, "s") for outcome in outcomes]


class Counts(unittest.TestCase):
    def test_two_groups_with_two_counts(self):
        found = verdicts("guide", HOLDS, HOLDS, FAILS, OPEN, OPEN, ABOUT) + verdicts("own", HOLDS)
        self.assertEqual(claim_tables.counts(found),
                         "Guide: 2 of 6 hold, 1 does not, 1 is about the threshold, 2 are not decided here. "
                         "Our own: 1 of 1 holds.")

    def test_of_a_quick_run(self):
        found = verdicts("guide", AGREES, AGREES, SILENT) + verdicts("own", CONTRADICTS, SILENT, SILENT)
        self.assertEqual(claim_tables.counts(found),
                         "Guide: 2 of 3 agree with the reference, 1 says nothing. "
                         "Our own: 0 of 3 agree with the reference, 1 contradicts it, 2 say nothing.")

    def test_what_was_not_measured_does_not_count(self):
        self.assertEqual(claim_tables.counts(verdicts("own", HOLDS) + verdicts("own", OPEN, chart=None)),
                         "Our own: 1 of 1 holds.")


class Tables(Folder):
    def test_one_for_each_group_with_the_figure_and_its_interval(self):
        guide = {**CPU, "source": "guide", "quote": "Threads are expensive (CPU)"}
        write(self.folder, pair({64: 0.5}, workload="mine"), {**FULL, "claims": {"mine": [guide, CPU], "other": [CPU]}})
        text = claim_tables.markdown(self.folder)
        self.assertRegex(text, r"\*\*Guide\*\*: 1 of 1 holds\.\n\n\| claim \| verdict \| found \|\n\|:--\|:--\|:--\|\n"
                               r"\| threads are expensive \| \*\*holds\*\* \| .* is 0.50x \(0.49x to 0.51x\) that of")
        self.assertIn("**Our own**: 1 of 1 holds.", text)
        self.assertIn("1 more claims are about workloads that this run did not measure.", text)
        self.assertTrue(text.startswith("Judged by "), "the run was made without frozen rules")


class Remarks(Folder):
    def remark(self, environment, repetitions=5):
        write(self.folder, pair({64: 0.5}, workload="mine", repetitions=repetitions),
              {**environment, "claims": {"mine": [CPU]}})
        return claim_tables.remark(self.folder, claims.evaluate(self.folder))

    def test_what_weakens_all_verdicts_of_a_run_is_said_once(self):
        for environment, said in (({**FULL, "quick": True}, "A quick run has no verdicts"),
                                  ({**FULL, "extra_passes": {"ended": "interrupted"}}, "were interrupted."),
                                  (FULL, "the run was made before")):
            self.assertIn(said, self.remark(environment))
        for ended in ("decided", "time"):
            self.assertNotIn("interrupted", self.remark({**FULL, "extra_passes": {"ended": ended}}))

    def test_one_repetition_is_said_once(self):
        self.assertIn("No claim has the 3 repetitions that a verdict needs.", self.remark(FULL, repetitions=1))
        self.assertNotIn("No claim has", self.remark(FULL))


class Quotes(unittest.TestCase):
    def rules(self):
        return claims.rules(claims.of_files())

    def test_every_claim_of_the_guide_has_its_words(self):
        if not os.path.exists(SEED):
            self.skipTest("the guide's text is not here")
        with open(SEED, encoding="utf-8") as file:
            text = file.read()
        for name, rule in self.rules():
            if rule.source == claim_rules.GUIDE:
                self.assertIn(rule.quote, text, name)

    def test_every_claim_says_where_it_is_from(self):
        for name, tables in claims.of_files().items():
            for table in tables:
                self.assertIn(table.get("source"), claim_rules.SOURCES, (name, table["guide"]))
                self.assertNotIn("our own", table["guide"])

    def test_a_claim_s_words_name_it_within_its_workload(self):
        found = [(name, rule.facet, rule.guide) for name, rule in self.rules()]
        self.assertEqual(len(found), len(set(found)))

    def test_the_list_has_each_sentence_once_with_its_claims(self):
        text = claim_tables.quotes()
        self.assertEqual(text.count('- "Threads are expensive (CPU)"\n'), 1)
        self.assertIn("  - threads are expensive: CPU per request ([connections](../bench/workloads/connections.toml))",
                      text)
        self.assertEqual(text.count("\n  - "), sum(rule.source == claim_rules.GUIDE for _, rule in self.rules()))


class Files(unittest.TestCase):
    def test_rules_of_every_workload_are_understood_and_one_size_decides(self):
        for name, tables in claims.of_files().items():
            with open(os.path.join(claims.WORKLOADS, f"{name}.toml"), "rb") as file:
                workload = tomllib.load(file)
            sizes = self.sizes(workload)
            for place, table in enumerate(tables, 1):
                rule = claim_rules.read(table, f"{name}.toml: claim {place}")
                for line in [rule.of] + [rule.value] * (rule.reference == "versus"):
                    self.assertIn(line.split()[0], workload["contestants"], (name, place))
                if rule.reference == "share_of":
                    labels = [one["label"] for one in workload.get("ceiling", []) + workload.get("expected", [])]
                    self.assertIn(rule.value, labels, (name, place))
                remaining = [x for x in sizes if rule.is_about(x)]
                if rule.decide_at is not None:
                    self.assertIn(rule.decide_at, remaining, (name, place))
                elif not rule.is_of_the_sweep:
                    self.assertEqual(len(remaining), 1, (name, place))

    def sizes(self, workload):
        x = workload["chart"].get("x", "connections")
        found = {**workload["load"], **workload.get("parameters", {}), **workload.get("beside", {})}[x]
        return found if isinstance(found, list) else [found]


if __name__ == "__main__":
    unittest.main()
