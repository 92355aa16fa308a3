import math
import random
import unittest

from tvl.stats import intervals
from tvl.stats.intervals import coverage, median_interval, ratio_interval, Usl


class Median(unittest.TestCase):
    def test_levels_are_those_of_the_binomial(self):
        self.assertEqual([median_interval(range(n)).level for n in (1, 2, 3, 5, 6)], [0, 0.5, 0.75, 0.9375, 0.96875])
        self.assertAlmostEqual(median_interval(range(10)).level, 1 - 22 / 1024)

    def test_as_narrow_as_the_level_allows(self):
        self.assertEqual(median_interval([5, 1, 4, 2, 3])[:4], (3, 1, 5, 5))
        self.assertEqual(median_interval(range(10))[:3], (4.5, 1, 8))
        self.assertEqual(median_interval(range(10), 0.85)[:3], (4.5, 2, 7))

    def test_absent_values_are_no_values(self):
        self.assertIsNone(median_interval([None]))
        self.assertEqual(median_interval([None, 7.0]), (7.0, 7.0, 7.0, 1, 0))

    def test_it_covers_the_true_median_as_often_as_it_says(self):
        """2,000 draws: 4 standard deviations of the share are 0.022."""
        draw = random.Random(1)
        for n, kind in ((5, draw.gauss), (5, lambda *_: draw.expovariate(1) - math.log(2)), (9, draw.gauss)):
            found = [median_interval([kind(0, 1) for _ in range(n)]) for _ in range(2000)]
            share = sum(i.low <= 0 <= i.high for i in found) / len(found)
            self.assertAlmostEqual(share, found[0].level, delta=0.023)


def sign_test(values, middle):
    """p of both sides, by all ways in which the signs could have fallen."""
    above = sum(value > middle for value in values)
    ways = [bin(i).count("1") for i in range(2 ** len(values))]
    return sum(max(k, len(values) - k) >= max(above, len(values) - above) for k in ways) / len(ways)


class SignTest(unittest.TestCase):
    def test_rejects_what_is_outside_of_the_interval_and_nothing_else(self):
        draw = random.Random(5)
        for n in (5, 6, 9):
            values = [draw.gauss(0, 1) for _ in range(n)]
            found = median_interval(values)
            for i in range(-30, 31):
                rejected = sign_test(values, i / 10) <= 1 - found.level
                self.assertEqual(rejected, not found.low <= i / 10 <= found.high, (n, i))


class Ratio(unittest.TestCase):
    def test_median_of_paired_ratios(self):
        self.assertEqual(ratio_interval([(5, 10), (30, 20), (40, 40)]), (1.0, 0.5, 1.5, 3, 0.75))

    def test_the_other_way_round_it_is_the_reciprocal(self):
        pairs = [(1.0, 2.0), (3.0, 2.0), (8.0, 2.0), (2.0, 8.0)]
        there, back = ratio_interval(pairs), ratio_interval([(b, a) for a, b in pairs])
        for one, other in ((there.median, back.median), (there.low, back.high), (there.high, back.low)):
            self.assertAlmostEqual(one * other, 1)

    def test_what_has_no_ratio_is_left_out(self):
        self.assertIsNone(ratio_interval([(1, 0), (None, 2), (2, None)]))
        self.assertEqual(ratio_interval([(1, 0), (0, 2)]).median, 0)

    def test_five_per_cent_beneath_a_drift_that_both_share(self):
        """The machine is up to 1.7x slower in one repetition than in the next; a pair has 1 % of noise of its own."""
        draw = random.Random(2)
        found = 0
        for _ in range(200):
            speeds = [draw.uniform(1, 1.7) for _ in range(5)]
            interval = ratio_interval([(1.05 * s * draw.gauss(1, 0.01), s * draw.gauss(1, 0.01)) for s in speeds])
            found += interval.low > 1
        self.assertGreater(found, 190)


class Samples(unittest.TestCase):
    def test_replies_that_a_percentile_needs(self):
        self.assertEqual([intervals.least_for(q) for q in (0.5, 0.95, 0.99, 0.999)], [20, 200, 1000, 10000])

    def test_outliers_are_named(self):
        self.assertEqual(intervals.outliers([10.0, 10.1, 17.0, 9.9, 10.0]), [2])
        self.assertEqual(intervals.outliers([10.0, 10.5, 9.5, 10.9]), [])
        self.assertEqual(intervals.outliers([10.0, 10.0, 10.0, 10.5]), [])  # 5 % is not enough
        self.assertEqual(intervals.outliers([1.0, 100.0, 1.0]), [])  # of three, none is the outlier


class Slope(unittest.TestCase):
    def test_of_every_repetition(self):
        lines = [[(x, 7 + slope * x) for x in (1, 64, 1000)] for slope in (2.0, 3.0, 5.0)]
        found = intervals.slope_interval(lines)
        self.assertAlmostEqual(found.median, 3)
        self.assertAlmostEqual(found.low, 2)
        self.assertEqual(found.level, 0.75)

    def test_two_sizes_prove_nothing(self):
        self.assertIsNone(intervals.slope_interval([[(1, 1), (2, 2)]] * 5))


SIZES = (1, 2, 4, 8, 16, 32, 64)


class Scalability(unittest.TestCase):
    def test_the_law_is_found_in_its_own_points(self):
        for law in (Usl(100, 0.05, 0.001), Usl(5000, 0.3, 0), Usl(20, 0, 0.0004), Usl(20, 0, 0)):
            found = intervals.usl([(n, law.at(n)) for n in SIZES])
            for one, other in zip(found, law):
                self.assertAlmostEqual(one, other, delta=1e-6 * max(1, other))

    def test_and_beneath_noise_its_interval_has_it(self):
        law, draw, inside = Usl(100, 0.05, 0.001), random.Random(4), 0
        for _ in range(100):
            found = intervals.scaling([[(n, law.at(n) * draw.gauss(1, 0.02)) for n in SIZES] for _ in range(5)])
            self.assertTrue(found.fits)
            inside += found.contention.low <= law.contention <= found.contention.high
        self.assertGreater(inside, 80)  # 94 are expected

    def test_peak(self):
        self.assertAlmostEqual(Usl(1, 0.19, 0.0001).peak, 90)
        self.assertIsNone(Usl(1, 0.19, 0).peak)

    def test_what_follows_another_law_does_not_fit(self):
        cliff = [(n, 100.0 * n if n < 16 else 200.0) for n in SIZES]
        self.assertFalse(intervals.scaling([cliff]).fits)

    def test_three_sizes_prove_nothing(self):
        self.assertIsNone(intervals.scaling([[(1, 1.0), (2, 2.0), (4, 4.0)]]))


class Coverage(unittest.TestCase):
    def test_one_value_covers_nothing(self):
        self.assertEqual(coverage(1, 0), 0)
        self.assertEqual(coverage(5, 1), 1 - 12 / 32)
