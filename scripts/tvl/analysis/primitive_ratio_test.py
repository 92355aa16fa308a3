import unittest

from tvl.analysis import primitive_ratio
from tvl.stats import intervals


def of(*ratios):
    return intervals.ratio_interval([(ratio, 1.0) for ratio in ratios])


class Text(unittest.TestCase):
    def test_is_above_1_with_the_name_of_the_better_way(self):
        self.assertEqual(primitive_ratio.text(of(71, 92, 80, 79, 85)), "loop 80.0x (71.0x to 92.0x)")
        self.assertEqual(primitive_ratio.text(of(1 / 71, 1 / 92, 1 / 80, 1 / 79, 1 / 85)),
                         "threads 80.0x (71.0x to 92.0x)")

    def test_is_same_only_if_all_of_the_interval_is_within_the_margin(self):
        self.assertEqual(primitive_ratio.text(of(0.98, 1, 1.01, 1.02, 1.04)), "same (threads 1.02x to loop 1.04x)")
        self.assertEqual(primitive_ratio.text(of(1.01, 1.01, 1.02, 1.02, 1.04)), "same (loop 1.01x to 1.04x)")
        self.assertEqual(primitive_ratio.text(of(0.99, 0.98, 0.98, 0.97, 0.97)), "same (threads 1.03x to 1.01x)")
        self.assertEqual(primitive_ratio.text(of(1, 1, 1, 1, 1.06)), "not told apart (loop 1.00x to loop 1.06x)")

    def test_a_wide_interval_around_1_is_not_told_apart(self):
        self.assertEqual(primitive_ratio.text(of(0.61, 0.8, 0.9, 1.2, 1.65)),
                         "not told apart (threads 1.64x to loop 1.65x)")

    def test_an_interval_beyond_1_differs_even_if_it_begins_within_the_margin(self):
        self.assertEqual(primitive_ratio.text(of(1.03, 1.1, 1.2, 1.3, 1.4)), "loop 1.20x (1.03x to 1.40x)")

    def test_the_extremes_of_many_repetitions_do_not_widen_it(self):
        ratio = of(0.001, *[80 + i for i in range(13)], 1e6)
        self.assertEqual(primitive_ratio.text(ratio), "loop 86.0x (82.0x to 90.0x)")

    def test_few_repetitions_give_no_interval_and_no_word(self):
        self.assertEqual(primitive_ratio.text(of(80)), "loop 80.0x (1 run)")
        self.assertEqual(primitive_ratio.text(of(0.5, 0.5, 0.4, 0.5)), "threads 2.00x (4 runs)")
        self.assertIsNone(primitive_ratio.outcome(of(80, 80, 80, 80)))

    def test_nothing_compared(self):
        self.assertEqual(primitive_ratio.text(None), "n/a")
