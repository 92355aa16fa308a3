"""Faults that are injected into a measurement, each of which its point must name: faults_test.py TVL_LOAD
STEPPED_CLOCK."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import unittest

LOAD, STEPPED_CLOCK = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
STOPPED_S = 0.05
# Ends by itself, should this test be killed.
SPIN = "import time\nend = time.monotonic() + 60\nwhile time.monotonic() < end: pass\n"


@contextlib.contextmanager
def server(*fault):
    """(its port, its process)"""
    process = subprocess.Popen([sys.executable, "-B", os.path.join(HERE, "faulty_server.py"), *fault],
                               stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline()), process.pid
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def spinning(cores):
    """A process on each of these cores that never pauses."""
    busy = [subprocess.Popen([sys.executable, "-c", SPIN], preexec_fn=lambda core=core: os.sched_setaffinity(0, [core]))
            for core in cores]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def generator(port, pid, *options, connections=8, **environment):
    """tvl-load with its point as JSON on stdout."""
    words = [LOAD, f"http://127.0.0.1:{port}/", "--json", "-", "--pid", str(pid), "--connections", str(connections),
             *options]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**os.environ, **environment})


def point_of(process):
    out, err = process.communicate(timeout=120)
    if process.returncode != 0:
        raise AssertionError(f"tvl-load ended with {process.returncode}: {err}")
    return json.loads(out)


def measured(fault, *options, **environment):
    with server(*fault) as (port, pid):
        return point_of(generator(port, pid, *options, **environment))


def reasons(point):
    """{code: text}"""
    return {reason["code"]: reason["text"] for reason in point["verdict"]["reasons"]}


OPEN = ("--rate", "500", "--seconds", "2", "--warmup", "0.3")


class Faults(unittest.TestCase):
    def test_without_a_fault_none_is_named(self):
        point = measured(["none"], *OPEN, "--expect-body", "right")
        named = reasons(point).keys() & {"errors", "backlog", "connections-missing", "rate-not-met"}
        self.assertFalse(named, point["verdict"])

    def test_a_generator_that_was_stopped(self):
        """50 ms of 3 s are more than 1 %, with any number of connections and in both loops."""
        for loop in (["--rate", "1000"], ["--rate", "20", "--idle-strategy", "sleep"], []):
            with self.subTest(loop=loop), server("none") as (port, pid):
                process = generator(port, pid, *loop, "--seconds", "3", "--warmup", "0.2")
                time.sleep(1.5)
                process.send_signal(signal.SIGSTOP)
                time.sleep(STOPPED_S)
                process.send_signal(signal.SIGCONT)
                point = point_of(process)
                self.assertIn("generator-late", reasons(point), point["verdict"])
                self.assertTrue({"response_tail", "response_times", "all"} & set(point["verdict"]["spoilt"]), point["verdict"])
                self.assertGreater(point["generator"]["paused_s"], STOPPED_S * 0.7)

    def test_a_busy_neighbour_on_both_cores(self):
        with spinning(sorted(os.sched_getaffinity(0))[:2]):
            point = measured(["none"], *OPEN)
        self.assertIn("host-busy", reasons(point), point["verdict"])
        self.assertFalse(point["verdict"]["valid"])

    def test_a_server_of_which_one_reply_in_a_hundred_is_wrong(self):
        point = measured(["wrong", "100"], *OPEN, "--expect-body", "right")
        self.assertIn("errors", reasons(point), point["verdict"])
        counts = point["requests"]
        self.assertAlmostEqual(counts["status_errors"] + counts["protocol_errors"], counts["sent"] / 100, delta=2)

    def test_a_server_of_which_one_reply_in_twenty_is_wrong_is_invalid(self):
        point = measured(["wrong", "20"], *OPEN, "--expect-body", "right")
        self.assertIn("errors", reasons(point), point["verdict"])
        self.assertFalse(point["verdict"]["valid"])

    def test_a_server_that_resets_connections(self):
        point = measured(["drop", "20"], *OPEN)
        self.assertIn("errors", reasons(point), point["verdict"])
        self.assertGreater(point["requests"]["resets"], 0)
        self.assertRegex(reasons(point)["errors"], r"\b[1-9]\d* resets\)")
        self.assertFalse(point["verdict"]["valid"])

    def test_a_server_that_resets_connections_in_a_closed_loop(self):
        point = measured(["drop", "20"], "--seconds", "1", "--warmup", "0.2")
        self.assertGreater(point["requests"]["resets"], 0)
        self.assertFalse(point["verdict"]["valid"])

    def test_a_backlog_when_the_window_begins(self):
        """The server holds all requests of the warm-up and answers them in the window: more than fell due in it."""
        point = measured(["hold", "0.55"], "--rate", "400", "--seconds", "1", "--warmup", "0.5")
        self.assertIn("backlog", reasons(point), point["verdict"])
        self.assertGreater(point["requests"]["unsent_at_start"], 4)
        self.assertFalse(point["verdict"]["valid"])

    def test_a_step_of_the_wall_clock_changes_nothing(self):
        stepped = {"LD_PRELOAD": STEPPED_CLOCK, "ASAN_OPTIONS": "verify_asan_link_order=0"}
        watch = "import time; before = time.time(); time.sleep(0.7); print(time.time() - before)"
        seen = subprocess.run([sys.executable, "-c", watch], capture_output=True, text=True,
                              env={**os.environ, **stepped})
        self.assertAlmostEqual(float(seen.stdout), 0.7 - 3600, delta=30)
        point = measured(["none"], *OPEN, **stepped)
        self.assertFalse({"errors", "backlog", "rate-not-met"} & reasons(point).keys(), point["verdict"])
        self.assertAlmostEqual(point["requests"]["scheduled"], 1000, delta=160)  # 5 standard deviations
        self.assertAlmostEqual(point["window_s"], 2, delta=0.2)
        self.assertLess(point["latency"]["response"]["max"], 2e6)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
