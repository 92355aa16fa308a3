import unittest

from tvl.data import metrics, validity
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point

LATE = {"code": "generator-late", "text": "requests left the generator 1420 us late (p99)"}
BUSY = {"code": "host-busy", "text": "other processes used 30 % of a core meanwhile"}
SHOWN = (metrics.P50, metrics.P99, metrics.DELIVERY_P95, metrics.RECOVERY, metrics.GOODPUT, metrics.THROUGHPUT,
         metrics.CPU, metrics.SWITCHES, metrics.MEMORY, metrics.JAIN, metrics.REACH, metrics.ALL_SERVED)
TIMES, OFFERED = list(SHOWN[:4]), list(SHOWN[:6])


def offered(ok=1000, scheduled=1000, overdue=0, flying=0, **more):
    """Of an open loop, with the given requests."""
    return point(rate=1000.0, requests={"ok": ok, "scheduled": scheduled, "unsent_at_start": overdue,
                                        "in_flight_at_start": flying}, **more)


def invalid(*reasons, **more):
    return point(valid=False, reasons=reasons, **more)


def verdict(*spoilt, valid=False, reasons=()):
    return point() | {"verdict": {"valid": valid, "limiter": "none", "reasons": list(reasons), "spoilt": list(spoilt)}}


def lost(record):
    return [metric for metric in SHOWN if not validity.holds(record, metric)]


class Spoilt(unittest.TestCase):
    def test_newer_records_say_it(self):
        self.assertEqual(lost(verdict(valid=True)), [])
        self.assertEqual(lost(verdict("response_times")), TIMES)
        self.assertEqual(lost(verdict("response_tail")), [metrics.P99, metrics.DELIVERY_P95])
        self.assertEqual(validity.words(validity.spoilt(verdict("response_times"))), "response times")
        self.assertEqual(validity.words(validity.spoilt(verdict("response_tail"))), "tail of response times")
        self.assertEqual(lost(verdict("cpu", "memory")), [metrics.CPU, metrics.SWITCHES, metrics.MEMORY])
        self.assertEqual(lost(verdict("all")), list(SHOWN))
        self.assertEqual(lost(verdict()), list(SHOWN))  # invalid without a group

    def test_a_late_generator_spoils_response_times_only(self):
        notes = ("the server used 97.8 % of a core", "478 replies are too few for a p99",
                 "Little's law: 64 connections",
                 {"code": "background-lost", "text": "the server ended 3 connections of 64 slow senders"})
        for late in (LATE, LATE["text"]):
            self.assertEqual(lost(invalid(late)), TIMES)
            self.assertEqual(lost(invalid(late, *notes)), TIMES)
            self.assertEqual(lost(point(reasons=[late])), [])  # a note

    def test_any_other_reason_spoils_all(self):
        for other in (BUSY, "3 resets", "12 replies are too few for a median",
                      "answered 90 % of the requests that fell due"):
            self.assertEqual(lost(invalid(LATE, other)), list(SHOWN), other)
        self.assertEqual(lost(invalid()), list(SHOWN))
        self.assertEqual(lost(invalid(LATE) | {"interrupted": True}), list(SHOWN))

    def test_a_missed_rate_is_a_result_where_the_load_changes(self):
        for of, expected in (("that fell due", TIMES), ("before the first change", list(SHOWN))):
            missed = f"answered 90 % of the requests {of}"
            self.assertEqual(lost(invalid(LATE, missed, phases=[{}, {}])), expected)

    def test_a_backlog_at_the_start_spoils_what_depends_on_the_rate_even_of_a_valid_point(self):
        self.assertEqual(lost(offered(scheduled=1010, overdue=10, ok=1010)), [])
        self.assertEqual(lost(offered(scheduled=1011, overdue=11, ok=900)), OFFERED)
        self.assertEqual(lost(offered(scheduled=1111, overdue=11, flying=100, ok=900)), OFFERED)
        self.assertEqual(lost(offered(scheduled=3099, overdue=2099, ok=2411, valid=False, reasons=[LATE])), OFFERED)
        self.assertEqual(lost(offered(scheduled=1011, overdue=11, ok=0)), TIMES)  # 0 goodput is 0

    def test_a_closed_loop_and_a_room_have_no_backlog(self):
        closed = offered(scheduled=3099, overdue=2099, ok=2411)
        closed["plan"]["mode"] = "closed"
        self.assertEqual(lost(closed), [])
        self.assertEqual(lost(offered(scheduled=10, ok=20) | {"room": {"reach": 1.0}}), [])

    def test_more_good_replies_than_requests_are_impossible(self):
        self.assertEqual(lost(offered(ok=1064, scheduled=1064, flying=64)), [])
        self.assertEqual(lost(offered(ok=1065, scheduled=1064, flying=64)), OFFERED)

    def test_every_metric_has_a_group(self):
        for metric in metrics.PANELS.values():
            self.assertIn(metric.group, metrics.GROUPS, metric.key)


class Reasons(unittest.TestCase):
    def test_of_the_figure_in_question(self):
        record = offered(scheduled=3952, overdue=2099, flying=64, ok=2411, valid=False, reasons=[LATE])
        self.assertEqual(validity.why_not(record, metrics.THROUGHPUT),
                         "2,099 requests were overdue when the window began, 1,789 fell due in it, 2,411 were answered")
        self.assertEqual(validity.why_not(record, metrics.P99), LATE["text"] + "; " +
                         validity.why_not(record, metrics.THROUGHPUT))
        self.assertIsNone(validity.why_not(record, metrics.CPU))
        self.assertEqual(validity.why_not(offered(ok=12, scheduled=10), metrics.GOODPUT),
                         "12 good replies to 10 requests")

    def test_of_a_point_of_which_nothing_holds(self):
        busy = invalid(LATE, BUSY, "the server used 97 % of a core")
        self.assertEqual(validity.why_not(busy, metrics.CPU), BUSY["text"])
        self.assertEqual(validity.why_not(invalid(), metrics.CPU), "server-cpu")
        self.assertEqual(validity.why_not(point() | {"interrupted": True}, metrics.CPU), "interrupted")

    def test_notes_of_a_valid_point_are_none(self):
        record = offered(scheduled=1011, overdue=11, ok=900, reasons=["answered 90 % of the requests that fell due"])
        self.assertEqual(validity.why_not(record, metrics.P50), "11 requests were overdue when the window began, 1,000 "
                         "fell due in it")

    def test_a_newer_record_is_believed(self):
        said = {"code": "backlog", "text": "2,099 were overdue"}
        record = offered(scheduled=3952, overdue=2099)
        record["verdict"] = {"valid": False, "limiter": "none", "reasons": [said, LATE],
                             "spoilt": ["goodput", "response_times", "throughput"]}
        self.assertEqual(validity.why_not(record, metrics.GOODPUT), said["text"])
        self.assertEqual(validity.why_not(record, metrics.P99), f"{said['text']}; {LATE['text']}")


class Failed(unittest.TestCase):
    def test_nothing_was_answered(self):
        self.assertEqual(validity.failure(offered(ok=0)), "answered nothing")
        self.assertEqual(validity.failure(offered(ok=0, valid=False, reasons=["0 replies are too few for a median"])),
                         "answered nothing")
        self.assertIsNone(validity.failure(offered()))
        self.assertIsNone(validity.failure(point()))

    def test_the_rate_was_missed(self):
        for reason in ("answered 90.4 % of the requests that fell due", {"code": "rate-not-met", "text": "whatever"}):
            self.assertEqual(validity.failure(offered(reasons=[reason])), "missed the rate")
            self.assertEqual(validity.failure(offered(reasons=[reason], valid=False)), "missed the rate")
        self.assertEqual(validity.failure(point(limiter="rate-not-met")), "missed the rate")

    def test_not_all_were_served(self):
        for served, said in ((None, "not all were served"), (1.5, None)):
            for plan in ({"storm_s": 4}, {"late": {"at_s": 5, "connections": 1900}}):
                record = point(recovery={"response_s": 1.0, "all_served_s": served}, phases=[{}, {}])
                record["plan"] |= plan
                self.assertEqual(validity.failure(record), said)
        self.assertIsNone(validity.failure(point(recovery={"response_s": None, "all_served_s": None}, phases=[{}, {}])))

    def test_an_interrupted_point_says_nothing(self):
        self.assertIsNone(validity.failure(offered(ok=0) | {"interrupted": True}))


class Workloads(Folder):
    def test_a_figure_that_does_not_hold_is_in_no_median_and_its_neighbour_is(self):
        late = point(repetition=1, p99=9000.0, cpu=30.0, valid=False, reasons=[LATE])
        busy = point(repetition=2, p99=8000.0, cpu=90.0, valid=False, reasons=[BUSY])
        workload = self.load_one(point(p99=2000.0, cpu=20.0), late, busy)
        self.assertEqual(workload.values_by_repetition(metrics.CPU, "asio_threads", 64), {0: 20.0, 1: 30.0})
        self.assertEqual(workload.values(metrics.P99, "asio_threads", 64), [2.0])
        self.assertEqual(workload.by_repetition(metrics.P99, "asio_threads"), {0: [(64, 2.0)]})
        self.assertEqual(workload.spoilt_values(metrics.P99, "asio_threads", 64),
                         [(9.0, LATE["text"]), (8.0, BUSY["text"])])
        self.assertEqual(workload.spoilt_values(metrics.CPU, "asio_threads", 64), [(90.0, BUSY["text"])])
        self.assertEqual(list(workload.points["asio_threads", 64]), [0, 1])
        self.assertEqual(list(workload.invalid["asio_threads", 64]), [2])

    def test_so_it_is_in_pairs_and_controls(self):
        late = {"valid": False, "reasons": [LATE]}
        workload = self.load_one(point(**late), point(contestant="asio_loop", position=1),
                                 point(position=2, control=True, **late))
        self.assertEqual(workload.pairs(metrics.P99, "asio_loop", 64, "asio_threads"), [])
        self.assertEqual(len(workload.pairs(metrics.CPU, "asio_loop", 64, "asio_threads")), 1)
        self.assertEqual(len(workload.controls["asio_threads", 64]), 1)

    def test_failures_are_counted_over_all_repetitions(self):
        workload = self.load_one(*[offered(repetition=i, ok=0, valid=i > 0, x=8) for i in range(3)], offered(x=9),
                                 offered(x=9, repetition=1, reasons=["answered 90 % of the requests that fell due"]),
                                 offered(x=9, repetition=2) | {"interrupted": True}, offered(x=10))
        self.assertEqual([workload.failed("asio_threads", x) for x in (8, 9, 10)],
                         [(3, 3, "answered nothing"), (1, 2, "missed the rate"), None])

    def test_a_late_generator_is_not_the_limiter(self):
        late = {"valid": False, "limiter": "generator"}
        self.assertEqual(self.load_one(point(reasons=[LATE], **late)).limiter("asio_threads", 64), "none")
        cpu = "the server used 97.8 % of a core"
        self.assertEqual(self.load_one(point(reasons=[LATE, cpu], **late)).limiter("asio_threads", 64), "server-cpu")
        full = point(limiter="generator", reasons=["the generator used 95 % of its core: the server may be faster"])
        self.assertEqual(self.load_one(full).bounded_by("asio_threads", 64), "generator")


if __name__ == "__main__":
    unittest.main()
