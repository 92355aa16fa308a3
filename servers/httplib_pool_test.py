"""Replies of httplib_pool. A library does its HTTP, so the transcripts of the other contestants do not apply.

    httplib_pool_test.py build/bin/httplib_pool
"""

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else "build/bin/httplib_pool"
PATIENCE = 30  # seconds; only a hanging server takes as long


def usage(*flags):
    return subprocess.run([PROGRAM, *flags], capture_output=True, text=True, timeout=PATIENCE)


class Server(unittest.TestCase):
    def setUp(self):
        self.start()

    def start(self, *flags):
        self.process = subprocess.Popen([PROGRAM, *flags], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process = self.process
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        self.port = int(self.process.stdout.readline().removeprefix("listening on 127.0.0.1:"))

    def connect(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self.addCleanup(connection.close)
        return connection

    def ask(self, method, path, body=None, connection=None, **headers):
        connection = connection or self.connect()
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        return reply.status, reply.headers["Content-Type"], reply.read()

    def counters(self):
        self.process.send_signal(signal.SIGTERM)
        said, errors = self.process.communicate(timeout=PATIENCE)
        self.assertEqual((self.process.returncode, errors), (0, ""))
        return json.loads(said)

    def test_endpoints(self):
        text, binary = "text/plain", "application/octet-stream"
        pattern = b"0123456789abcdef" * 200_000
        for path, kind, body in (("/plaintext", text, b"Hello, World!"), ("/delay/20", text, b"20"),
                                 ("/json", "application/json", b'{"message":"Hello, World!"}'),
                                 ("/block/5", text, b"5"), ("/cpu/500", text, b"500"), ("/bytes/0", binary, b""),
                                 ("/bytes/20?x=y", binary, pattern[:20]), ("/bytes/3000001", binary, pattern[:3000001])):
            self.assertEqual(self.ask("GET", path), (200, kind, body), path)
        self.assertEqual(self.ask("HEAD", "/json"), (200, "application/json", b""))
        for body in (b"", b"hello", bytes(1 << 20)):
            self.assertEqual(self.ask("POST", "/echo", body), (200, binary, body))
        self.assertEqual(self.ask("POST", "/upload", bytes(3 << 20)), (200, text, b"3145728"))
        self.assertEqual(self.ask("POST", "/upload", iter([b"abc", b"d"])), (200, text, b"4"))

    def test_a_post_without_a_body_is_answered_at_once(self):
        connection = self.connect()
        connection.putrequest("POST", "/echo")
        connection.endheaders()
        self.assertEqual(connection.getresponse().status, 200)

    def test_refusals(self):
        for method, path, body, status, reason in (
                ("GET", "/none", None, 404, b"Not Found"), ("GET", "/echo", None, 405, b"Method Not Allowed"),
                ("DELETE", "/json", b"x", 405, b"Method Not Allowed"), ("GET", "/delay/x", None, 400, b"Bad Request"),
                ("GET", "/delay/60001", None, 400, b"Bad Request"), ("GET", "/" + "x" * 5000, None, 414, b"URI Too Long"),
                ("GET", "/" + "x" * 9000, None, 414, b"URI Too Long"),
                ("POST", "/echo", bytes((1 << 20) + 1), 413, b"Payload Too Large"),
                ("POST", "/echo", iter([bytes(1 << 20), b"x"]), 413, b"Payload Too Large")):
            connection = self.connect()
            self.assertEqual(self.ask(method, path, body, connection), (status, "text/plain", reason), path[:20])
            self.assertEqual(self.ask("GET", "/json", None, connection)[0], 200, "out of step afterwards")
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as raw:
            raw.sendall(b"nonsense\r\n\r\n")
            self.assertIn(b" 400 Bad Request\r\n", raw.recv(4096))

    def test_a_connection_is_kept_until_it_asks_to_be_closed(self):
        connection = self.connect()
        for _ in range(20):
            self.assertEqual(self.ask("GET", "/plaintext", None, connection)[0], 200)
            kept = connection.sock
        self.assertIsNotNone(kept)
        self.ask("GET", "/plaintext", None, connection, Connection="close")
        self.assertIsNone(connection.sock)
        self.assertEqual(self.counters()["accepted"], 1)

    def test_there_are_as_many_delays_at_once_as_threads(self):
        for threads, least, most in ((64, 0.2, 3.0), (4, 1.6, PATIENCE)):
            self.start("--threads", str(threads))
            asking = [threading.Thread(target=self.ask, args=("GET", "/delay/200"), kwargs={"Connection": "close"})
                      for _ in range(32)]
            begin = time.monotonic()
            for one in asking:
                one.start()
            for one in asking:
                one.join()
            self.assertGreaterEqual(time.monotonic() - begin, least)
            self.assertLess(time.monotonic() - begin, most)

    def test_what_is_in_flight_is_answered_before_the_end(self):
        connection = self.connect()
        self.ask("GET", "/json", None, connection)
        connection.request("GET", "/delay/1000")
        time.sleep(0.3)
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(connection.getresponse().read(), b"1000")
        self.assertEqual(self.counters(), {"accepted": 1, "refused": 0, "timed_out": None, "ended_idle": None,
                                           "requests": 2, "replies": 2, "error_replies": 0, "bytes_in": None,
                                           "bytes_out": None, "upgrades": 0, "messages_in": 0, "messages_out": 0,
                                           "messages_dropped": 0, "protocol_failures": 0})

    def test_idle_connections_do_not_outlast_the_drain(self):
        connection = self.connect()
        self.ask("GET", "/json", None, connection)
        begin = time.monotonic()
        self.assertEqual(self.counters()["accepted"], 1)  # including the work of the abandoned connection
        self.assertLess(time.monotonic() - begin, 9)

    def test_usage(self):
        done = usage("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("--threads", done.stdout)
        for flags in (("--port", str(self.port)), ("--threads", "-1"), ("--nonsense",), ("--address", "203.0.113.1")):
            done = usage(*flags)
            self.assertEqual((done.returncode, done.stdout), (2, ""), flags)
            self.assertRegex(done.stderr, r"^[^\n]+\n$", flags)


if __name__ == "__main__":
    unittest.main()
