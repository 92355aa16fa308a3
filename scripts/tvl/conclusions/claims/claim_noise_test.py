import json
import math
import os
import unittest

from tvl.conclusions.claims import claim_noise, claim_rules, claims
from tvl.data import points
from tvl.data.records import BadInput
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_claims import CPU, FULL, pair
from tvl.testing.synthetic_points import left_out, point, write

ASKED = {"connections": [{**CPU, "decide_at": 64}]}


class Noise(Folder):
    def run_of(self, ratios, **more):
        return points.load(write(self.folder, pair(ratios, **more), FULL))

    def entries(self, *runs, asked=None):
        return claim_noise.pooled([claims.deciding_effects(run, asked or ASKED) for run in runs])

    def test_each_run_is_around_its_own_centre(self):
        spread = [1.0, math.e ** 0.1, math.e ** -0.1]
        one = self.run_of({64: spread}, repetitions=3)
        other = self.run_of({64: [3 * value for value in spread]}, repetitions=3)
        self.assertEqual(self.entries(one, other), [
            {"workload": "connections", "facet": None, "effect": "cpu of asio_loop, versus asio_threads, at 64",
             "claim": "threads are expensive", "sd": 0.1, "freedom": 4}])

    def test_only_the_size_that_decides_takes_part(self):
        found = self.entries(self.run_of({1: [1.0, 5.0, 9.0], 64: [1.0, 1.0, 1.0]}, repetitions=3))
        self.assertEqual(found[0]["sd"], 0)

    def test_claims_without_three_values_or_without_a_logarithm_are_missing(self):
        self.assertEqual(self.entries(self.run_of({64: 0.5}, repetitions=2)), [])
        self.assertEqual(self.entries(self.run_of({64: 0.0})), [])
        self.assertEqual(self.entries(self.run_of({1: 0.5})), [])

    def test_a_limit_of_the_machine_has_none(self):
        rule = {**CPU, "metric": "largest", "threshold": 2, "expect": "higher"}
        found = [point(x=x, contestant=name, position=p, repetition=r) for r in range(3) for x in (1000, 8000)
                 for p, name in enumerate(("asio_threads", "asio_loop")) if (name, x) != ("asio_threads", 8000)]
        found += [left_out(contestant="asio_threads", status="limit", reason="too few ids", x=8000)]
        self.assertEqual(self.entries(points.load(write(self.folder, found, FULL)), asked={"connections": [rule]}), [])

    def test_what_is_written_is_read(self):
        path = os.path.join(self.folder, "noise.json")
        entries = self.entries(self.run_of({64: 0.5}))
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"runs": [], "claims": entries}, file)
        (run,) = self.run_of({64: 0.5})
        rule = claim_rules.read(ASKED["connections"][0], "w")
        self.assertEqual(claim_noise.load(path), {claim_noise.key(run, rule): entries[0]["sd"]})

    def test_without_the_file_there_is_no_recorded_noise_and_another_file_is_refused(self):
        path = os.path.join(self.folder, "noise.json")
        self.assertEqual(claim_noise.load(path), {})
        for text in ("{", "[]", '{"claims": [{}]}'):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            with self.assertRaisesRegex(BadInput, "not what tvl-results noise writes"):
                claim_noise.load(path)

    def test_the_committed_file_is_about_present_claims(self):
        effects = {(name, rule.effect) for name, rule in claims.rules(claims.of_files())}
        stale = {(workload, effect) for workload, _, effect in claim_noise.load()} - effects
        self.assertEqual(stale, set(), "run tvl-results noise again")


if __name__ == "__main__":
    unittest.main()
