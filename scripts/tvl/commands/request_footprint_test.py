"""tvl-results request-footprint: its arithmetic, and toy servers that hold known memory, with the real stand-ins."""

import json
import os
import stat
import sys
import tempfile
import unittest

from tvl.commands import request_footprint
from tvl.testing import tvl_results

HELD = 100_000  # bytes of each waiting request of the toy: below what malloc() takes from mmap()
# Holds its requests for /fetch for as long as the upstream does.
SERVER = f"""#!{sys.executable}
import argparse, asyncio, signal
parser = argparse.ArgumentParser()
parser.add_argument("--upstream")
upstream = parser.parse_known_args()[0].upstream.split(":")[-1]
async def serve(reader, writer):
    while head := await reader.readuntil(b"\\r\\n\\r\\n"):
        body = b"hi"
        if b"/fetch" in head:
            held = b"x" * {HELD}
            FETCH
        writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, lambda: __import__("os")._exit(CODE))
    print("listening on 127.0.0.1:%d" % server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""
WAIT = """r, w = await asyncio.open_connection("127.0.0.1", upstream)
            w.write(b"GET / HTTP/1.1\\r\\n\\r\\n")
            await r.readexactly(len(b"HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\n") + 4)
            w.close()
            body = b'{"calls":1,"bytes":4}'"""


class Arithmetic(unittest.TestCase):
    def test_slope_leaves_out_what_is_held_once(self):
        self.assertAlmostEqual(request_footprint.slope([(250, 1_000_500), (500, 1_001_000), (1000, 1_002_000)]), 2)
        self.assertAlmostEqual(request_footprint.slope([(0, 0), (1, 3), (2, 3)]), 1.5)

    def test_steps(self):
        self.assertEqual(request_footprint.steps(1000), [250, 500, 1000])
        self.assertEqual(request_footprint.steps(5), [2, 3, 5])

    def test_lines(self):
        result = {"contestant": "a", "endpoint": "db", "requests": 8, "threads": 3, "thread_names": {"a": 2, "b": 1},
                  "connection_bytes": 1000, "request_bytes": 900, "errors": 0, "reason": None}
        self.assertEqual(request_footprint.line(result).split(maxsplit=7),
                         ["a", "db", "8", "3", "1000", "900", "0", "a x 2, b"])
        nothing = {**dict.fromkeys(result), "contestant": "a", "endpoint": "db", "requests": 8, "reason": "no socket"}
        self.assertEqual(request_footprint.line(nothing).split(maxsplit=7), ["a", "db", "8", "n/a", "n/a", "n/a", "n/a", "no socket"])


class Script(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = temporary.name

    def program(self, name, text):
        with open(f"{self.root}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(f"{self.root}/{name}", stat.S_IRWXU)

    def toy(self, name, fetch=WAIT, code=0):
        self.program(name, SERVER.replace("FETCH", fetch).replace("CODE", str(code)))

    def run_script(self, *flags, requests=24):
        return tvl_results.start("request-footprint", "--bin", self.root, "--endpoint", "fetch",
                               "--requests", str(requests), "--json", f"{self.root}/out.json", *flags)

    def result(self):
        with open(f"{self.root}/out.json", encoding="utf-8") as file:
            return json.load(file)["results"][0]

    def test_a_server_that_holds_known_memory(self):
        self.toy("toy")
        done = self.run_script("toy", requests=64)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        result = self.result()
        self.assertEqual((result["errors"], result["threads"], result["reason"]), (0, 1, None))
        self.assertGreater(result["request_bytes"], HELD)
        self.assertLess(result["request_bytes"], 2 * HELD)  # the rest is asyncio's
        self.assertLess(result["connection_bytes"], HELD)

    def test_requests_that_do_not_wait_are_errors(self):
        # One that waits, so that there is something to wait for.
        self.toy("hasty", fetch=f"serve.seen = getattr(serve, 'seen', 0) + 1\n            if serve.seen == 1:\n                "
                 + WAIT.replace("\n", "\n    ") + "\n            else: body = b'{\"calls\":1,\"bytes\":4}'")
        done = self.run_script("hasty")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertEqual((self.result()["errors"], self.result()["reason"]), (23, "23 did not wait"))

    def test_wrong_replies_are_errors(self):
        self.toy("wrong", fetch=WAIT.replace('"bytes":4', '"bytes":5'))
        done = self.run_script("wrong")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertEqual((self.result()["errors"], self.result()["reason"]), (24, '200 {"calls":1,"bytes":5}'))

    def test_what_cannot_be_measured_has_a_reason_and_no_number(self):
        self.program("mute", "#!/bin/sh\necho 'mute: no such flag' >&2\nexit 2\n")
        self.toy("crashing", code=3)
        for name, reason in (("mute", "mute: no such flag"), ("crashing", "it ended with 3")):
            done = self.run_script(name)
            self.assertEqual(done.returncode, 1, done.stdout)
            result = self.result()
            self.assertEqual((result["reason"], result["threads"], result["request_bytes"], result["errors"]),
                             (reason, None, None, None))

    def test_refusals(self):
        for said, flags in (("nobody is not built in", ["nobody"]), ("--requests must be at least 4",
                                                                         ["--requests", "3"]),
                            ("ulimit -Hn", ["sh", "--bin", "/bin", "--requests", "2000000000"])):
            done = self.run_script(*flags)
            self.assertEqual((done.returncode, done.stdout), (2, ""), said)
            self.assertIn(said, done.stderr)

    def test_help(self):
        self.assertIn("tvl-results request-footprint asio_loop", self.run_script("--help").stdout)
