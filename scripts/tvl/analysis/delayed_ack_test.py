import os
import re
import unittest

from tvl.analysis import caveats, delayed_ack
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point

ENDPOINTS = os.path.join(os.path.dirname(__file__), "../../../bench/suite/config/endpoints.cpp")
HINT = "about 40 ms without CPU: Nagle's algorithm and delayed ACK; set TCP_NODELAY"


def replied(p50_ms, p99_ms=None, *, x=64, cpu=150.0, share=0.01, **more):
    response = {"n": 9000, "p50": p50_ms * 1000, "p99": (p99_ms or p50_ms) * 1000}
    made = point(contestant="mine", x=x, cpu=cpu, limiter="none", latency={"response": response}, **more)
    made["server"]["cpu_share"] = share
    return made


class DelayedAck(Folder):
    def test_each_endpoint_of_the_suite_is_known_to_wait_or_not(self):
        with open(ENDPOINTS, encoding="utf-8") as file:
            names = re.findall(r'^ *\{"(\w+)", "/', file.read(), re.MULTILINE)
        self.assertGreater(len(names), 15)
        self.assertEqual(sorted(names), sorted(delayed_ack.WITHOUT_WAITS + delayed_ack.WITH_WAITS))

    def said(self, *points):
        return delayed_ack.sentences(self.load_one(*points))

    def test_a_median_at_40_ms_without_cpu_gives_the_hint(self):
        self.assertEqual(self.said(replied(44.0), replied(44.1, x=1), replied(0.3, x=2)), [f"mine at 1, 64: {HINT}"])
        self.assertIn(f"mine at 64: {HINT}", caveats.beyond_rows(self.load_one(replied(44.0))))

    def test_so_do_a_p99_there_and_several_delays(self):
        for times in ((0.2, 44.0), (88.0, 300.0), (120.0, 500.0), (38.0, 60.0), (46.0, 60.0)):
            self.assertEqual(self.said(replied(*times)), [f"mine at 64: {HINT}"], times)

    def test_other_times_do_not(self):
        for times in ((0.2, 2.0), (37.0, 37.9), (50.0, 52.0), (200.0, 400.0)):
            self.assertEqual(self.said(replied(*times)), [], times)

    def test_cpu_explains_them(self):
        self.assertEqual(self.said(replied(44.0, cpu=1500.0)), [])
        self.assertEqual(self.said(replied(44.0, share=0.9)), [])
        self.assertEqual(self.said(replied(44.0, share=0.9, plan={"mode": "closed", "server_cores": 4.0})),
                         [f"mine at 64: {HINT}"])

    def test_what_is_not_known_is_not_said_to_be_without_cpu(self):
        self.assertEqual(self.said(replied(44.0, cpu=None)), [])
        self.assertEqual(self.said(replied(44.0, share=None)), [])

    def test_a_wait_on_purpose_or_for_other_clients_is_none(self):
        self.assertEqual(self.said(replied(44.0, path="/delay/40")), [])
        self.assertEqual(self.said(replied(44.0, targets=[{"path": "/plaintext"}, {"path": "/block/40"}])), [])
        self.assertEqual(self.said(replied(44.0, plan={"mode": "closed", "crowd": {"greedy": 1}})), [])

    def test_of_an_endpoint_of_the_users_only_a_single_delay_counts(self):
        self.assertEqual(self.said(replied(44.0, path="/orders/1")), [f"mine at 64: {HINT}"])
        self.assertEqual(self.said(replied(88.0, path="/orders/1")), [])

    def test_where_the_generator_was_the_limit_it_says_nothing(self):
        bounded = replied(44.0)
        bounded["verdict"]["limiter"] = "generator"
        self.assertEqual(self.said(bounded), [])


if __name__ == "__main__":
    unittest.main()
