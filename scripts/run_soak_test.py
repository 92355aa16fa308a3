"""scripts/run --soak with a fake suite and a fake build."""

import os
import subprocess
import sys
import unittest

import run_test

HERE = os.path.dirname(os.path.abspath(__file__))
SUITE = f"""#!{sys.executable} -B
import os, sys
sys.path.insert(0, {HERE!r})
from tvl.testing import synthetic_failures as made
if "--list-programs" in sys.argv:
    sys.exit()
folder = sys.argv[sys.argv.index("--output") + 1]
with open("suite.log", "w", encoding="utf-8") as file:
    file.write(" ".join(sys.argv[3:]))
if "--bad" in sys.argv:
    sys.exit(2)
os.makedirs(folder)
leak = {{"descriptors_a_minute": 1}} if "leaky" in sys.argv else {{}}
if "silent" not in sys.argv:
    made.write(folder, made.soak(asio_loop=leak))
sys.exit(1 if "absent" in sys.argv else 0)
"""


class Soak(unittest.TestCase):
    def setUp(self):
        run_test.Run.setUp(self)
        self.program("build/bin/tvl-suite", SUITE)

    def program(self, path, text):
        run_test.Run.program(self, path, text)

    def quick(self):
        run_test.Run.quick(self)
        self.program("scripts/tvl/report/page.py", run_test.STUB)

    def soak(self, *flags):
        done = subprocess.run([f"{self.root}/scripts/run", "--soak", *flags], env=self.environment, text=True, cwd=self.root,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        return done.returncode, done.stdout

    def asked(self):
        with open(f"{self.root}/suite.log", encoding="utf-8") as file:
            return file.read()

    def test_all_contestants_unless_told_otherwise(self):
        code, said = self.soak("15m")
        self.assertEqual((code, self.asked()), (0, "--workload soak --seconds 900"), said)
        self.assertRegex(said, r"asio_loop +descriptors +108 +108 +0 \(0 to 0\)  level\n")
        self.assertRegex(said, r"Report: results/[^/]+/report.html\n$")
        (folder,) = os.listdir(f"{self.root}/results")
        self.assertTrue(os.path.exists(f"{self.root}/results/{folder}/charts/soak.soak.png"))

    def test_time_and_contestants(self):
        self.quick()
        self.soak("1.5h", "asio_loop", "asio_pool")
        self.assertEqual(self.asked(),
                         "--workload soak --seconds 5400 --contestant asio_loop --contestant asio_pool")
        self.soak("120s", "asio_loop")
        self.assertEqual(self.asked(), "--workload soak --seconds 120 --contestant asio_loop")

    def test_a_leak_or_a_left_out_contestant_is_exit_1(self):
        self.quick()
        self.assertEqual(self.soak("15m", "leaky")[0], 1)
        self.assertEqual(self.soak("15m", "absent")[0], 1)

    def test_no_points_is_exit_1_and_said(self):
        self.quick()
        code, said = self.soak("15m", "silent")
        self.assertEqual(code, 1)
        self.assertIn("no point was measured\n", said)

    def test_bad_flags_are_one_line_and_exit_2(self):
        self.quick()
        for flags, why in ((("x",), "such as 90s, 15m or 8h, not 'x'"), ((), "such as 90s, 15m or 8h, not ''"),
                           (("15m", "--weeks"), "not --weeks"), (("6s",), "6 s are too short")):
            code, said = self.soak(*flags)
            self.assertEqual((code, said.count("\n")), (2, 1), said)
            self.assertIn(why, said)


if __name__ == "__main__":
    unittest.main()
