import unittest

from tvl.data import metrics
from tvl.testing import synthetic_failures
from tvl.testing.synthetic_points import point

PHASES = [{"rate": 100, "goodput": 99.0}, {"rate": 400, "goodput": 150.0}, {"rate": 100, "goodput": 98.0}]


class Days(unittest.TestCase):
    def test_what_a_point_does_not_have_is_none(self):
        bare = [{}, {"room": None, "recovery": None, "connections": None, "phases": None}, {"room": {}, "phases": []}]
        for metric in metrics.PANELS.values():
            for record in bare:
                self.assertIsNone(metric.read(record), metric.key)

    def test_goodput_is_that_of_the_stretch_that_asks_for_most(self):
        self.assertEqual(metrics.GOODPUT.read(point(phases=PHASES)), 150.0)
        for rate, last in ((9, 7.0), (None, None), (None, 7.0)):
            alike = [{"rate": rate, "goodput": 8.0}, {"rate": rate, "goodput": last}]
            self.assertEqual(metrics.GOODPUT.read(point(phases=alike)), last)
        self.assertEqual(metrics.GOODPUT.read(point(throughput=5.0, phases=PHASES[:1])), 5.0)

    def test_path_and_unit_of_the_other_metrics(self):
        (record, *_) = synthetic_failures.broadcast(("asio_loop",), (10,))
        record["room"]["reach"], record["latency"]["response"]["p95"] = 0.25, 1500.0
        record["room"]["server_cpu_us_per_delivery"] = 3.5
        read = [metric.read(record) for metric in (metrics.REACH, metrics.DELIVERY_P95, metrics.DELIVERY_CPU)]
        self.assertEqual(read, [25.0, 1.5, 3.5])
        record = point(connections={"jain": 0.5, "worst": 0.25}, recovery={"response_s": 1.5, "all_served_s": 0.5})
        read = [metric.read(record) for metric in (metrics.JAIN, metrics.WORST, metrics.RECOVERY, metrics.ALL_SERVED)]
        self.assertEqual(read, [0.5, 0.25, 1.5, 0.5])

    def test_only_a_room_has_a_delivery_time(self):
        record = point()
        record["latency"]["response"]["p95"] = 1500.0
        self.assertIsNone(metrics.DELIVERY_P95.read(record))

    def test_replies_of_a_room_are_deliveries(self):
        room = {"room": {"reach": 1.0}}
        self.assertEqual(metrics.worded(metrics.THROUGHPUT, room).column, "deliveries/s")
        self.assertEqual(metrics.worded(metrics.P99, room).title, "p99 delivery time")
        for metric, record in ((metrics.CPU, room), (metrics.P99, point()), (metrics.P99, None)):
            self.assertIs(metrics.worded(metric, record), metric)

    def test_every_key_is_its_own(self):
        self.assertEqual([key for key, metric in metrics.PANELS.items() if key != metric.key], [])


if __name__ == "__main__":
    unittest.main()
