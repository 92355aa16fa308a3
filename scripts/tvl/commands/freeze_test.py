import json
import os
import unittest
from unittest import mock

from tvl.conclusions.claims import claim_freeze
from tvl.testing import tvl_results
from tvl.testing.run_folder import Folder


class Freeze(Folder):
    def test_it_writes_the_hash_and_the_date_once(self):
        path = os.path.join(self.folder, "rules.json")
        with mock.patch.object(claim_freeze, "FILE", path):
            done = tvl_results.run("freeze")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            with open(path, encoding="utf-8") as file:
                found = json.load(file)
            self.assertEqual(found["sha256"], claim_freeze.digest())
            self.assertRegex(found["frozen"], r"^\d{4}-\d\d-\d\d$")
            found["frozen"] = "2026-01-02"
            with open(path, "w", encoding="utf-8") as file:
                json.dump(found, file)
            self.assertIn("frozen already, on 2026-01-02", tvl_results.run("freeze").stdout)


if __name__ == "__main__":
    unittest.main()
