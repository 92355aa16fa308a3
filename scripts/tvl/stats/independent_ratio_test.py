import math
import random
import unittest

from tvl.stats import independent_ratio


class TwoSamples(unittest.TestCase):
    def test_levels_are_those_of_the_tables_of_mann_and_whitney(self):
        self.assertEqual([(k, round(level, 3)) for k, level in map(independent_ratio.places, (5, 3, 9), (5, 3, 9))],
                         [(3, 0.968), (1, 0.9), (18, 0.960)])

    def test_all_orders_are_counted_once(self):
        self.assertEqual(independent_ratio.ways(2, 3), [1, 1, 2, 2, 2, 1, 1])
        self.assertEqual(sum(independent_ratio.ways(60, 60)), math.comb(120, 60))

    def test_one_value_each_has_a_ratio_and_no_certainty(self):
        self.assertEqual(independent_ratio.compared([2.0], [3.0]), (1.5, 1.5, 1.5, 1, 0.0))
        self.assertIsNone(independent_ratio.compared([], [3.0]))
        self.assertEqual(independent_ratio.p_above([], [3.0], 1), 1)

    def test_the_interval_covers_the_truth_as_often_as_it_says(self):
        dice = random.Random(1)
        hits = 0
        for _ in range(2000):
            old, new = ([math.exp(dice.gauss(0, 0.1)) * scale for _ in range(5)] for scale in (1.0, 1.05))
            found = independent_ratio.compared(old, new)
            hits += found.low <= 1.05 <= found.high
        self.assertAlmostEqual(hits / 2000, 0.968, delta=0.015)

    def test_a_bound_is_refused_where_the_interval_lies_above_it(self):
        dice = random.Random(2)
        for n, m in ((5, 5), (4, 7), (9, 9)):
            old, new = ([math.exp(dice.gauss(0, 0.1)) for _ in range(size)] for size in (n, m))
            found = independent_ratio.compared(old, new)
            for bound in (0.8 + 0.01 * i for i in range(40)):
                refused = independent_ratio.p_above(old, new, bound) <= (1 - found.level) / 2 + 1e-12
                self.assertEqual(refused, found.low > bound, (n, m, bound))

    def test_all_above_is_the_smallest_p(self):
        self.assertEqual(independent_ratio.p_above([1, 1.1, 1.2], [2, 2.1], 1.5), independent_ratio.smallest_p(3, 2))
