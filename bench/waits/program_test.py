"""A short run of tvl-waits: program_test.py TVL_WAITS. Checks that the numbers exist, not their values."""

import http.server
import json
import re
import subprocess
import sys
import tempfile
import threading
import unittest

WAITS = sys.argv[1]
ROWS = [f"{wait}/{way}/{at_once}" for wait in ("fetch", "cache", "query") for at_once in (1, 16, 64)
        for way in ("awaiting", "bare", "blocking")]


def run(*flags):
    return subprocess.run([WAITS, *flags], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240,
                          check=False)


class FailingUpstream(http.server.ThreadingHTTPServer):
    """An upstream that answers ten calls correctly; then every tenth call fails."""

    daemon_threads = True

    def __init__(self):
        self.lock, self.calls = threading.Lock(), 0
        super().__init__(("127.0.0.1", 0), FailingHandler)

    def __enter__(self):
        threading.Thread(target=self.serve_forever).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class FailingHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with self.server.lock:
            self.server.calls += self.path.startswith("/api")
            wrong = self.server.calls > 10 and self.server.calls % 10 == 0
        self.send_response(500 if wrong else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


def name_of(row):
    return "/".join(row["run_name"].split("/")[:3])


class Program(unittest.TestCase):
    def test_every_row_has_a_number_or_a_reason(self):
        with tempfile.TemporaryDirectory() as folder:
            done = run("--benchmark_min_time=0.001", "--benchmark_repetitions=2",
                       "--benchmark_enable_random_interleaving=true", f"--benchmark_out={folder}/out.json")
            with open(f"{folder}/out.json", encoding="utf-8") as file:
                rows = [row for row in json.load(file)["benchmarks"] if row["run_type"] == "iteration"]
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual({name_of(row) for row in rows}, set(ROWS))
        for row in rows:
            if row.get("error_occurred"):
                self.assertRegex(row["error_message"], r"^not installed: ")
            else:
                self.assertGreater(row["cpu_time"], 0, row)
        fetches = [row for row in rows if row["run_name"].startswith("fetch/")]  # needs only programs of this build
        self.assertEqual((len(fetches), [row for row in fetches if row.get("error_occurred")]), (18, []))
        self.assertRegex(done.stdout, r"\nfetch, 64 at once +[0-9.]+ \([0-9.]+ to [0-9.]+\), 2 repetitions\n")

    def test_ratios_stay_out_of_json(self):
        done = run("--benchmark_min_time=0.001", "--benchmark_format=json", "--benchmark_filter=fetch/.*/1/")
        self.assertEqual((done.returncode, len(json.loads(done.stdout)["benchmarks"])), (0, 3), done.stderr)
        self.assertRegex(done.stderr, r"\nfetch, 1 at once +[0-9.]+ ")

    def test_a_wrong_reply_gets_no_number(self):
        with FailingUpstream() as upstream:
            done = run("--benchmark_min_time=0.001", "--benchmark_format=json", "--benchmark_filter=fetch/.*/16/",
                       "--upstream", f"http://127.0.0.1:{upstream.server_port}")
        rows = json.loads(done.stdout)["benchmarks"]
        self.assertEqual((done.returncode, len(rows)), (1, 3), done.stderr)
        for row in rows:
            self.assertRegex(row["error_message"], r"^wrong reply: 502 upstream: it replied 500")
        self.assertNotIn("repetition", done.stderr)

    def test_bad_input(self):
        for flags in (["--benchmark"], ["fetch"], ["--redis", "nowhere"], ["--redis", "127.0.0.1:1"], ["--upstream", "ftp://a"]):
            done = run(*flags)
            self.assertEqual((done.returncode, done.stdout, len(done.stderr.splitlines())), (2, "", 1), flags)

    def test_lists_without_starting_anything(self):
        done = run("--benchmark_list_tests")
        self.assertEqual([re.sub(r"/process_time$", "", line) for line in done.stdout.split()], ROWS)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
