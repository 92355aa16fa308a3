import json
import os
import unittest
from unittest import mock

from tvl.conclusions.claims import claim_freeze, claim_verdicts, claims
from tvl.data.records import BadInput
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_claims import CPU


class Rules(unittest.TestCase):
    def test_they_are_the_frozen_ones(self):
        self.assertEqual(claim_freeze.load().sha256, claim_freeze.digest(), "a rule was changed: run "
                         "scripts/tvl-results freeze, and say in results/README.md what and why")

    def test_a_threshold_a_constant_and_the_noise_belong_to_them(self):
        before = claim_freeze.digest()
        with mock.patch.object(claims, "of_files", lambda: {"connections": [CPU]}):
            mine = claim_freeze.digest()
        with mock.patch.object(claims, "of_files", lambda: {"connections": [dict(reversed(CPU.items()))]}):
            self.assertEqual(claim_freeze.digest(), mine, "the order of keys does not matter")
        with mock.patch.object(claim_verdicts, "NEAR", 1.3):
            constant = claim_freeze.digest()
        with mock.patch.object(claim_freeze.claim_noise, "load", dict):
            noise = claim_freeze.digest()
        self.assertEqual(len({before, mine, constant, noise}), 4)


class Remark(Folder):
    def remark(self, machine, sha256=None):
        frozen = claim_freeze.Frozen(sha256 or claim_freeze.digest(), "2026-11-29")
        with mock.patch.object(claim_freeze, "load", lambda: frozen):
            return claim_freeze.remark(machine)

    def test_a_run_made_under_these_rules_needs_none(self):
        self.assertEqual(self.remark({"rules": {"sha256": claim_freeze.digest(), "frozen": "2026-11-29"}}), "")

    def test_a_run_made_before_the_freeze(self):
        for rules in (None, {}, "x"):
            self.assertEqual(self.remark({"rules": rules}), "Judged by the rules frozen on 2026-11-29; the run was "
                                                            "made before, without frozen rules.")

    def test_a_run_made_under_others(self):
        self.assertEqual(self.remark({"rules": {"sha256": "12", "frozen": "2027-01-01"}}), "Judged by the rules frozen "
                         "on 2026-11-29; the run was made under others, frozen on 2027-01-01.")

    def test_rules_that_were_changed_without_a_freeze(self):
        self.assertEqual(self.remark({}, sha256="12"), "Judged by rules that are not frozen.")

    def test_another_file_is_refused(self):
        path = os.path.join(self.folder, "rules.json")
        self.assertIsNone(claim_freeze.load(path))
        for text in ("{", json.dumps({"sha256": "1"}), "[]"):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            with self.assertRaisesRegex(BadInput, "not what tvl-results freeze writes"):
                claim_freeze.load(path)


if __name__ == "__main__":
    unittest.main()
