"""Tests of the program tvl-fetch: program_test.py TVL_FETCH ASIO_LOOP."""

import http.server
import json
import os
import pty
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

FETCH, SERVER = sys.argv[1:3]
WAYS = ["serial", "threads", "executor", "gather"]


def fetch(*arguments, stdin=""):
    return subprocess.run([FETCH, *arguments], input=stdin, capture_output=True, text=True, timeout=240)


class StallingServer(http.server.ThreadingHTTPServer):
    """Answers three requests and holds the rest."""

    daemon_threads = True

    def __init__(self):
        self.lock, self.seen = threading.Lock(), 0
        self.stalled, self.over = threading.Event(), threading.Event()
        super().__init__(("127.0.0.1", 0), StallingHandler)


class StallingHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with self.server.lock:
            self.server.seen += 1
            late = self.server.seen > 3
        if late:
            self.server.stalled.set()
            self.server.over.wait()
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


class Program(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        os.environ["no_proxy"] = "*"
        cls.server = subprocess.Popen([SERVER, "--port", "0"], stdout=subprocess.PIPE, text=True)
        cls.root = "http://" + cls.server.stdout.readline().split()[-1]

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.communicate(timeout=60)

    def test_every_way_does_the_same_work(self):
        done = fetch(f"{self.root}/delay/20", "--repeat", "12", "--in-flight", "6", "--json", "-")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        result = json.loads(done.stdout)
        self.assertEqual((result["schema"], result["urls"], result["interrupted"]), (1, 12, False))
        ways = {way["way"]: way for way in result["ways"]}
        self.assertEqual(list(ways), WAYS)
        for way in ways.values():
            self.assertEqual((way["ok"], way["failed"], way["not_done"]), (12, 0, 0))
            self.assertEqual(way["bytes"], ways["serial"]["bytes"])
            self.assertEqual([d["end"] for d in way["downloads"]], ["ok"] * 12)
            self.assertGreaterEqual(way["own_us"], 12 * 20_000)
            self.assertGreaterEqual(way["wall_us"], 2 * 20_000)
        self.assertGreaterEqual(ways["serial"]["wall_us"], 12 * 20_000)
        self.assertEqual(ways["serial"]["wall_to_serial"], 1)

    def test_threads_are_counted(self):
        expected = {"serial": [1], "gather": [1], "executor": [1 + 6],
                    "threads": range(2, 1 + 2 * 6 + 1)}  # 6 may be about to end while the next 6 run
        for way, counts in expected.items():
            done = fetch(f"{self.root}/delay/20", "--repeat", "12", "--in-flight", "6", "--how", way, "--json", "-")
            self.assertIn(json.loads(done.stdout)["ways"][0]["threads"], counts, way)

    def test_the_table_has_a_row_for_each_way(self):
        done = fetch(f"{self.root}/json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual([line.split()[0] for line in done.stdout.splitlines()[1:]], WAYS)

    def test_without_serial_there_is_no_ratio(self):
        done = fetch(f"{self.root}/json", "--how", "gather", "--how", "threads")
        rows = [line.split() for line in done.stdout.splitlines()[1:]]
        self.assertEqual([(row[0], row[-1]) for row in rows], [("threads", "n/a"), ("gather", "n/a")])

    def test_urls_come_from_arguments_a_file_and_stdin(self):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write(f"# three bytes\n\n  {self.root}/bytes/3  \r\n{self.root}/bytes/4")
            file.flush()
            done = fetch(f"{self.root}/bytes/1", "-", "--file", file.name, "--how", "gather", "--json", "-",
                         stdin=f"{self.root}/bytes/2\n")
        downloads = json.loads(done.stdout)["ways"][0]["downloads"]
        self.assertEqual([d["bytes"] for d in downloads], [1, 2, 3, 4])

    def test_a_failure_is_reported_and_counted(self):
        for way in WAYS:
            done = fetch(f"{self.root}/json", f"{self.root}/nowhere", "http://127.0.0.1:1/", "--how", way)
            self.assertEqual(done.returncode, 1)
            lines = done.stderr.splitlines()
            self.assertEqual(lines[0], f"{way}: {self.root}/nowhere: HTTP 404")
            self.assertTrue(lines[1].startswith(f"{way}: http://127.0.0.1:1/: Failed to connect"), lines[1])
            self.assertEqual((len(lines), done.stdout.splitlines()[1].split()[1:4]), (2, ["1", "2", "0"]))

    def test_bad_input_is_one_line(self):
        url = f"{self.root}/json"
        for arguments in ([], ["-"], ["nonsense"], ["ftp://127.0.0.1/x"], [url, "--how", "magic"],
                          [url, "--in-flight", "0"], [url, "--repeat", "0"], [url, url, "--repeat", "1000000"],
                          [url, "--timeout", "-1"],
                          [url, "--timeout", "0.0001"], [url, "--max-bytes", "few"], [url, "--file", "/nowhere/urls"],
                          [url, "--file", "/"], [url, "--json", "/nowhere/x.json"], [url, "--nonsense"]):
            done = fetch(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertRegex(done.stderr, r"\Atvl-fetch: [^\n]+\n\Z", arguments)

    def test_an_interrupt_keeps_what_was_done(self):
        for way in WAYS:
            server = StallingServer()
            serving = threading.Thread(target=server.serve_forever)
            serving.start()
            running = subprocess.Popen([FETCH, f"http://127.0.0.1:{server.server_port}/", "--repeat", "50",
                                        "--in-flight", "1", "--how", way, "--json", "-"],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.assertTrue(server.stalled.wait(120))
            running.send_signal(signal.SIGINT)
            output, errors = running.communicate(timeout=120)
            server.over.set()
            server.shutdown()
            serving.join()
            server.server_close()
            self.assertEqual(running.returncode, 130, way)
            result = json.loads(output)
            self.assertTrue(result["interrupted"])
            self.assertEqual((result["ways"][0]["ok"], result["ways"][0]["not_done"]), (3, 47), way)
            self.assertRegex(errors, r"\Atvl-fetch: interrupted[^\n]*\n\Z")

    def test_progress_is_for_a_terminal(self):
        try:
            reader, terminal = pty.openpty()
        except OSError as error:  # a container without /dev/pts
            self.skipTest(f"no terminal here: {error}")
        done = subprocess.run([FETCH, f"{self.root}/json", "--how", "gather"], stdout=subprocess.PIPE, stderr=terminal,
                              timeout=240)
        os.close(terminal)
        drawn = os.read(reader, 4096).decode()
        os.close(reader)
        self.assertEqual(done.returncode, 0)
        self.assertIn("gather [" + "#" * 40 + "] 1/1", drawn)
        self.assertTrue(drawn.endswith("\r\x1b[K"), repr(drawn))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
