"""tvl-results syscalls: its arithmetic, and a toy server with known system calls under the real strace."""

import json
import os
import shutil
import stat
import sys
import tempfile
import unittest

from tvl import ROOT
from tvl.commands import syscalls
from tvl.testing import tvl_results

SUMMARY = """    calls syscall
--------- ----------------
     2000 recvfrom
      130 epoll_wait
       64 accept4
--------- ----------------
     2194 total
"""
# One connection after the other, and for each request one read and two writes.
SERVER = """import signal, socket, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
while True:
    peer, _ = listener.accept()
    while peer.recv(4096):
        peer.send(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n")
        peer.send(b"hi")
"""
LOAD = """import http.client, json, sys
url, requests = sys.argv[1], int(sys.argv[sys.argv.index("--requests") + 1])
connection = http.client.HTTPConnection(url.split("/")[2])
for _ in range(requests):
    connection.request("GET", "/plaintext")
    connection.getresponse().read()
print(json.dumps({"requests": {"ok": requests}}))
"""


class Arithmetic(unittest.TestCase):
    def test_summary(self):
        self.assertEqual(syscalls.parse_summary(SUMMARY), {"recvfrom": 2000, "epoll_wait": 130, "accept4": 64})
        self.assertEqual(syscalls.parse_summary(""), {})

    def test_what_both_runs_have_once_is_not_per_request(self):
        few = (1000, {"accept4": 64, "recvfrom": 1064, "sendto": 1000, "close": 3})
        many = (3000, {"accept4": 64, "recvfrom": 3064, "sendto": 5000, "futex": 19, "poll": 50})
        self.assertEqual(syscalls.per_request(few, many),
                         {"total": 3.025, "by_name": {"sendto": 2.0, "recvfrom": 1.0, "poll": 0.025}})

    def test_lines(self):
        measured = {"name": "a", "status": "measured", "total": 3.0, "by_name": {"sendto": 2.0, "poll": 1.0}}
        self.assertEqual(syscalls.line(measured).split(), ["a", "3.00", "sendto", "2.00,", "poll", "1.00"])
        missing = {"name": "b", "status": "not installed", "reason": "nginx is not on PATH"}
        self.assertEqual(syscalls.line(missing).split(maxsplit=2), ["b", "n/a", "not installed: nginx is not on PATH"])


class Script(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = temporary.name
        shutil.copytree(f"{ROOT}/scripts", f"{self.root}/scripts", ignore=shutil.ignore_patterns("__pycache__", "vendor"))
        self.program("build/bin/tvl-load", f"#!{sys.executable}\n{LOAD}")
        self.program("servers/server.py", SERVER)
        self.manifest("toy", "{dir}/server.py")

    def program(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(full, stat.S_IRWXU)

    def manifest(self, name, program, more=""):
        self.program(f"servers/{name}.toml", f'name = "{name}"\ntitle = "A {name}"\n'
                     f'command = ["{sys.executable}", "{program}", "{{port}}"]\n{more}')

    def run_script(self, *flags, path=os.environ["PATH"]):
        return tvl_results.start("syscalls", *flags, root=self.root, PATH=path)

    def results(self):
        with open(f"{self.root}/out.json", encoding="utf-8") as file:
            return {result["name"]: result for result in json.load(file)["contestants"]}

    def survivors(self):
        pids = [pid for pid in os.listdir("/proc") if pid.isdigit()]
        found = []
        for pid in pids:
            try:
                with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
                    found += [pid] if f"{self.root}/servers" in file.read() else []
            except OSError:
                pass
        return found

    @unittest.skipIf(syscalls.refusal(), syscalls.refusal())
    def test_a_server_with_known_calls(self):
        self.manifest("lacking", "{dir}/server.py", 'needs = ["tvl-no-such-program"]\n')
        self.manifest("silent", "{dir}/server.py", "endpoints = {}\n")
        self.manifest("broken", "{dir}/none.py")
        done = self.run_script("--requests", "300", "--json", f"{self.root}/out.json")
        self.assertEqual((done.returncode, done.stderr), (1, ""), done.stdout)
        results = self.results()
        self.assertEqual((results["toy"]["status"], results["toy"]["by_name"]),
                         ("measured", {"sendto": 2.0, "recvfrom": 1.0}))
        self.assertEqual(results["toy"]["total"], 3.0)
        self.assertEqual((results["lacking"]["status"], results["lacking"]["reason"], results["lacking"]["total"]),
                         ("not installed", "tvl-no-such-program is not on PATH", None))
        self.assertEqual(results["silent"]["status"], "not offered")
        self.assertEqual(results["broken"]["status"], "failed")
        self.assertIn("ended at once: ", results["broken"]["reason"])
        self.assertEqual(self.survivors(), [])

    @unittest.skipIf(syscalls.refusal(), syscalls.refusal())
    def test_a_server_that_ignores_sigterm_does_not_survive(self):
        self.program("servers/server.py", SERVER.replace("lambda *_: sys.exit()", "signal.SIG_IGN"))
        done = self.run_script("--requests", "10", "toy")
        self.assertEqual(done.returncode, 1)
        self.assertIn("does not end on SIGTERM", done.stdout)
        self.assertEqual(self.survivors(), [])

    def test_refusals(self):
        self.program("path/strace", "#!/bin/sh\necho 'strace: ptrace(PTRACE_TRACEME): not permitted' >&2\nexit 1\n")
        for said, flags, path in (("no contestant toi: did you mean toy", ["toi"], os.environ["PATH"]),
                                  ("strace is not permitted here: strace: ptrace", [], f"{self.root}/path"),
                                  ("strace cannot be started", [], f"{self.root}/scripts"),
                                  ("tvl-load is not built", ["--bin", "/nowhere"], os.environ["PATH"])):
            done = self.run_script(*flags, path=path)
            self.assertEqual((done.returncode, done.stdout), (2, ""), said)
            self.assertRegex(done.stderr, rf"^syscalls: [^\n]*{said}[^\n]*\n$")

    def test_help(self):
        self.assertIn("tvl-results syscalls --json", self.run_script("--help").stdout)
