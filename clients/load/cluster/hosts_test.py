"""Loads from several hosts, which are network namespaces: hosts_test.py TVL_LOAD TESTBED. Needs root and Open MPI."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unittest

LOAD, TESTBED = sys.argv[1:3]
SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "counting_server.py")
NETWORK, ADDRESS, PORT = "10.77.0.0/24", "10.77.0.1", 8080
SHIFT_S = 5  # of the clock of each further host
BED = {**os.environ, "TVL_TESTBED": "tvltest"}
HOSTS = "load1,load2,load3"


def testbed(*words, check=True):
    return subprocess.run([TESTBED, *words], env=BED, check=check, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)


def pids_on(host):
    return [int(pid) for pid in subprocess.run(["ip", "netns", "pids", f"tvltest-{host}"], check=True, text=True,
                                               stdout=subprocess.PIPE).stdout.split()]


def named(pid):
    try:
        with open(f"/proc/{pid}/comm", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


@contextlib.contextmanager
def counting_server():
    """Yields a function that ends it and returns what it counted."""
    process = subprocess.Popen([TESTBED, "on", "server", "exec", sys.executable, SERVER, ADDRESS, str(PORT)], env=BED,
                               text=True, stdout=subprocess.PIPE)
    assert process.stdout.readline() == "ready\n"

    def counted():
        for pid in pids_on("server"):
            if "python" in named(pid):
                os.kill(pid, signal.SIGTERM)
        process.wait()
        return int(process.stdout.read())
    try:
        yield counted
    finally:
        for pid in pids_on("server"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def load(*options, hosts=HOSTS, network=NETWORK, root="--allow-root"):
    words = [LOAD, f"http://{ADDRESS}:{PORT}/", "--allow-remote", "--hosts", hosts, "--network", network, root,
             "--launcher", f"'{TESTBED} on'", "--json", "-", *options]
    return subprocess.Popen([TESTBED, "on", "server", "exec", *filter(None, words)], env=BED, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def outcome(process):
    """(exit code, stdout, stderr)"""
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def point_of(process):
    code, out, err = outcome(process)
    if code != 0:
        raise AssertionError(f"tvl-load ended with {code}: {err}")
    return json.loads(out)


def generator_on(host):
    """The pid of the generator process there, once its window has begun."""
    for _ in range(600):
        for pid in pids_on(host):
            if named(pid) == "tvl-load":
                time.sleep(1.5)
                return pid
        time.sleep(0.05)
    raise AssertionError(f"no generator on {host}")


class Hosts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        testbed("down")
        testbed("up", "3", "--shift", str(SHIFT_S))

    @classmethod
    def tearDownClass(cls):
        testbed("down")

    def nothing_left(self):
        for host in ("load1", "load2", "load3"):
            for _ in range(100):
                if not pids_on(host):
                    break
                time.sleep(0.1)
            self.assertEqual([named(pid) for pid in pids_on(host)], [], host)

    def test_three_hosts_are_one_point(self):
        with counting_server() as counted:
            p = point_of(load("--connections", "30", "--rate", "600", "--warmup", "0", "--seconds", "2"))
            requests = p["requests"]
            asked = requests["sent"] + 30  # each connection asks once before
            self.assertIn(asked - counted(), range(requests["in_flight_at_end"] + 1))
        self.assertEqual([h["name"] for h in p["hosts"]], HOSTS.split(","))
        self.assertEqual(sum(h["replies"] for h in p["hosts"]), p["replies"])
        self.assertEqual([h["connections"] for h in p["hosts"]], [10, 10, 10])
        self.assertEqual(p["latency"]["response"]["n"], requests["scheduled"])
        for h in p["hosts"]:
            self.assertIsNotNone(h["cpu_us_per_request"])
        self.nothing_left()

    def test_clocks_that_differ_by_seconds_are_compared(self):
        with counting_server():
            p = point_of(load("--connections", "6", "--rate", "100", "--warmup", "0", "--seconds", "1"))
        for n, h in enumerate(p["hosts"], start=1):
            self.assertLessEqual(abs(h["clock_ahead_s"] - n * SHIFT_S), h["clock_uncertainty_s"] + 1e-7, h)
            self.assertLess(h["clock_uncertainty_s"], 0.01)

    def test_a_host_that_stands_still_is_named(self):
        with counting_server():
            running = load("--connections", "6", "--warmup", "0", "--seconds", "6")
            pid = generator_on("load2")
            os.kill(pid, signal.SIGSTOP)
            time.sleep(2)
            os.kill(pid, signal.SIGCONT)
            p = point_of(running)
        self.assertFalse(p["verdict"]["valid"])
        self.assertIn("load host load2", " ".join(reason["text"] for reason in p["verdict"]["reasons"]))

    def lost(self, harm):
        """The line of tvl-load after `harm`."""
        with counting_server():
            running = load("--connections", "6", "--warmup", "0", "--seconds", "30")
            pid = generator_on("load2")
            begin = time.monotonic()
            harm(pid)
            code, out, err = outcome(running)
            self.assertLess(time.monotonic() - begin, 20)
            self.assertEqual((code, out), (2, ""))
            self.assertIn("load2", err)
            self.assertEqual(err.count("\n"), 1, err)

    def test_a_killed_generator_is_named(self):
        self.lost(lambda pid: os.kill(pid, signal.SIGKILL))
        self.nothing_left()

    def test_a_killed_rank_is_named(self):
        self.lost(lambda _: [os.kill(pid, signal.SIGKILL) for pid in pids_on("load2") if named(pid) == "tvl-load-rank"])
        self.nothing_left()

    def test_a_host_that_is_cut_off_is_named(self):
        try:
            self.lost(lambda _: testbed("cut", "load2"))
        finally:
            testbed("heal", "load2")
        self.nothing_left()

    def test_ctrl_c_keeps_what_was_measured(self):
        with counting_server():
            running = load("--connections", "6", "--warmup", "0", "--seconds", "60")
            generator_on("load1")
            for pid in pids_on("server"):
                if named(pid) == "tvl-load":
                    os.kill(pid, signal.SIGINT)
            code, out, err = outcome(running)
        self.assertEqual((code, err), (130, ""))
        p = json.loads(out)
        self.assertTrue(p["interrupted"])
        self.assertGreater(p["replies"], 0)
        self.nothing_left()

    def refusal(self, *options, **arguments):
        code, out, err = outcome(load("--connections", "6", "--seconds", "1", *options, **arguments))
        self.assertEqual((code, out), (2, ""), err)
        self.assertEqual(err.count("\n"), 1, err)
        return err

    def test_what_cannot_be_used_is_refused_in_one_line(self):
        self.assertIn("load host load9: ", self.refusal(hosts="load1,load9"))
        self.assertIn("root on one host would be root on all", self.refusal(root=""))
        self.assertIn("--hosts names load1 twice: use load1:2", self.refusal(hosts="load1,load1"))
        self.assertIn("'-oProxyCommand=x' is not the name of a host", self.refusal(hosts="load1,-oProxyCommand=x"))
        self.assertIn("need as many active connections", self.refusal(hosts="load1:7"))
        self.assertIn("no interface of this host is in the network 10.99.0.0/24", self.refusal(network="10.99.0.0/24"))
        self.nothing_left()


def why_not():
    """Why this cannot run here; None = it can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if not os.path.exists(os.path.join(os.path.dirname(LOAD), "tvl-load-rank")) or not shutil.which("mpirun"):
        return "without Open MPI (scripts/setup --cluster)"
    if subprocess.run(["ip", "netns", "add", "tvltest-probe"], check=False, stderr=subprocess.PIPE).returncode != 0:
        return "no network namespaces here"
    subprocess.run(["ip", "netns", "delete", "tvltest-probe"], check=True)
    return None


if __name__ == "__main__":
    if reason := why_not():
        print(f"skipped: {reason}")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
