"""Loads from several hosts, which are network namespaces: hosts_test.py TVL_LOAD TESTBED. Needs root and Open MPI."""

import json
import os
import signal
import sys
import time
import unittest

import control_group
from test_bed import ADDRESS, NETWORK, PORT, CountingServer, TestBed, named

LOAD = sys.argv[1]
BED = TestBed(sys.argv[2], "tvltest")
SHIFT_S = 5  # of the clock of each further host
HOSTS = "load1,load2,load3"
CONNECTIONS = 6  # of a load whose hosts are harmed
HARMED = "--connections", str(CONNECTIONS), "--warmup", "0"


def generator_in_its_window(server, host, requests=CONNECTIONS + 1):
    """The pid of the generator process there, once it has sent more requests than one for each connection, which it
    does before its window. The load has no warm-up."""
    for _ in range(600):
        if server.counted().get(host, 0) >= requests:
            return BED.pid_of("tvl-load", host)
        time.sleep(0.05)
    raise AssertionError(f"no load from {host}")


def load(*options, hosts=HOSTS, network=NETWORK, root="--allow-root", launcher=f"'{BED.script} on'"):
    words = [LOAD, f"http://{ADDRESS}:{PORT}/", "--allow-remote", "--hosts", hosts, "--network", network, root,
             "--launcher", launcher, "--json", "-", *options]
    return BED.start("server", *filter(None, words))


def outcome(process):
    """(exit code, stdout, stderr)"""
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def point_of(process):
    code, out, err = outcome(process)
    if code != 0:
        raise AssertionError(f"tvl-load ended with {code}: {err}")
    return json.loads(out)


def stand_still(pid):
    os.kill(pid, signal.SIGSTOP)
    time.sleep(2)
    os.kill(pid, signal.SIGCONT)


class Hosts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        BED.run("down")
        BED.run("up", "4", "--shift", str(SHIFT_S))

    @classmethod
    def tearDownClass(cls):
        BED.run("down")

    def nothing_left(self):
        for host in ("load1", "load2", "load3", "load4"):
            for _ in range(100):
                if not BED.pids_on(host):
                    break
                time.sleep(0.1)
            self.assertEqual([named(pid) for pid in BED.pids_on(host)], [], host)

    def test_three_hosts_are_one_point(self):
        with CountingServer(BED) as server:
            p = point_of(load("--connections", "30", "--rate", "600", "--warmup", "0", "--seconds", "2"))
            counted = server.counted_at_end()
        requests = p["requests"]
        asked = requests["sent"] + 30  # each connection asks once before
        self.assertIn(asked - sum(counted.values()), range(requests["in_flight_at_end"] + 1))
        self.assertEqual([h["name"] for h in p["hosts"]], HOSTS.split(","))
        self.assertEqual(sum(h["replies"] for h in p["hosts"]), p["replies"])
        self.assertEqual([h["connections"] for h in p["hosts"]], [10, 10, 10])
        self.assertEqual(p["latency"]["response"]["n"], requests["scheduled"])
        for h in p["hosts"]:
            self.assertIsNotNone(h["cpu_us_per_request"])
        self.nothing_left()

    def test_clocks_that_differ_by_seconds_are_compared(self):
        with CountingServer(BED):
            p = point_of(load("--connections", "6", "--rate", "100", "--warmup", "0", "--seconds", "1"))
        for n, h in enumerate(p["hosts"], start=1):
            self.assertLessEqual(abs(h["clock_ahead_s"] - n * SHIFT_S), h["clock_uncertainty_s"] + 1e-7, h)
            self.assertLess(h["clock_uncertainty_s"], 0.01)

    def test_a_probe_is_counted_apart(self):
        with CountingServer(BED) as server:
            p = point_of(load("--connections", "6", "--rate", "300", "--warmup", "0", "--seconds", "2", "--probe",
                              "load4", "--probe-rate", "50"))
            counted = server.counted_at_end()
        probe = p["probe"]
        self.assertEqual((probe["host"]["name"], probe["rate"], probe["host"]["connections"]), ("load4", 50, 1))
        self.assertEqual([h["name"] for h in p["hosts"]], HOSTS.split(","))
        for part, connections, seen in ((probe, 1, counted.pop("load4")), (p, 6, sum(counted.values()))):
            requests = part["requests"]
            self.assertIn(requests["sent"] + connections - seen, range(requests["in_flight_at_end"] + 1))
        self.assertGreater(probe["response"]["n"], 20)
        self.assertLessEqual(abs(probe["host"]["clock_ahead_s"] - 4 * SHIFT_S),
                             probe["host"]["clock_uncertainty_s"] + 1e-7)
        self.nothing_left()

    def test_a_host_that_stands_still_is_named(self):
        with CountingServer(BED) as server:
            running = load(*HARMED, "--seconds", "6")
            stand_still(generator_in_its_window(server, "load2"))
            p = point_of(running)
        self.assertFalse(p["verdict"]["valid"])
        self.assertIn("load host load2", " ".join(reason["text"] for reason in p["verdict"]["reasons"]))

    def probe_after(self, harm, *options):
        """The outcome with a probe on load4 whose generator process is harmed."""
        with CountingServer(BED) as server:
            running = load(*HARMED, *options, "--probe", "load4")
            harm(generator_in_its_window(server, "load4", requests=5))
            return outcome(running)

    def test_a_probe_that_stands_still_is_named(self):
        code, out, err = self.probe_after(stand_still, "--seconds", "6")
        self.assertEqual((code, err), (0, ""))
        p = json.loads(out)
        self.assertFalse(p["verdict"]["valid"])
        self.assertFalse(p["probe"]["host"]["valid"])
        [why] = [reason["text"] for reason in p["verdict"]["reasons"] if reason["code"] == "probe"]
        self.assertIn("probe on load4: ", why)

    def test_a_probe_that_is_killed_is_named(self):
        code, out, err = self.probe_after(lambda pid: os.kill(pid, signal.SIGKILL), "--seconds", "30")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("load host load4: ", err)
        self.nothing_left()

    def test_a_host_that_its_control_group_holds_back_is_named(self):
        try:
            group = control_group.of_a_fifth_of_a_core()
        except OSError as error:
            self.skipTest(f"no control group with a limit of CPU can be made here: {error}")
        # A generator that sleeps may need less than its limit.
        with group, CountingServer(BED):
            p = point_of(load(*HARMED, "--rate", "300", "--idle-strategy", "spin", "--seconds", "3",
                              launcher=group.launcher(BED.script, "load2")))
            self.nothing_left()
        of = {h["name"]: h for h in p["hosts"]}
        self.assertGreater(of["load2"]["throttled_periods"], 0)
        self.assertFalse(of["load2"]["valid"])
        self.assertFalse(p["verdict"]["valid"])
        named_so = [reason["text"] for reason in p["verdict"]["reasons"] if reason["code"] == "host-throttled"]
        self.assertEqual(len(named_so), 1, named_so)
        self.assertIn("load host load2: ", named_so[0])

    def lost(self, harm):
        """The line of tvl-load after `harm`."""
        with CountingServer(BED) as server:
            running = load(*HARMED, "--seconds", "30")
            pid = generator_in_its_window(server, "load2")
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
        self.lost(lambda _: os.kill(BED.pid_of("tvl-load-rank", "load2"), signal.SIGKILL))
        self.nothing_left()

    def test_a_host_that_is_cut_off_is_named(self):
        try:
            self.lost(lambda _: BED.run("cut", "load2"))
        finally:
            BED.run("heal", "load2")
        self.nothing_left()

    def test_ctrl_c_keeps_what_was_measured(self):
        with CountingServer(BED) as server:
            running = load(*HARMED, "--seconds", "60")
            generator_in_its_window(server, "load1")
            os.kill(BED.pid_of("tvl-load", "server"), signal.SIGINT)
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
        self.assertIn("--probe: load2 is one of --hosts", self.refusal("--probe", "load2"))
        self.assertIn("load host load9: ", self.refusal("--probe", "load9"))
        self.assertIn("a number of requests (-n)", self.refusal("-n", "5"))
        self.assertIn("--cpus are cores of this machine", self.refusal("--cpus", "0"))
        self.assertIn("no interface of this host is in the network 10.99.0.0/24", self.refusal(network="10.99.0.0/24"))
        self.nothing_left()


if __name__ == "__main__":
    BED.run_tests(LOAD)
