import itertools
import math
import random
import unittest

from tvl.stats import paired_ratio
from tvl.stats.intervals import median_interval


class Paired(unittest.TestCase):
    def test_levels_are_those_of_wilcoxons_tables(self):
        self.assertEqual([paired_ratio.places(n) for n in (1, 2, 3, 5)], [(1, 0.0), (1, 0.5), (1, 0.75), (1, 0.9375)])
        self.assertEqual([(k, round(level, 3)) for k, level in map(paired_ratio.places, (6, 10, 15))],
                         [(1, 0.969), (9, 0.951), (26, 0.952)])

    def test_up_to_five_the_interval_is_that_of_the_order_statistics(self):
        for n in (1, 2, 3, 5):
            ratios = [1.1, 0.9, 1.3, 1.0, 1.2][:n]
            found, other = paired_ratio.compared(ratios), median_interval(ratios)
            self.assertEqual((found.n, found.level), (other.n, other.level))
            self.assertAlmostEqual(found.low, other.low)
            self.assertAlmostEqual(found.high, other.high)

    def test_nothing_has_no_ratio(self):
        self.assertIsNone(paired_ratio.compared([]))
        self.assertEqual(paired_ratio.p_above([], 1), 1)

    def test_p_is_that_of_all_signs(self):
        logs = [0.5, -0.2, 1.0, 0.3]  # the ranks of the positive ones are 2, 3 and 4
        sums = [sum(rank for rank, sign in zip((1, 2, 3, 4), signs) if sign)
                for signs in itertools.product((0, 1), repeat=4)]
        self.assertEqual(paired_ratio.p_above([math.exp(x) for x in logs], 1), sum(s >= 9 for s in sums) / 16)

    def test_a_bound_is_refused_where_the_interval_lies_above_it(self):
        dice = random.Random(1)
        for n in (5, 9, 12):
            ratios = [math.exp(dice.gauss(0, 0.1)) for _ in range(n)]
            found = paired_ratio.compared(ratios)
            for bound in (0.9 + 0.005 * i for i in range(40)):
                refused = paired_ratio.p_above(ratios, bound) <= (1 - found.level) / 2 + 1e-12
                self.assertEqual(refused, found.low > bound, (n, bound))

    def test_all_above_is_the_smallest_p(self):
        self.assertEqual(paired_ratio.p_above([1.2, 1.1, 1.3, 1.4, 1.2], 1.05), paired_ratio.smallest_p(5))

    def test_the_interval_covers_the_truth_as_often_as_it_says(self):
        dice = random.Random(2)
        for n in (5, 12):
            samples = ([1.05 * math.exp(dice.gauss(0, 0.1)) for _ in range(n)] for _ in range(2000))
            found = list(map(paired_ratio.compared, samples))
            share = sum(i.low <= 1.05 <= i.high for i in found) / len(found)
            self.assertAlmostEqual(share, found[0].level, delta=0.022)  # 4 standard deviations
