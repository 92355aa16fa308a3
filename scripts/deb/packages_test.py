"""The Debian packages: what they depend on, and that programs work where they are unpacked.

TVL_BUILD: the build folder whose programs are packed; TVL_PROGRAMS: all programs, with a colon between them;
TVL_VERSION: theirs.
"""

import glob
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD = os.environ.get("TVL_BUILD", "")
PROGRAMS = os.environ.get("TVL_PROGRAMS", "").split(":")
VERSION = os.environ.get("TVL_VERSION", "")
TOOLS = ("cpack", "dpkg-deb", "dpkg-shlibdeps", "file", "readelf")
COMPLETIONS = "usr/share/bash-completion/completions"
# `complete` would print what _tvl finds only to a terminal.
COMPLETE = """shopt -u progcomp_alias; . "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_tvl "$1" "${*: -1}" "${*: -2:1}"; printf '%s\\n' "${COMPREPLY[@]}"
"""


def run(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, timeout=120, check=True, **options).stdout


def skip(why):
    print(f"skipped: {why}", file=sys.stderr)
    raise unittest.SkipTest(why)


def setUpModule():
    """Packs and unpacks once for all tests."""
    if absent := [tool for tool in TOOLS if not shutil.which(tool)]:
        skip(f"no {absent[0]} here, scripts/setup --packages installs it")
    if unbuilt := [os.path.basename(program) for program in PROGRAMS if not os.path.exists(program)]:
        skip(f"{unbuilt[0] or 'no program'} is not built")
    folder = unittest.enterModuleContext(tempfile.TemporaryDirectory())
    Packages.folder, Packages.root = folder, f"{folder}/root"
    # Without what takes the most time: to find the programs, CPack starts three processes for each file.
    run("cpack", "--config", f"{BUILD}/CPackConfig.cmake", "-B", folder, "-D", "CPACK_STRIP_FILES=OFF",
        "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=none", "-D", "CPACK_DEBIAN_SUITE_PACKAGE_SHLIBDEPS=OFF", cwd=folder)
    for name in ("threads-vs-loop", "threads-vs-loop-load"):
        (file,) = glob.glob(f"{folder}/{name}_*.deb")
        Packages.files[name] = file
        paths = run("dpkg-deb", "-X", file, Packages.root).splitlines()
        Packages.contents[name] = {path for path in paths if not path.endswith("/")}


class Packages(unittest.TestCase):
    folder = root = ""
    files, contents = {}, {}

    def program(self, name, *words, **options):
        return run(f"{self.root}/usr/bin/{name}", *words, cwd=self.folder, **options)

    def field(self, package, name):
        return run("dpkg-deb", "-f", self.files[package], name).strip()

    def test_dependencies_are_found(self):
        both = self.field("threads-vs-loop", "Depends")
        self.assertIn(f"threads-vs-loop-load (= {self.field('threads-vs-loop-load', 'Version')})", both)
        for name in ("python3-jinja2", "python3-matplotlib", "python3-numpy"):
            self.assertIn(name, both)
        self.assertRegex(self.field("threads-vs-loop-load", "Depends"), r"\blibc6 \(>= .*\blibstdc\+\+6 ")

    def test_no_other_program_loads_mpi(self):
        for program in PROGRAMS:
            needed = run("readelf", "-d", program)
            self.assertIn("[libc.so.6]", needed)
            self.assertEqual("libmpi" in needed, program.endswith("/tvl-load-rank"), program)

    def test_the_load_package_is_the_generator_alone(self):
        alone = self.contents["threads-vs-loop-load"]
        self.assertFalse(alone & self.contents["threads-vs-loop"])
        programs = {os.path.basename(path) for path in alone if "/libexec/" in path}
        self.assertEqual(programs, {"tvl-load", "tvl-load-rank"} & set(map(os.path.basename, PROGRAMS)))

    def test_every_program_is_there_and_says_its_version(self):
        packed = os.listdir(f"{self.root}/usr/libexec/threads-vs-loop")
        self.assertEqual(sorted(packed), sorted(map(os.path.basename, PROGRAMS)))
        for name in os.listdir(f"{self.root}/usr/bin"):
            self.assertEqual(self.program(name, "--version"), f"{name} {VERSION}\n")

    def test_tests_and_caches_are_left_out(self):
        for path in self.contents["threads-vs-loop"]:
            self.assertNotRegex(path, r"_test\.|/testing/|__pycache__|CMake")

    def test_workloads_and_manifests_are_found(self):
        listed = self.program("tvl-suite", "--list")
        for name in ("connections", "asio_loop", "asio_loops_processes", "nginx"):
            self.assertRegex(listed, rf"(?m)^{name} ")

    def test_a_run_goes_to_the_working_folder_and_has_a_report(self):
        self.program("tvl-suite", "--quick", "--workload", "connections", "--only", "--contestant", "asio_loop",
                     "--seconds", "50ms", "--benchmark_repetitions=1", "--idle-wait", "0", "--shared-core",
                     "--beside-other-work", "--benchmark_filter=/1$")
        (found,) = glob.glob(f"{self.folder}/results/*")
        with open(f"{found}/environment.json", encoding="utf-8") as file:
            recorded = json.load(file)
        self.assertIn(recorded["commit"] or "", VERSION)
        self.assertEqual(recorded["commit"] is None, "(" not in VERSION)
        identity = recorded["contestants"]["asio_loop"]["identity"]
        self.assertEqual(identity["program"]["path"], f"{self.root}/usr/libexec/threads-vs-loop/asio_loop")
        self.assertEqual(identity["manifest"]["path"], "servers/asio_loop.toml")
        self.assertTrue(recorded["rules"])
        self.program("tvl-results", "report", found)
        self.assertTrue(os.path.exists(f"{found}/report.html"))

    def test_several_generator_processes_are_started(self):
        with subprocess.Popen([f"{self.root}/usr/libexec/threads-vs-loop/asio_threads"], text=True,
                              stdout=subprocess.PIPE) as server:
            self.addCleanup(server.kill)
            url = f"http://{server.stdout.readline().split()[-1]}/plaintext"
            said = self.program("tvl-load", url, "-c", "2", "--processes", "2", "-d", "100ms", "--warmup", "0", "--json", "-")
            server.terminate()
        self.assertGreater(json.loads(said)["throughput"], 0)

    def test_what_needs_the_sources_is_not_offered(self):
        offered = self.program("tvl-results", "--help")
        self.assertIn("  report ", offered)
        self.assertNotIn("  freeze ", offered)

    def test_manual_pages(self):
        pages = glob.glob(f"{self.root}/usr/share/man/man1/*.1.gz")
        if not pages:
            self.skipTest("made without help2man")
        self.assertEqual({os.path.basename(page)[:-5] for page in pages}, set(os.listdir(f"{self.root}/usr/bin")))
        for page in pages:
            name = os.path.basename(page)[:-5]
            with gzip.open(page, "rt", encoding="utf-8") as file:
                text = file.read()
            self.assertRegex(text, rf'(?m)^\.TH {name.upper()} "1" ')
            self.assertRegex(text, rf"(?m)^{name} \\- ")
            self.assertNotIn("Option Group", text)
            if shutil.which("man"):
                shown = subprocess.run(["man", "--warnings", "-l", page], capture_output=True, text=True, check=True,
                                       env={**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8"})
                self.assertEqual(shown.stderr, "")
                self.assertIn("SYNOPSIS", shown.stdout)

    def test_completion(self):
        def completed(*words):
            said = run("bash", "-c", COMPLETE, f"{self.root}/{COMPLETIONS}/{words[0]}", f"{self.root}/usr/bin/{words[0]}",
                       *words[1:])
            return said.split()
        self.assertEqual(completed("tvl-load", "--conn"), ["--connections"])
        self.assertEqual(completed("tvl-suite", "--quick", "--benchmark_rep"), ["--benchmark_repetitions="])
        self.assertEqual(completed("tvl-suite", "doctor", "--js"), ["--json"])
        self.assertEqual(completed("tvl-suite", "--workload", "connect"), ["connections"])
        self.assertIn("asio_loop", completed("tvl-suite", "--contestant", "asio_lo"))


if __name__ == "__main__":
    unittest.main()
