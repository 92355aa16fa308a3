"""Tests scripts/tvl-results request-footprint with real servers: waiting_test.py ASIO_LOOP ASIO_THREADS."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAMS = sys.argv[1:3]
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../scripts/tvl-results")
REQUESTS = 40  # more than either pool has connections


class Waiting(unittest.TestCase):
    def test_all_requests_wait_and_are_answered(self):
        names = [os.path.basename(program) for program in PROGRAMS]
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([sys.executable, "-B", SCRIPT, "request-footprint", *names, "--bin", os.path.dirname(PROGRAMS[0]),
                                   "--requests", str(REQUESTS), "--json", f"{folder}/out.json"],
                                  capture_output=True, text=True, timeout=280, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
            with open(f"{folder}/out.json", encoding="utf-8") as file:
                results = json.load(file)["results"]
        self.assertEqual([(r["contestant"], r["endpoint"]) for r in results],
                         [(name, endpoint) for name in names for endpoint in ("fetch", "cache", "db")])
        for result in results:
            self.assertEqual((result["errors"], result["reason"]), (0, None))
            if result["contestant"] == "asio_loop":
                self.assertLessEqual(result["threads"], 2)  # ThreadSanitizer adds one
            else:
                self.assertGreater(result["threads"], REQUESTS)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
