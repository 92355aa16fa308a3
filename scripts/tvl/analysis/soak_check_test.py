import math
import os
import random

from tvl import ROOT
from tvl.analysis import soak_check
from tvl.data import points
from tvl.testing import synthetic_failures, tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point, write


class Leaks(Folder):
    def outcomes(self, **how):
        """{quantity: outcome} of one soak."""
        workload = self.load_one(*synthetic_failures.soak(asio_loop=how))
        ((name, _, found),) = soak_check.verdicts(workload)
        self.assertEqual(name, "asio_loop")
        return {one.quantity.key: one.outcome for one in found}

    def test_level_with_noise_passes_whatever_the_noise_was(self):
        for seed in range(20):
            self.assertEqual(self.outcomes(noise=20, seed=seed),
                             {"rss": soak_check.LEVEL, "threads": soak_check.LEVEL, "descriptors": soak_check.LEVEL})

    def test_ten_kib_a_second_are_a_leak(self):
        self.assertEqual(self.outcomes(noise=20, bytes_a_second=10 * 1024)["rss"], soak_check.LEAK)

    def test_a_page_every_twenty_seconds_is_a_leak(self):
        self.assertEqual(self.outcomes(bytes_a_second=4096 / 20)["rss"], soak_check.LEAK)

    def test_one_step_and_a_warm_up_are_none(self):
        rows = synthetic_failures.soak_timeline()
        for row in rows[500:]:
            row["rss"] += 256 * 1024
        found = soak_check.judged(point(timeline=rows), soak_check.QUANTITIES[0])
        self.assertEqual(found.outcome, soak_check.LEVEL)
        self.assertEqual(self.outcomes(growing_s=170)["rss"], soak_check.LEVEL)

    def grown(self, kib):
        """kib(minutes): beyond 20 MiB, with the noise of a kernel that counts 32 pages at once"""
        chance = random.Random(5)
        rows = [{"t": float(t), "rss": 2**17 * int(160 + (kib(t / 60) + chance.uniform(-40, 40)) / 128)}
                for t in range(1, 3601)]
        return soak_check.judged(point(timeline=rows), soak_check.QUANTITIES[0]).outcome

    def test_a_heap_that_sets_ever_rarer_records_fades(self):
        self.assertEqual(self.grown(lambda minutes: 500 * math.log(minutes)), soak_check.FADES)

    def test_a_leak_beside_it_is_found(self):
        self.assertEqual(self.grown(lambda minutes: 500 * math.log(minutes) + 25 * minutes), soak_check.LEAK)
        self.assertEqual(self.grown(lambda minutes: 25 * minutes), soak_check.LEAK)
        self.assertEqual(self.grown(lambda minutes: 0.5 * minutes**2), soak_check.LEAK)

    def test_memory_under_a_sanitizer_is_not_judged(self):
        workload = self.load_one(*synthetic_failures.soak(asio_loop={"bytes_a_second": 10 * 1024}))
        for record in workload.records:
            record[soak_check.SANITIZED] = True
        found = soak_check.verdicts(workload)
        self.assertEqual([one.outcome for one in found[0][2]], [soak_check.NOT_JUDGED, soak_check.LEVEL, soak_check.LEVEL])
        self.assertEqual(soak_check.exit_code(found), 0)

    def test_shrinking_memory_is_none(self):
        self.assertEqual(self.outcomes(bytes_a_second=-1024)["rss"], soak_check.LEVEL)

    def test_below_a_page_per_connection_and_day_it_is_not_told_from_0(self):
        def one(connections):
            rows = [{"t": float(t), "rss": 2**20 + t // 100} for t in range(1, 901)]  # 864 bytes a day
            record = point(x=connections, timeline=rows)
            return soak_check.judged(record, soak_check.QUANTITIES[0]).outcome

        self.assertEqual(one(1), soak_check.LEVEL)
        rows = [{"t": float(t), "rss": 2**20 + t} for t in range(1, 901)]  # 86,400 bytes a day
        outcomes = [soak_check.judged(point(x=x, timeline=rows), soak_check.QUANTITIES[0]).outcome for x in (21, 22)]
        self.assertEqual(outcomes, [soak_check.LEAK, soak_check.LEVEL])

    def test_one_descriptor_or_thread_a_minute_is_a_leak(self):
        self.assertEqual(self.outcomes(descriptors_a_minute=1)["descriptors"], soak_check.LEAK)
        self.assertEqual(self.outcomes(threads_a_minute=1)["threads"], soak_check.LEAK)

    def test_fewer_of_them_at_the_end_do_not_pass_either(self):
        self.assertEqual(self.outcomes(descriptors_a_minute=-1)["descriptors"], soak_check.LOST)

    def test_one_that_came_and_went_is_no_leak(self):
        rows = synthetic_failures.soak_timeline()
        rows[600]["descriptors"] += 1
        self.assertEqual(soak_check.judged(point(timeline=rows), soak_check.QUANTITIES[2]).outcome, soak_check.LEVEL)

    def wavering(self, leaked=lambda t: 0):
        chance = random.Random(3)
        rows = [{**row, "descriptors": 150 + chance.randint(-3, 3) + leaked(row["t"])}
                for row in synthetic_failures.soak_timeline()]
        return soak_check.judged(point(timeline=rows), soak_check.QUANTITIES[2]).outcome

    def test_a_number_that_wavers_is_level_unless_it_leaves_its_range_or_has_a_slope(self):
        self.assertEqual(self.wavering(), soak_check.LEVEL)
        self.assertEqual(self.wavering(leaked=lambda t: int(t // 180)), soak_check.LEAK)
        self.assertEqual(self.wavering(leaked=lambda t: -int(t // 180)), soak_check.LOST)
        self.assertEqual(self.wavering(leaked=lambda t: 10 if t > 800 else 0), soak_check.LEAK)

    def test_a_single_one_is_found_where_the_number_does_not_waver(self):
        rows = [{**row, "descriptors": 150 + (row["t"] > 500)} for row in synthetic_failures.soak_timeline()]
        self.assertEqual(soak_check.judged(point(timeline=rows), soak_check.QUANTITIES[2]).outcome, soak_check.LEAK)

    def test_background_connections_count_as_connections(self):
        plan = {"connections": 3, "crowd": {"idle": 5, "idle_websockets": 7}}
        self.assertEqual([soak_check.connections({"plan": p}) for p in (plan, {"connections": 3}, {})], [15, 3, 1])

    def test_what_is_not_there_does_not_pass(self):
        rows = [{**row, "descriptors": None} for row in synthetic_failures.soak_timeline()]
        for record in (point(timeline=rows), point(timeline=[]), point(),
                       point(timeline=synthetic_failures.soak_timeline(20))):
            one = soak_check.judged(record, soak_check.QUANTITIES[2])
            self.assertEqual((one.outcome, one.slope), (soak_check.UNKNOWN, None))
            self.assertEqual(soak_check.exit_code([("", record, [one])]), 2)

    def test_the_settling_time_has_an_upper_end(self):
        self.assertEqual([soak_check.settling_s({"timeline": [{"t": t}]}) for t in (60, 900, 8 * 3600)], [12, 180, 300])


class Program(Folder):
    def judge(self, *records):
        write(self.folder, records)
        return tvl_results.run("soak-check", self.folder)

    def test_the_table_and_exit_1_on_a_leak(self):
        done = self.judge(*synthetic_failures.soak())
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertRegex(done.stdout, r"asio_pool +descriptors +111 +122 +1,\d+ \(.* to .*\)  leak\n")
        self.assertRegex(done.stdout, r"asio_loop +threads +3 +3 +0 \(0 to 0\)  level\n")
        self.assertIn("over 15 minutes, of which the first 3 were left out", done.stdout)

    def test_exit_0_when_all_is_level(self):
        self.assertEqual(self.judge(*synthetic_failures.soak(asio_loop={}, asio_threads={"noise": 3})).returncode, 0)

    def test_exit_0_when_growth_fades(self):
        (record,) = synthetic_failures.soak(asio_loop={})
        rows = [{**row, "rss": 2**24 + int(2**20 * math.log(row["t"]))} for row in record["timeline"]]
        done = self.judge({**record, "timeline": rows})
        self.assertRegex(done.stdout, r"asio_loop +memory \(RSS\), MiB .* fades\n")
        self.assertEqual(done.returncode, 0)

    def test_an_invalid_run_is_no_pass_and_says_why(self):
        (record,) = synthetic_failures.soak(asio_loop={})
        done = self.judge({**record, "verdict": {"valid": False, "reasons": ["3 resets"]}})
        self.assertEqual(done.returncode, 2)
        self.assertIn("! asio_loop: invalid: 3 resets\n", done.stdout)

    def test_a_leak_in_an_invalid_point_is_a_leak(self):
        (record,) = synthetic_failures.soak(asio_loop={"descriptors_a_minute": 1})
        self.assertEqual(self.judge({**record, "interrupted": True}).returncode, 1)

    def test_what_was_not_measured_is_exit_2(self):
        (record,) = synthetic_failures.soak(asio_loop={})
        rows = [{**row, "descriptors": None} for row in record["timeline"]]
        self.assertEqual(self.judge({**record, "timeline": rows}).returncode, 2)

    def test_a_busy_host_spoils_times_and_not_what_is_held(self):
        (record,) = synthetic_failures.soak(asio_loop={})
        busy = {"valid": False, "limiter": "host-busy", "reasons": ["others used a core"]}
        done = self.judge({**record, "verdict": busy})
        self.assertEqual(done.returncode, 0)
        self.assertIn("! asio_loop: invalid: others used a core\n", done.stdout)
        self.assertEqual(self.judge({**record, "verdict": busy, "interrupted": True}).returncode, 2)

    def test_a_record_says_the_same(self):
        kept = os.path.join(self.folder, "kept.jsonl")
        write(self.folder, synthetic_failures.soak())
        whole = tvl_results.run("soak-check", self.folder, "--record", kept)
        again = tvl_results.run("soak-check", kept)
        verdicts = [sorted((line.split()[0], line.split()[-1]) for line in done.stdout.splitlines() if "asio" in line)
                    for done in (whole, again)]
        self.assertEqual((whole.returncode, again.returncode, len(verdicts[0])), (1, 1, 9))
        self.assertEqual(*verdicts)
        self.assertLess(os.path.getsize(kept), 100_000)

    def test_repetitions_are_told_apart(self):
        (record,) = synthetic_failures.soak(asio_loop={})
        done = self.judge(record, {**record, "repetition": 1})
        self.assertIn("asio_loop 100#1", done.stdout)

    def test_no_soak_is_one_line_and_exit_2(self):
        for records in ([point()], [point("soak")], [point("soak", timeline=[])]):
            done = self.judge(*records)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertRegex(done.stderr, r"^soak-check: .*no points of the workload soak with a timeline\n$")


class CommittedRecords(Folder):
    def test_an_hour_of_the_twins_is_level(self):
        for name, sanitized in (("release", None), ("asan", True)):
            (workload,) = points.load(os.path.join(ROOT, "results", "soak", f"{name}.jsonl"))
            self.assertEqual({record["contestant"] for record in workload.records}, {"asio_threads", "asio_loop"})
            for record in workload.records:
                self.assertGreaterEqual(record["timeline"][-1]["t"], 3590)
                self.assertEqual(record.get(soak_check.SANITIZED), sanitized)
            self.assertEqual(soak_check.exit_code(soak_check.verdicts(workload)), 0, name)
