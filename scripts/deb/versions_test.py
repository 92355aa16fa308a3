"""Every program says the same version. TVL_PROGRAMS: those that are installed, with a colon between them."""

import os
import subprocess
import sys
import tempfile
import unittest

from tvl import ROOT
from tvl.version import version

PROGRAMS = os.environ.get("TVL_PROGRAMS", "").split(":")


def said_by(*command):
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


class Versions(unittest.TestCase):
    def test_every_program_prints_it(self):
        for program in (*filter(os.path.exists, PROGRAMS), f"{ROOT}/scripts/tvl-results"):
            with self.subTest(program):
                command = [sys.executable, "-B", program] if program.endswith("tvl-results") else [program]
                self.assertEqual(said_by(*command), (0, f"{os.path.basename(program)} {version()}\n", ""))

    def test_so_does_a_subcommand(self):
        for suite in (program for program in PROGRAMS if program.endswith("/tvl-suite") and os.path.exists(program)):
            self.assertEqual(said_by(suite, "doctor"), (0, f"tvl-suite {version()}\n", ""))

    def test_sources_without_a_repository_have_a_number(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/CMakeLists.txt", "w", encoding="utf-8") as file:
                file.write("cmake_minimum_required(VERSION 3.25)\nproject(threads_vs_loop VERSION 1.2.3 LANGUAGES CXX)\n")
            self.assertEqual(version(folder), "1.2.3")


if __name__ == "__main__":
    unittest.main()
