"""A run whose load comes from network namespaces: load_hosts_test.py TVL_SUITE TESTBED, with
test_bed.py on PYTHONPATH. Needs root and Open MPI."""

import json
import os
import sys
import tempfile
import unittest

from test_bed import NETWORK, TestBed

SUITE, TESTBED = sys.argv[1:3]
BED = TestBed(TESTBED, "tvlsuite")
FROM_TWO = ("--load-hosts", "load1,load2", "--load-network", NETWORK, "--load-as-root", "--allow-remote-host",
            "--load-launcher", f"'{TESTBED} on'")
ANYWHERE = """
name = "everywhere"
command = ["{python}", "-B", "{dir}/server.py", "{port}"]
[endpoints]
plaintext = "/"
"""
SERVER = """
import http.server, sys
class Hello(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", "13")
        self.end_headers()
        self.wfile.write(b"Hello, World!")
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Hello).serve_forever()
"""


class LoadHosts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        BED.run("up", "2")
        cls.addClassCleanup(BED.run, "down")

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        return path

    def run_suite(self, *words, hosts=FROM_TWO):
        return BED.run("on", "server", "exec", SUITE, "--only", "--quick", "--seconds", "0.5", "--controls", "0",
                       "--beside-other-work", "--benchmark_repetitions=1", "--output", f"{self.folder}/run", *hosts,
                       *words, check=False)

    def records(self):
        with open(f"{self.folder}/run/points.jsonl", encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def nothing_left(self):
        for host in ("load1", "load2"):
            self.assertEqual(BED.pids_on(host), [])

    def test_hosts_load_the_servers_of_this_one(self):
        ran = self.run_suite("--workload", "connections", "--contestant", "asio_loop", "--contestant", "posix_threads",
                             "--benchmark_filter=/64")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        records = self.records()
        self.assertEqual({r["contestant"] for r in records}, {"asio_loop", "posix_threads"})
        for r in records:
            self.assertEqual([(h["name"], h["connections"]) for h in r["hosts"]], [("load1", 32), ("load2", 32)])
            self.assertEqual(r["replies"], sum(h["replies"] for h in r["hosts"]))
            self.assertIn("//10.77.0.1:", r["plan"]["url"])
            self.assertEqual(r["cpus"]["generator"], [])
            self.assertGreater(r["server"]["cpu_us_per_request"], 0)
        with open(f"{self.folder}/run/environment.json", encoding="utf-8") as file:
            self.assertEqual(json.load(file)["load_hosts"], ["load1", "load2"])
        self.nothing_left()

    def test_a_point_with_fewer_connections_comes_from_the_first_hosts(self):
        ran = self.run_suite("--workload", "connections", "--contestant", "posix_loop", "--benchmark_filter=loop/1$")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual([h["name"] for h in self.records()[0]["hosts"]], ["load1"])

    def test_a_server_that_listens_elsewhere_is_told_of_the_address(self):
        self.write("server.py", SERVER)
        mine = self.write("everywhere.toml", 'start_timeout = "1s"' + ANYWHERE)
        ran = self.run_suite("--workload", "churn", "--contestant", mine)
        self.assertEqual(ran.returncode, 1, ran.stderr)
        self.assertIn("; a command is told where to listen by {address}", ran.stderr)

    def test_a_room_is_left_out_with_the_reason(self):
        ran = self.run_suite("--workload", "broadcast", "--contestant", "asio_loop")
        self.assertIn("not with --load-hosts", ran.stderr)
        self.assertEqual(ran.returncode, 1, ran.stderr)

    def refusal(self, *hosts):
        ran = self.run_suite("--workload", "connections", "--contestant", "asio_loop", hosts=hosts)
        self.assertEqual((ran.returncode, ran.stdout), (2, ""), ran.stderr)
        self.assertEqual(ran.stderr.count("\n"), 1, ran.stderr)
        return ran.stderr

    def test_what_cannot_be_used_is_refused_in_one_line(self):
        self.assertIn("load host load9: ", self.refusal("--load-hosts", "load9", *FROM_TWO[2:]))
        self.assertIn("needs --load-network", self.refusal("--load-hosts", "load1"))
        self.assertIn("--allow-remote-host if you mean it",
                      self.refusal("--load-hosts", "load1", "--load-network", NETWORK))
        self.assertIn("are for --load-hosts", self.refusal("--load-network", NETWORK))
        self.assertIn("not with --load-hosts", self.refusal(*FROM_TWO, "--together"))
        self.assertFalse(os.path.exists(f"{self.folder}/run"))


if __name__ == "__main__":
    BED.run_tests(SUITE)
