import random
import unittest

from tvl.stats import trend


class Trend(unittest.TestCase):
    def test_a_line_is_its_slope(self):
        self.assertEqual(trend.slope([(t, 3.0 * t + 1) for t in range(20)]), (3.0, 3.0, 3.0))

    def test_no_change_is_exactly_0(self):
        self.assertEqual(trend.slope([(t, 7) for t in range(20)]), (0, 0, 0))

    def test_odd_points_do_not_move_it(self):
        points = [(t, 2.0 * t) for t in range(40)]
        points[5], points[30] = (5, 1e9), (30, -1e9)
        found = trend.slope(points)
        self.assertEqual(found.median, 2.0)
        self.assertLess(found.high, 3)

    def test_two_points_have_a_slope_but_no_certainty_and_one_has_none(self):
        self.assertEqual(trend.slope([(0, 0), (2, 4)]).median, 2)
        self.assertIsNone(trend.slope([(0, 0)]))
        self.assertIsNone(trend.slope([(1, 0), (1, 5)]))

    def test_the_interval_covers_the_truth_as_often_as_it_says(self):
        chance = random.Random(7)
        missed = 0
        for _ in range(400):
            found = trend.slope([(t, 0.5 * t + chance.gauss(0, 4)) for t in range(20)], level=0.9)
            missed += not found.low <= 0.5 <= found.high
        self.assertLess(20, missed)  # 40 expected, 6 the standard deviation
        self.assertLess(missed, 60)

    def test_blocks_are_medians_of_equal_stretches(self):
        found = trend.blocks([(t, 100 if t == 1 else t // 3) for t in range(9)], most=3)
        self.assertEqual(found, [(1, 0), (4, 1), (7, 2)])
        self.assertEqual(trend.blocks([(1, 5), (2, 6)]), [(1, 5), (2, 6)])
