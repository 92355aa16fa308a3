import random

from tvl.analysis import aa_control
from tvl.data import metrics
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point


def blocks(*factors, repetitions=5, **more):
    """A block for each: the control costs that much more than its twin. more: of all points"""
    found = []
    for i, factor in enumerate(factors):
        for r in range(repetitions):
            wobble = 1 + 0.01 * (r % 3)
            found += [point(x=i + 1, repetition=r, cpu=10.0, **more),
                      point(x=i + 1, repetition=r, cpu=10.0 * factor * wobble, position=1, control=True, **more)]
    return found


class Control(Folder):
    def row(self, metric, *found):
        return next((row for row in aa_control.summary([self.load_one(*found)]) if row.metric is metric), None)

    def test_controls_are_in_nothing_else(self):
        workload = self.load_one(*blocks(1.0), point(contestant="asio_loop", x=1, cpu=5.0, position=2))
        self.assertEqual(workload.measured, ["asio_threads", "asio_loop"])
        self.assertEqual(workload.values(metrics.CPU, "asio_threads", 1), [10.0] * 5)
        self.assertEqual(len(workload.records), 6)
        self.assertEqual(workload.ratio(metrics.CPU, "asio_loop", 1).median, 0.5)

    def test_the_share_of_loads_that_contain_1(self):
        found = blocks(1.0, 0.99, 1.2)
        self.assertEqual(self.row(metrics.CPU, *found)[1:], (2, 3, 0.9375))
        self.assertIn("Server CPU per request 2 of 3 (67 %, expected 93.75 %)",
                      aa_control.sentences([self.load_one(*found)])[0])

    def test_one_metric_that_is_wrong_fails_whatever_the_others_are(self):
        found = blocks(*[1.0] * 12, *[1.2] * 4)
        cpu, p99 = (self.row(metric, *found) for metric in (metrics.CPU, metrics.P99))
        self.assertEqual((cpu.inside, cpu.loads, cpu.is_unlikely), (12, 16, True))  # pooled with the others: 44 of 48
        self.assertFalse(p99.is_unlikely)
        self.assertEqual(aa_control.failing([p99, cpu]), [cpu])
        self.assertIn("12 of 16 (75 %, expected 93.75 %, so few by chance in 1.5 % of all runs)", aa_control.words(cpu))

    def test_the_bound_is_that_of_the_binomial(self):
        for inside, is_unlikely in ((13, False), (12, True)):  # of 16: 0.073 and 0.015
            found = blocks(*[1.0] * inside, *[1.2] * (16 - inside))
            self.assertEqual(self.row(metrics.CPU, *found).is_unlikely, is_unlikely)

    def test_among_several_metrics_and_runs_one_that_is_unlikely_may_be_chance(self):
        once = aa_control.Agreement(metrics.CPU, 13, 17, 0.9375)
        usual = aa_control.Agreement(metrics.P99, 17, 17, 0.9375)
        self.assertTrue(0.01 < once.chance < 0.05)
        self.assertEqual(aa_control.failing([once]), [once])
        self.assertEqual(aa_control.failing([once, *[usual] * 5]), [])

    def test_few_loads_prove_little_and_say_so(self):
        self.assertFalse(self.row(metrics.CPU, *blocks(1.0, 1.2)).is_unlikely)
        self.assertTrue(self.row(metrics.CPU, *blocks(1.2, 1.2)).is_unlikely)

    def test_throughput_is_tested_in_a_closed_loop_only(self):
        self.assertEqual(self.row(metrics.THROUGHPUT, *blocks(1.0))[1:3], (1, 1))
        self.assertIsNone(self.row(metrics.THROUGHPUT, *blocks(1.0, rate=1000)))
        self.assertEqual(self.row(metrics.CPU, *blocks(1.0, rate=1000))[1:3], (1, 1))

    def test_two_that_are_one_agree_as_often_as_the_level_says(self):
        """The machine drifts by a factor of 1.7, and both meet it in the same block."""
        draw, found = random.Random(6), []
        for x in range(1, 401):
            for r in range(5):
                cost = draw.uniform(10, 17)
                found += [point(x=x, repetition=r, cpu=cost * draw.gauss(1, 0.02)),
                          point(x=x, repetition=r, cpu=cost * draw.gauss(1, 0.02), position=1, control=True)]
        row = self.row(metrics.CPU, *found)
        self.assertAlmostEqual(row.inside / row.loads, 0.9375, delta=0.05)  # 4 standard deviations
        self.assertFalse(row.is_unlikely)

    def test_an_invalid_control_and_a_single_one_say_nothing(self):
        self.assertEqual(aa_control.summary([self.load_one(*blocks(1.0, repetitions=1))]), [])
        invalid = [dict(record, verdict={"valid": not record.get("control")}) for record in blocks(1.0)]
        self.assertEqual(aa_control.summary([self.load_one(*invalid)]), [])

    def test_a_late_generator_spoils_the_response_times_of_a_control_only(self):
        late = {"valid": False, "reasons": [{"code": "generator-late", "text": "requests left the generator late"}]}
        found = [dict(record, verdict=late) if record.get("control") else record for record in blocks(1.0)]
        self.assertIsNone(self.row(metrics.P99, *found))
        self.assertEqual(self.row(metrics.CPU, *found)[1:3], (1, 1))

    def test_older_runs_have_none(self):
        self.assertEqual(aa_control.sentences([self.load_one(point())]), [])
