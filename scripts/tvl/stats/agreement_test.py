import itertools
import random
import unittest

from tvl.stats import agreement
from tvl.stats.intervals import median_interval


def shares(n, m, draws):
    """(how often the intervals of normal values overlap, how often each median is inside the other's), drawn."""
    dice, overlaps, insides = random.Random(3), 0, 0
    for _ in range(draws):
        one, other = (median_interval([dice.gauss(0, 1) for _ in range(size)]) for size in (n, m))
        overlaps += one.low <= other.high and other.low <= one.high
        insides += agreement.both_inside(one, other)
    return overlaps / draws, insides / draws


class TwoSamples(unittest.TestCase):
    def test_two_ranges_of_five_overlap_but_for_two_orders_of_252(self):
        self.assertAlmostEqual(agreement.overlap(5, 5), 1 - 2 / 252)
        self.assertAlmostEqual(agreement.overlap(2, 2), 1 - 2 / 6)

    def test_as_counted_over_all_orders(self):
        for n, m in ((3, 5), (5, 5), (5, 7), (9, 5)):
            orders = [set(places) for places in itertools.combinations(range(n + m), n)]
            overlaps = insides = 0
            for mine in orders:
                one = median_interval(sorted(mine))
                other = median_interval(sorted(set(range(n + m)) - mine))
                overlaps += one.low <= other.high and other.low <= one.high
                insides += agreement.both_inside(one, other)
            self.assertAlmostEqual(agreement.overlap(n, m), overlaps / len(orders), 12, (n, m))
            self.assertAlmostEqual(agreement.medians_inside(n, m), insides / len(orders), 12, (n, m))

    def test_five_and_five_are_known_figures(self):
        self.assertEqual((round(agreement.overlap(5, 5), 3), round(agreement.medians_inside(5, 5), 3)), (0.992, 0.714))

    def test_as_drawn_from_normal_values(self):
        for n, m in ((4, 4), (6, 5), (9, 9), (10, 12)):
            overlaps, insides = shares(n, m, 4000)  # 4 standard deviations are at most 0.032
            self.assertAlmostEqual(agreement.overlap(n, m), overlaps, delta=0.032)
            self.assertAlmostEqual(agreement.medians_inside(n, m), insides, delta=0.038, msg=(n, m))


class Binomial(unittest.TestCase):
    def test_of_coins(self):
        self.assertAlmostEqual(agreement.at_most(1, 3, 0.5), 0.5)
        self.assertAlmostEqual(agreement.at_most(3, 3, 0.9), 1)
        self.assertAlmostEqual(agreement.at_most(0, 4, 0.9375), 0.0625 ** 4)
