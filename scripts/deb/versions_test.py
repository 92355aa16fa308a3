"""Every program says the same version.

TVL_PROGRAMS: those that are installed, with a colon between them; TVL_VERSION: that of their build, which is older than
the sources' where there was a commit since then.
"""

import os
import subprocess
import sys
import tempfile
import unittest

from tvl import ROOT
from tvl.version import version

PROGRAMS = list(filter(os.path.exists, os.environ.get("TVL_PROGRAMS", "").split(":")))
VERSION = os.environ.get("TVL_VERSION") or version()


def said_by(*command):
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


class Versions(unittest.TestCase):
    def test_every_program_prints_it(self):
        for program in PROGRAMS:
            with self.subTest(program):
                self.assertEqual(said_by(program), (0, f"{os.path.basename(program)} {VERSION}\n", ""))

    def test_so_does_a_subcommand(self):
        for suite in (program for program in PROGRAMS if program.endswith("/tvl-suite")):
            self.assertEqual(said_by(suite, "doctor"), (0, f"tvl-suite {VERSION}\n", ""))

    def test_tvl_results_prints_that_of_the_sources(self):
        said = said_by(sys.executable, "-B", f"{ROOT}/scripts/tvl-results")
        self.assertEqual(said, (0, f"tvl-results {version()}\n", ""))
        self.assertEqual(version().split()[0], VERSION.split()[0])

    def test_sources_without_a_repository_have_a_number(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/CMakeLists.txt", "w", encoding="utf-8") as file:
                file.write("cmake_minimum_required(VERSION 3.25)\nproject(threads_vs_loop VERSION 1.2.3 LANGUAGES CXX)\n")
            self.assertEqual(version(folder), "1.2.3")


if __name__ == "__main__":
    unittest.main()
