import json
import math
import os
import random
import unittest

from tvl import ROOT
from tvl.analysis import planted

THRESHOLD = 0.005


def recorded():
    with open(os.path.join(ROOT, "results", "planted.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def residuals():
    """Logarithms of again / server in the committed record, about their mean: standard deviation 0.0080."""
    found = [math.log(one.again / one.server) for one in planted.repetitions(recorded())]
    return [value - sum(found) / len(found) for value in found]


def record_of(slowdown, repetitions, seed=1, seconds=4):
    """A record with the noise of the committed one, in another order, and that slowdown."""
    dice, noise, found = random.Random(seed), residuals(), []
    for repetition in range(repetitions):
        mood, started = 8 * math.exp(dice.gauss(0, 0.12)), repetition * seconds
        for name, factor in (("asio_loop", 1), ("asio_loop_again", math.exp(dice.choice(noise))),
                             ("asio_loop_planted", (1 + slowdown) * math.exp(dice.choice(noise)))):
            found.append({"schema": 1, "workload": "connections", "contestant": name, "x": 64, "repetition": repetition,
                          "started": f"2026-11-29T{started // 3600:02}:{started // 60 % 60:02}:{started % 60:02}Z",
                          "verdict": {"valid": True}, "server": {"cpu_us_per_request": mood * factor}})
    return found


class Planted(unittest.TestCase):
    def test_the_committed_record(self):
        self.assertEqual(planted.found_times(planted.comparisons(recorded(), 5, THRESHOLD)), (20, 0))
        self.assertAlmostEqual(planted.slowdown(recorded()).median, 1.054, places=3)
        self.assertAlmostEqual(planted.seconds(recorded(), 15), 69.3, delta=0.1)

    def test_its_noise_is_known(self):
        noise = residuals()
        self.assertAlmostEqual(math.sqrt(sum(value ** 2 for value in noise) / (len(noise) - 1)), 0.0080, places=4)

    def test_one_and_a_half_per_cent_is_found_in_a_minute_and_nothing_else(self):
        for seed in range(5):
            found = record_of(0.015, 300, seed)
            right, false = planted.found_times(planted.comparisons(found, 15, THRESHOLD))
            self.assertGreaterEqual(right, 19, seed)
            self.assertEqual(false, 0, seed)

    def test_half_a_per_cent_is_not(self):
        right, false = planted.found_times(planted.comparisons(record_of(0.005, 300), 15, THRESHOLD))
        self.assertLess(right, 5)
        self.assertEqual(false, 0)

    def test_the_smallest_slowdown_is_less_than_one_that_was_found_and_does_not_depend_on_it(self):
        for slowdown in (0.015, 0.03):
            least = planted.smallest(record_of(slowdown, 300), 15, THRESHOLD)
            self.assertAlmostEqual(least, 0.0125, delta=0.0025)

    def test_an_invalid_value_leaves_its_repetition_out_and_no_more(self):
        found = record_of(0.05, 11)
        found[4]["verdict"] = {"valid": False, "reasons": [{"code": "host-busy", "text": "others"}]}
        self.assertEqual(len(planted.repetitions(found)), 10)
        self.assertEqual(len(planted.comparisons(found, 5, THRESHOLD)), 2)

    def test_a_late_generator_leaves_cpu_as_it_is(self):
        found = record_of(0.05, 10)
        found[4]["verdict"] = {"valid": False, "reasons": [{"code": "generator-late", "text": "late"}]}
        self.assertEqual(len(planted.comparisons(found, 5, THRESHOLD)), 2)

    def test_too_few_repetitions_are_no_comparison(self):
        self.assertEqual(planted.comparisons(record_of(0.05, 4), 5, THRESHOLD), [])
        self.assertIsNone(planted.smallest(record_of(0.05, 4), 5, THRESHOLD))
        self.assertIsNone(planted.seconds(record_of(0.05, 1), 5))

    def test_the_control_may_stand_for_the_second_instance(self):
        found = [dict(one, contestant="asio_loop", control=True) if one["contestant"].endswith("_again") else one
                 for one in record_of(0.05, 5)]
        self.assertEqual(len(planted.comparisons(found, 5, THRESHOLD)), 1)
