import unittest

from tvl.analysis import caveats
from tvl.testing import synthetic_failures
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import left_out, point


class SharedPath(unittest.TestCase):
    def test_names_what_is_swept(self):
        self.assertEqual(caveats.shared(["/fetch?n=1&ms=20&order=serial", "/fetch?n=8&ms=20&order=gather"]),
                         "/fetch?n={n}&ms=20&order={order}")
        self.assertEqual(caveats.shared(["/cpu/1", "/cpu/2"]), "/cpu/...")

    def test_is_the_only_one_or_the_first_where_nothing_is_shared(self):
        self.assertEqual(caveats.shared(["/delay/50"]), "/delay/50")
        self.assertEqual(caveats.shared(["/plaintext", "/mine/hello?x=1"]), "/plaintext")
        self.assertIsNone(caveats.shared([]))


class Days(Folder):
    def test_only_contestants_that_should_have_recovered_are_named(self):
        said = caveats.unrecovered(self.load_one(*synthetic_failures.overload()))
        self.assertEqual(said, ["asio_pool at 256 (3 of 3): response times did not recover until the end"])
        self.assertEqual(caveats.unrecovered(self.load_one(*synthetic_failures.fairness())), [])
        storm = synthetic_failures.reconnect_storm(("asio_loop",), (1000,))
        storm[0]["recovery"] = {"response_s": 1.0, "all_served_s": None}
        self.assertEqual(caveats.unrecovered(self.load_one(*storm)), [])
        self.assertEqual(caveats.failures(self.load_one(*storm)),
                         ["asio_loop at 1000 (1 of 3): not all were served, so it has no rank and no ratio"])

    def test_servers_that_were_there_at_the_same_time_are_said_to_be(self):
        together = [point(plan={"mode": "closed", "together": 2})]
        self.assertIn("2 servers on the same cores at the same time: only CPU compares", caveats.heading(self.load_one(*together)))
        self.assertNotIn("only CPU compares", caveats.heading(self.load_one(point(plan={"mode": "closed", "together": 1}))))

    def test_where_the_generator_ran_is_said(self):
        here = self.load_one(point())
        self.assertEqual(caveats.placement(here), "server on CPU 0, generator on CPU 1")
        hosts = [{"name": "load1"}, {"name": "load2"}, {"name": "load2"}]
        elsewhere = self.load_one(point(cpus={"server": [0], "generator": []}, hosts=hosts))
        self.assertEqual(caveats.placement(elsewhere), "server on CPU 0, generator on load1, load2")

    def test_a_run_beside_other_work_says_so(self):
        beside = {"others_cpu_share": 0.5, "cores": 2, "beside_other_work": True}
        self.assertIn(", keep-alive, measured beside other work, 1 s per point",
                      caveats.heading(self.load_one(point(host=beside))))
        for host in ({**beside, "beside_other_work": False}, {"others_cpu_share": 0.01}, None):
            self.assertNotIn("beside", caveats.heading(self.load_one(point(host=host))))

    def test_more_replies_than_requests_is_not_passed_over(self):
        def counted(flying, x):
            return point(x=x, rate=1000.0, requests={"ok": 1000 + flying, "scheduled": 1000 + flying,
                                                     "in_flight_at_start": flying, "unsent_at_start": 0})

        self.assertEqual(caveats.above_rate(self.load_one(counted(5, 1), counted(64, 2), counted(32, 4))), [
            "more replies than requests fell due, asio_threads by up to 6 % at 2, 3 % at 4: those in flight when the "
            "window began"])

    def test_what_is_spoilt_is_named(self):
        late = point(valid=False, reasons=["requests left the generator 1420 us late (p99)"])
        backlog = point(x=8, rate=1000.0, requests={"ok": 2411, "scheduled": 3552, "unsent_at_start": 2099})
        self.assertEqual(caveats.spoilt(self.load_one(late, backlog)), [
            "hollow, asio_threads at 8: response times, throughput, goodput spoilt, in no median or ratio: 2,099 "
            "requests were overdue when the window began, 1,453 fell due in it, 2,411 were answered",
            "hollow, asio_threads at 64: response times spoilt, in no median or ratio: requests left the generator "
            "1420 us late (p99)"])

    def test_what_is_said_of_many_contestants_is_said_once(self):
        rows = [point(contestant=name, x=x, position=i, limiter="generator", valid=False,
                      reasons=[f"others used 0.{x} cores right before it"])
                for x in (1, 2) for i, name in enumerate(("asio_threads", "asio_loop"))]
        absent = [left_out(contestant=name, reason="no python3 here can import 'x'") for name in ("flask", "aiohttp")]
        self.assertEqual(caveats.caveats(self.load_one(*rows, *absent)), [
            "flask; aiohttp left out: not installed: no python3 here can import 'x'",
            "hollow, asio_threads at 1, 2; asio_loop at 1, 2: invalid, in no median or ratio: others used 0.1 cores right "
            "before it (the first of 4 like it)"])
        bounded = [point(contestant=name, position=i, limiter="generator") for i, name in enumerate(("a_b", "c_d"))]
        self.assertEqual(caveats.lower_bounds(self.load_one(*bounded)), [
            "a_b at 64; c_d at 64: the generator was the limit, so throughput is a lower bound"])

    def test_a_room_is_offered_messages(self):
        self.assertIn(", 10 messages/s offered,", caveats.heading(self.load_one(*synthetic_failures.broadcast())))
