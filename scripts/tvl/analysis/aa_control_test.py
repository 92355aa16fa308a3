import random

from tvl.analysis import aa_control
from tvl.data import metrics
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point


def blocks(*factors, repetitions=5):
    """A block for each factor, in which the control costs that much more, in every repetition."""
    found = []
    for i, factor in enumerate(factors):
        for r in range(repetitions):
            wobble = 1 + 0.01 * (r % 3)
            found += [point(x=i + 1, repetition=r, cpu=10.0), point(x=i + 1, repetition=r, cpu=10.0 * factor * wobble,
                                                                    position=1, control=True)]
    return found


class Control(Folder):
    def test_controls_are_in_nothing_else(self):
        workload = self.load_one(*blocks(1.0), point(contestant="asio_loop", x=1, cpu=5.0, position=2))
        self.assertEqual(workload.measured, ["asio_threads", "asio_loop"])
        self.assertEqual(workload.values(metrics.CPU, "asio_threads", 1), [10.0] * 5)
        self.assertEqual(len(workload.records), 6)
        self.assertEqual(workload.ratio(metrics.CPU, "asio_loop", 1).median, 0.5)

    def test_the_share_of_blocks_that_contain_1(self):
        rows = aa_control.summary([self.load_one(*blocks(1.0, 0.99, 1.2))])
        cpu = next(row for row in rows if row.metric is metrics.CPU)
        self.assertEqual(cpu[1:], (2, 3, 0.9375))
        self.assertIn("Server CPU per request: 2 of 3 blocks (67 %, expected 93.75 %)",
                      aa_control.sentences([self.load_one(*blocks(1.0, 0.99, 1.2))])[0])

    def test_two_that_are_one_agree_as_often_as_the_level_says(self):
        """The machine drifts by a factor of 1.7, and both meet it in the same block."""
        draw, found = random.Random(6), []
        for x in range(1, 401):
            for r in range(5):
                cost = draw.uniform(10, 17)
                found += [point(x=x, repetition=r, cpu=cost * draw.gauss(1, 0.02)),
                          point(x=x, repetition=r, cpu=cost * draw.gauss(1, 0.02), position=1, control=True)]
        row = next(row for row in aa_control.summary([self.load_one(*found)]) if row.metric is metrics.CPU)
        self.assertAlmostEqual(row.inside / row.blocks, 0.9375, delta=0.05)  # 4 standard deviations

    def test_an_invalid_control_and_a_single_one_say_nothing(self):
        self.assertEqual(aa_control.summary([self.load_one(*blocks(1.0, repetitions=1))]), [])
        invalid = [dict(record, verdict={"valid": not record.get("control")}) for record in blocks(1.0)]
        self.assertEqual(aa_control.summary([self.load_one(*invalid)]), [])

    def test_throughput_of_an_open_loop_tests_nothing(self):
        opened = [record | {"plan": {"mode": "open", "rate": 1000.0}} for record in blocks(1.0)]
        self.assertEqual([row.metric.key for row in aa_control.summary([self.load_one(*opened)])], ["p99", "cpu"])

    def test_a_figure_that_does_not_hold_is_in_no_interval(self):
        late = {"valid": False, "reasons": ["requests left the generator 1420 us late (p99)"]}
        found = [record | {"verdict": late} if record.get("control") else record for record in blocks(1.0)]
        self.assertEqual([row.metric.key for row in aa_control.summary([self.load_one(*found)])], ["throughput", "cpu"])

    def test_older_runs_have_none(self):
        self.assertEqual(aa_control.sentences([self.load_one(point())]), [])
