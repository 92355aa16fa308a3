import math
import random
import unittest

from tvl.stats import shares
from tvl.stats.shares import Estimate


class Shares(unittest.TestCase):
    def test_wilsons_interval_has_known_ends(self):
        found = shares.wilson(10, 100)  # Wilson 1927; Brown, Cai and DasGupta 2001
        self.assertEqual(found.value, 0.1)
        self.assertAlmostEqual(found.low, 0.0552, places=4)
        self.assertAlmostEqual(found.high, 0.1744, places=4)

    def test_none_of_them_is_a_share_with_an_upper_end_alone(self):
        self.assertEqual(shares.wilson(0, 50)[:2], (0.0, 0.0))
        self.assertAlmostEqual(shares.wilson(0, 50).high, 0.0713, places=4)
        self.assertEqual(shares.wilson(50, 50).high, 1.0)

    def test_dispersion_widens_it_as_fewer_samples_do(self):
        self.assertEqual(shares.wilson(200, 2000, dispersion=20)[1:], shares.wilson(10, 100)[1:])

    def test_the_interval_contains_the_truth_as_often_as_it_says(self):
        dice = random.Random(1)
        inside = sum(found.low <= 0.05 <= found.high for found in (
            shares.wilson(sum(dice.random() < 0.05 for _ in range(400)), 400) for _ in range(1000)))
        self.assertTrue(930 <= inside <= 975, inside)

    def test_the_chi_square_distribution_has_known_quantiles(self):
        for statistic, freedom, p in ((3.841, 1, 0.05), (5.991, 2, 0.05), (11.345, 3, 0.01), (18.307, 10, 0.05),
                                      (19.675, 11, 0.05), (24.725, 11, 0.01)):
            self.assertAlmostEqual(shares.beyond(statistic, freedom), p, places=4)
        self.assertEqual((shares.beyond(0, 1), shares.beyond(0, 6)), (1.0, 1.0))

    def test_rows_that_agree_and_rows_that_do_not(self):
        same = shares.homogeneity([[100, 200, 300], [100, 200, 300]])
        self.assertEqual((same.statistic, same.freedom, same.p, same.dispersion), (0, 2, 1.0, 1.0))
        found = shares.homogeneity([[120, 2280], [90, 2310]])
        self.assertAlmostEqual(found.statistic, 2400 * 2400 * 4800 * (120 * 2310 - 90 * 2280) ** 2 /
                               (2400 ** 2 * 2400 ** 2 * 210 * 4590), places=6)
        self.assertLess(shares.homogeneity([[300, 100], [100, 300]]).p, 1e-9)

    def test_chance_alone_is_seldom_rare(self):
        dice = random.Random(2)
        weights = (40, 30, 20, 8, 2, 0.1)

        def row():
            drawn = dice.choices(range(6), weights, k=500)
            return [drawn.count(i) for i in range(6)]

        rare = sum(shares.homogeneity([row(), row()]).p < 0.05 for _ in range(400))
        self.assertTrue(8 <= rare <= 34, rare)

    def test_columns_with_too_few_samples_are_added_up(self):
        self.assertEqual(shares.homogeneity([[500, 400, 2, 1], [500, 400, 1, 2]]).freedom, 1)
        self.assertEqual(shares.homogeneity([[500, 400, 4, 3], [500, 400, 3, 4]]).freedom, 2)

    def test_one_row_or_one_column_says_nothing(self):
        for rows in ([], [[5, 5]], [[5, 5], [0, 0]], [[900, 0], [800, 0]]):
            self.assertIsNone(shares.homogeneity(rows))

    def test_a_product_adds_distances_as_squares(self):
        share, cpu = Estimate(0.5, 0.4, 0.7), Estimate(20.0, 18.0, 21.0)
        found = shares.product(share, cpu)
        self.assertEqual(found.value, 10.0)
        self.assertAlmostEqual(found.low, 10 - math.hypot(20 * 0.1, 0.5 * 2))
        self.assertAlmostEqual(found.high, 10 + math.hypot(20 * 0.2, 0.5 * 1))
        self.assertEqual(shares.product(Estimate(0.0, 0.0, 0.1), cpu), Estimate(0.0, 0.0, 2.0))


if __name__ == "__main__":
    unittest.main()
