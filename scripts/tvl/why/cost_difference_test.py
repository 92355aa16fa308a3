import math
import unittest

from tvl.testing import synthetic_profiles as synthetic
from tvl.testing.run_folder import Folder
from tvl.why import cost_bar, cost_difference, profiles


class CostDifference(Folder):
    def pairs(self, records, points=()):
        (found,) = profiles.load(synthetic.write_run(self.folder, records, points))
        return cost_difference.pairs(found, cost_bar.bars(found))

    def points(self, threads, loop):
        return [synthetic.measured(name, repetition=i, cpu=value) for name, values in
                (("asio_threads", threads), ("asio_loop", loop)) for i, value in enumerate(values)]

    def test_each_pair_is_there_once_with_the_dearer_first(self):
        found = self.pairs(synthetic.passes(self.folder, sizes=(64, 1000)))
        self.assertEqual([(pair.more.label, pair.less.label, pair.more.x) for pair in found],
                         [("asio_threads", "asio_loop", 64), ("asio_threads", "asio_loop", 1000)])

    def test_costs_are_compared_repetition_by_repetition(self):
        threads, loop = (20, 24, 28, 32, 36, 40), (10, 13, 20, 22, 27, 30)
        (pair,) = self.pairs(synthetic.passes(self.folder), self.points(threads, loop))
        self.assertEqual(pair.total, (10, 8, 11))
        self.assertEqual((pair.n, pair.level, pair.is_decided), (6, 0.96875, True))

    def test_the_pairs_say_which_is_the_dearer_not_the_medians(self):
        threads, loop = (10, 10, 21, 31, 31), (11, 11, 20, 30, 32)
        (pair,) = self.pairs(synthetic.passes(self.folder), self.points(threads, loop))
        self.assertEqual((pair.more.label, pair.total), ("asio_loop", (1, -1, 1)))
        self.assertFalse(pair.is_decided)

    def test_a_class_has_the_shares_of_both(self):
        (pair,) = self.pairs(synthetic.passes(self.folder), self.points([20] * 6, [10] * 6))
        found, more, less = pair.by_class["own"], pair.more.parts["own"].share, pair.less.parts["own"].share
        self.assertAlmostEqual(found.value, 0.1 * 20 - 0.2 * 10)
        self.assertAlmostEqual(found.low, -math.hypot(20 * (0.1 - more.low), 10 * (less.high - 0.2)))
        self.assertAlmostEqual(found.high, math.hypot(20 * (more.high - 0.1), 10 * (0.2 - less.low)))
        self.assertFalse(found.is_decided)
        self.assertTrue(pair.by_class["scheduler"].is_decided)
        self.assertAlmostEqual(sum(one.value for one in pair.by_class.values()), 10)

    def test_one_repetition_decides_nothing(self):
        (pair,) = self.pairs(synthetic.passes(self.folder, count=1))
        self.assertEqual((pair.total.value, pair.level, pair.is_decided), (10.0, 0, False))

    def test_why_there_is_no_difference(self):
        threads = synthetic.both(self.folder, "asio_threads", synthetic.THREADS)
        for loop, points, said in (
                (synthetic.both(self.folder, "asio_loop", {}), (), "asio_loop has no samples"),
                (synthetic.both(self.folder, "asio_loop", synthetic.LOOP, cpu=None), (),
                 "asio_loop has no CPU per request"),
                (synthetic.both(self.folder, "asio_loop", synthetic.LOOP, repetition=1), (),
                 "no repetition measured both"),
                (synthetic.both(self.folder, "asio_loop", synthetic.LOOP, requests={"ok": 0}), (), "answered nothing"),
                (synthetic.both(self.folder, "asio_loop", synthetic.LOOP), self.points([20], []),
                 "the run measured only one of them")):
            (pair,) = self.pairs(threads + loop, points)
            self.assertIsNone(pair.total)
            self.assertIn(said, pair.why)

    def test_without_a_counterpart_there_is_no_pair(self):
        alone = synthetic.both(self.folder, "asio_loop", synthetic.LOOP)
        self.assertEqual(self.pairs(alone), [])
        self.assertEqual(self.pairs(alone + synthetic.both(self.folder, "nginx", synthetic.LOOP)), [])
        elsewhere = synthetic.both(self.folder, "asio_threads", synthetic.THREADS, x=8)
        self.assertEqual(self.pairs(alone + elsewhere), [])

    def test_the_counterpart_has_the_same_series(self):
        records = [one for name in ("asio_threads", "asio_loop") for series in ("processes:1", "processes:2")
                   for one in synthetic.both(self.folder, name, synthetic.LOOP, series=series)]
        self.assertEqual([{pair.more.label, pair.less.label} for pair in self.pairs(records)],
                         [{f"asio_threads {series}", f"asio_loop {series}"} for series in ("processes:1", "processes:2")])


if __name__ == "__main__":
    unittest.main()
