import unittest

from tvl.conclusions.claims import claim_rules
from tvl.data.records import BadInput
from tvl.testing.synthetic_claims import CPU


class Mistakes(unittest.TestCase):
    def said(self, **changes):
        table = {key: value for key, value in {**CPU, **changes}.items() if value is not None}
        with self.assertRaises(BadInput) as caught:
            claim_rules.read(table, "connections.toml: claim 2")
        return str(caught.exception).removeprefix("connections.toml: claim 2: ")

    def test_each_is_named(self):
        for changes, expected in (
                ({"metrik": "cpu"}, "unknown key 'metrik', there are guide, "),
                ({"metric": "cpus"}, "unknown metric 'cpus', there are "),
                ({"guide": None}, "missing key 'guide'"), ({"threshold": None}, "missing key 'threshold'"),
                ({"threshold": "0.9"}, "'threshold' must be a number"),
                ({"threshold": 0}, "'threshold' must be more than 0"),
                ({"expect": "less"}, "'expect' must be one of higher, lower, equal"),
                ({"expect": "equal"}, "'threshold' must be more than 1 where"),
                ({"versus": None}, "needs one of versus, versus_x, share_of, limit, has none"),
                ({"limit": 3}, "needs one of versus, versus_x, share_of, limit, has versus and limit"),
                ({"versus": None, "limit": 0}, "'limit' must be more than 0"),
                ({"at": 64}, "'at' must be list"), ({"at": ["x"]}, "'at' must be a list of numbers"),
                ({"slope": True, "versus": None, "versus_x": 1}, "'slope' needs 'versus' or 'limit'"),
                ({"metric": "answered"}, "metric 'answered' needs 'limit'"),
                ({"metric": "largest", "slope": True}, "metric 'largest' needs 'versus'"),
                ({"source": "giude"}, "'source' must be one of guide, own"),
                ({"source": "guide"}, "'quote' is needed where 'source' is guide"),
                ({"quote": "Threads are expensive"}, "'quote' is needed where 'source' is guide"),
                ({"decide_at": "64"}, "'decide_at' must be a number"),
                ({"decide_at": 64, "at": [1]}, "'decide_at' must be a size that the claim is about"),
                ({"decide_at": 64, "versus": None, "versus_x": 64}, "'decide_at' must be a size"),
                ({"decide_at": 64, "slope": True}, "'decide_at' must be a size")):
            self.assertTrue(self.said(**changes).startswith(expected), (changes, self.said(**changes)))

    def test_what_is_no_table(self):
        with self.assertRaisesRegex(BadInput, "not a table"):
            claim_rules.read("cpu", "w.toml: claim 1")


class Rules(unittest.TestCase):
    def test_rules_about_the_same_effect_have_the_same_name_whatever_they_need(self):
        one = claim_rules.read({**CPU, "decide_at": 64}, "w")
        self.assertEqual(one.effect, "cpu of asio_loop, versus asio_threads, at 64")
        other = claim_rules.read({**CPU, "decide_at": 64, "threshold": 2, "guide": "x"}, "w")
        self.assertEqual(other.effect, one.effect)
        self.assertNotEqual(claim_rules.read({**CPU, "decide_at": 1000}, "w").effect, one.effect)

    def test_margin_is_positive_on_the_claims_side(self):
        for changes, inside, outside in (({}, 0.8, 1.0), ({"expect": "higher"}, 1.0, 0.8),
                                         ({"expect": "equal", "threshold": 1.25}, 1.0, 0.7)):
            rule = claim_rules.read({**CPU, **changes}, "w")
            self.assertGreater(rule.margin(inside), 0)
            self.assertLess(rule.margin(outside), 0)

    def test_a_claim_without_a_source_is_our_own(self):
        self.assertEqual(claim_rules.read(CPU, "w").source, claim_rules.OWN)


if __name__ == "__main__":
    unittest.main()
