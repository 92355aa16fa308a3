import math
import random
import statistics
import unittest

from tvl.stats import moderated


class Centre(unittest.TestCase):
    def test_is_the_median_of_the_walsh_averages(self):
        self.assertEqual(moderated.centre([1.0, 2.0, 4.0]), statistics.median([1, 1.5, 2.5, 2, 3, 4]))
        self.assertEqual(moderated.centre([7.0]), 7.0)

    def test_one_outlier_hardly_moves_it(self):
        self.assertAlmostEqual(moderated.centre([1.0, 1.1, 0.9, 1.0, 50.0]), 1.0, delta=0.1)


class Error(unittest.TestCase):
    def test_by_hand(self):
        values = [1.0, 2.0, 3.0]  # their standard deviation is 1
        self.assertAlmostEqual(moderated.standard_error(values, 0.5, 2.0), math.sqrt((4 * 1 + 2 * 1) / (6 * 3)))

    def test_values_that_agree_by_chance_have_the_recorded_noise(self):
        found = moderated.estimate([0.5] * 5, 0.2)
        self.assertAlmostEqual(found.high - found.centre, 3 * math.sqrt(4 * 0.04 / (8 * 5)))

    def test_without_any_noise_the_interval_is_the_value(self):
        self.assertEqual(moderated.estimate([0.5] * 5, 0.0), (0.5, 0.5, 0.5))

    def test_one_value_has_the_recorded_noise_alone(self):
        self.assertAlmostEqual(moderated.standard_error([1.0], 0.3), 0.3)

    def test_more_repetitions_narrow_it(self):
        draw = random.Random(3)
        values = [draw.gauss(0, 0.2) for _ in range(60)]
        self.assertLess(moderated.standard_error(values, 0.2), moderated.standard_error(values[:5], 0.2) / 2.5)

    def test_a_value_on_the_threshold_is_rarely_decided(self):
        """4,000 samples of five around 0, the recorded noise 0.1; 1.7 % are expected, 5 standard deviations are 1 %."""
        draw, outside = random.Random(1), 0
        for _ in range(4000):
            found = moderated.estimate([draw.gauss(0, 0.1) for _ in range(5)], 0.1)
            outside += not found.low <= 0 <= found.high
        self.assertLess(outside / 4000, 0.027)


class Factor(unittest.TestCase):
    def test_is_the_root_of_the_median_square(self):
        self.assertAlmostEqual(moderated.noise_factor([(0.2, 0.1, 1000)] * 11 + [(9.0, 0.1, 1000)] * 5), 2.0, places=2)

    def test_few_values_show_less_spread_than_there_is(self):
        chance = random.Random(1)
        for n in (3, 5, 9):
            found = [(statistics.stdev(chance.gauss(0, 0.1) for _ in range(n)), 0.1, n - 1) for _ in range(4000)]
            self.assertAlmostEqual(moderated.noise_factor(found), 1.0, delta=0.03, msg=n)

    def test_few_effects_tell_nothing(self):
        self.assertEqual(moderated.noise_factor([(0.2, 0.1, 4)] * 9), 1.0)
        self.assertEqual(moderated.noise_factor([(0.2, 0.1, 4)] * 9 + [(None, 0.1, 4), (0.2, 0.0, 4)]), 1.0)


class Pooled(unittest.TestCase):
    def test_each_sample_is_around_its_own_mean(self):
        sd, freedom = moderated.pooled([[1.0, 2.0, 3.0], [11.0, 12.0, 13.0], [5.0]])
        self.assertAlmostEqual(sd, 1.0)
        self.assertEqual(freedom, 4)

    def test_single_values_have_none(self):
        self.assertIsNone(moderated.pooled([[1.0], []]))


if __name__ == "__main__":
    unittest.main()
