import random
import unittest

from tvl.stats import multiplicity


class Multiplicity(unittest.TestCase):
    def test_one_test_has_the_whole_share(self):
        self.assertEqual(multiplicity.rejected([0.05]), [True])
        self.assertEqual(multiplicity.rejected([0.051]), [False])
        self.assertEqual(multiplicity.rejected([]), [])

    def test_as_in_the_paper_of_benjamini_and_hochberg(self):
        ps = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
              0.7590, 1.0]
        self.assertEqual(multiplicity.rejected(ps), [True] * 4 + [False] * 11)
        self.assertEqual(multiplicity.rejected(ps[::-1]), [False] * 11 + [True] * 4)

    def test_of_few_values_many_tests_must_agree(self):
        self.assertEqual(multiplicity.fewest(1 / 252, 708), 57)
        self.assertEqual(multiplicity.fewest(1 / 32, 1), 1)
        self.assertEqual(multiplicity.fewest(1 / 16, 1), 2)  # more than there are: none can count
        for tests in (20, 500):
            least = multiplicity.fewest(0.004, tests)
            for found, counts in ((least, True), (least - 1, False)):
                ps = [0.004] * found + [1.0] * (tests - found)
                self.assertEqual(any(multiplicity.rejected(ps)), counts, (tests, found))

    def test_where_nothing_differs_one_in_twenty_families_has_any(self):
        dice = random.Random(1)
        found = [any(multiplicity.rejected([dice.random() for _ in range(100)])) for _ in range(2000)]
        self.assertAlmostEqual(sum(found) / len(found), 0.05, delta=0.02)  # 4 standard deviations
