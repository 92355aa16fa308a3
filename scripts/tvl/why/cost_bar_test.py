import math
import unittest

from tvl.stats import shares
from tvl.testing import synthetic_profiles as synthetic
from tvl.testing.run_folder import Folder
from tvl.why import cost_bar, profiles


class CostBar(Folder):
    def bar(self, records, points=(), label="asio_threads", x=64):
        (found,) = profiles.load(synthetic.write_run(self.folder, records, points))
        return cost_bar.of(found, label, x)

    def both(self, counts, repetition=0, **more):
        return synthetic.both(self.folder, "asio_threads", counts, repetition=repetition, **more)

    def test_shares_of_both_passes_times_the_cost(self):
        found = self.bar(synthetic.passes(self.folder))
        self.assertEqual((found.passes, found.samples, found.hz), (2, 2000, [500]))
        self.assertEqual({key: part.count for key, part in found.parts.items() if part.count},
                         {key: 2 * count for key, count in synthetic.THREADS.items()})
        self.assertEqual(found.parts["scheduler"].share, shares.wilson(760, 2000))
        self.assertAlmostEqual(found.parts["scheduler"].us.value, 0.38 * 20)
        self.assertAlmostEqual(sum(part.us.value for part in found.parts.values()), 20)
        self.assertEqual(found.parts["futex"].us.value, 0)
        self.assertGreater(found.parts["futex"].us.high, 0)
        self.assertEqual(found.other, 0.02)

    def test_the_cost_is_that_of_the_run_where_it_measured_the_point(self):
        values = (15, 16, 17, 18, 19, 20)
        points = [synthetic.measured("asio_threads", repetition=i, cpu=value) for i, value in enumerate(values)]
        found = self.bar(synthetic.passes(self.folder), points)
        self.assertTrue(found.cost.of_run)
        self.assertEqual((found.cost.interval.median, found.cost.interval.n), (17.5, 6))
        share, us = found.parts["own"].share, found.parts["own"].us
        self.assertAlmostEqual(us.low, 1.75 - math.hypot(17.5 * (0.1 - share.low), 0.1 * 2.5))
        elsewhere = self.bar(synthetic.passes(self.folder), [synthetic.measured("asio_threads", x=8)])
        self.assertEqual((elsewhere.cost.of_run, elsewhere.cost.interval.median), (False, 20.0))

    def test_without_a_cost_there_are_shares_alone(self):
        found = self.bar(self.both(synthetic.THREADS, cpu=None))
        self.assertIsNone(found.cost)
        self.assertIsNone(found.slowdown)
        self.assertEqual((found.parts["own"].share.value, found.parts["own"].us), (0.1, None))

    def test_the_slowdown_is_that_of_the_pairs(self):
        records = [one for repetition, cpu in enumerate((20.0, 30.0))
                   for one in self.both(synthetic.THREADS, repetition, cpu=cpu, slowdown=1.1)]
        self.assertAlmostEqual(self.bar(records).slowdown.median, 1.1)
        self.assertIsNone(self.bar(records[1:2]).slowdown)

    def test_passes_that_differ_widen_the_intervals(self):
        same = self.bar(synthetic.passes(self.folder))
        self.assertEqual((same.agreement.p, same.agreement.dispersion, same.agreement.apart), (1.0, 1.0, []))
        other = {**synthetic.THREADS, "own": 300, "scheduler": 180}
        found = self.bar(self.both(synthetic.THREADS) + self.both(other, 1))
        self.assertTrue(found.agreement.differs)
        self.assertEqual(found.agreement.apart, ["own", "scheduler"])
        self.assertGreater(found.agreement.dispersion, 10)
        width = found.parts["send"].share.high - found.parts["send"].share.low
        self.assertGreater(width, 3 * (same.parts["send"].share.high - same.parts["send"].share.low))
        self.assertIsNone(self.bar(self.both(synthetic.THREADS)).agreement)

    def test_samples_are_held_against_the_cpu_time(self):
        found = self.bar(self.both(synthetic.THREADS, share=0.5))
        self.assertEqual((found.seen, found.is_off), (2.0, True))
        self.assertFalse(self.bar(self.both(synthetic.THREADS, share=0.95)).is_off)
        unknown = self.bar(self.both(synthetic.THREADS, share=None))
        self.assertEqual((unknown.seen, unknown.is_off), (None, False))

    def test_what_one_pass_does_not_know_has_no_sum(self):
        found = self.bar(self.both(synthetic.THREADS) + self.both(synthetic.THREADS, 1, more={"lost": None}))
        self.assertEqual((found.elsewhere, found.idle, found.lost), (6, 2, None))

    def test_no_samples_give_no_parts(self):
        found = self.bar(self.both({}))
        self.assertEqual((found.passes, found.samples, found.parts, found.other), (1, 0, {}, None))
        invalid = self.bar(self.both(synthetic.THREADS, valid=False))
        self.assertEqual((invalid.passes, invalid.parts), (0, {}))
        self.assertIsNone(invalid.lost)

    def test_a_bar_for_every_profiled_point(self):
        (found,) = profiles.load(synthetic.write_run(self.folder, synthetic.passes(self.folder, sizes=(64, 1000))))
        self.assertEqual([(bar.label, bar.x) for bar in cost_bar.bars(found)],
                         [(label, x) for x in (64, 1000) for label in ("asio_threads", "asio_loop")])


if __name__ == "__main__":
    unittest.main()
