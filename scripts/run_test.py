"""scripts/run with a fake suite and a fake build: its arguments, files and output."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
STUB = '"""A fake."""\n\n\ndef add_arguments(parser):\n    parser.add_argument("folder")\n\n\ndef main(arguments):\n    return 0\n'
SUITE = f"""#!{sys.executable} -B
import os, signal, sys
sys.path.insert(0, {HERE!r})
from tvl.testing import synthetic_points as made
if "--list-programs" in sys.argv:
    print("asio_loop", "asio_uring", "tvl-load", sep="\\n")
    sys.exit()
resumed = "--resume" in sys.argv
folder = sys.argv[sys.argv.index("--resume" if resumed else "--output") + 1]
os.makedirs(folder, exist_ok=resumed)
print("tvl-suite in", os.getcwd())
open(f"{{folder}}/run.json", "w").close()
print("resumed" if resumed else "begun", folder, flush=True)
if "--nothing" not in sys.argv:
    more = dict(valid=False, reasons=["impossible: 9 replies/s"]) if "--impossible" in sys.argv else dict()
    made.write(folder, [made.point(contestant=name, position=p, **more) for p, name in enumerate(made.TITLES)],
               environment={{**made.ENVIRONMENT, "quick": "--full" not in sys.argv}})
if "--more" in sys.argv:
    print("more of", open(sys.argv[sys.argv.index("--more") + 1]).read(), end="")
    sys.exit()
if "--bad" in sys.argv:
    sys.exit(2)
if "--wait" in sys.argv:
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
    print("ready", flush=True)
    signal.pause()
sys.exit("--left-out" in sys.argv)
"""

UNDECIDED_ONCE = STUB.replace("    return 0", """    import os
    if arguments.ended:
        print("ended:", arguments.ended)
    elif not os.path.exists(arguments.folder + "/asked"):
        open(arguments.folder + "/asked", "w").close()
        print("connections/asio_loop/64")
    return 0""").replace('"folder")', '"folder")\n    parser.add_argument("--ended")')


class Run(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = temporary.name
        shutil.copytree(HERE, f"{self.root}/scripts", ignore=shutil.ignore_patterns("__pycache__"))
        self.program("build/bin/tvl-suite", SUITE)
        self.program("path/cmake", f'#!/bin/bash\necho "$@" >> {self.root}/cmake.log\n')
        self.environment = {**os.environ, "PATH": f"{self.root}/path:{os.environ['PATH']}"}

    def quick(self):
        """Without drawing and without looking for packages, which take longer than all the rest: the first test does it."""
        self.program("scripts/setup", "#!/bin/bash\n")
        self.program("scripts/tvl/commands/plot.py", STUB)

    def program(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(full, stat.S_IRWXU)

    def start(self, *flags, folder="."):
        return subprocess.Popen([f"{self.root}/scripts/run", *flags], env=self.environment, text=True,
                                cwd=os.path.join(self.root, folder), start_new_session=True, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)

    def finish(self, *flags, folder="."):
        started = self.start(*flags, folder=folder)
        said, _ = started.communicate(timeout=120)
        return started.returncode, said

    def output(self):
        (name,) = os.listdir(f"{self.root}/results")
        self.assertRegex(name, rf"^\d{{4}}-\d\d-\d\d-\d{{6}}-{os.uname().nodename}$")
        return f"{self.root}/results/{name}"

    def test_it_builds_measures_draws_and_prints(self):
        code, said = self.finish()
        self.assertEqual(code, 0, said)
        self.assertTrue(os.path.exists(f"{self.output()}/charts/connections.svg"))
        self.assertIn("asio_loop", said)
        self.assertRegex(said, r"Report: results/.*/report.html\n$")
        with open(f"{self.root}/cmake.log", encoding="utf-8") as file:
            self.assertIn("--target tvl-suite contestants tvl-load tvl-upstream\n", file.read())

    def test_a_selection_builds_what_it_needs(self):
        self.quick()
        self.program("path/ninja", '#!/bin/bash\n[ "${*: -1}" != asio_uring ]\n')  # which cannot be built here
        code, said = self.finish("--quick")
        self.assertEqual(code, 0, said)
        with open(f"{self.root}/cmake.log", encoding="utf-8") as file:
            targets = [line.split("--target ")[1] for line in file if "--target" in line]
        self.assertEqual(targets, ["tvl-suite tvl-load asio_loop asio_threads\n", "tvl-suite asio_loop tvl-load\n"])

    def test_a_contestant_left_out_is_passed_on_after_drawing(self):
        self.quick()
        code, said = self.finish("--left-out")
        self.assertEqual(code, 1, said)
        self.assertTrue(os.path.exists(f"{self.output()}/report.html"))

    def test_a_point_above_its_ceiling_fails_the_run_after_drawing(self):
        self.quick()
        code, said = self.finish("--impossible")
        self.assertEqual(code, 1, said)
        self.assertIn("report: connections: asio_loop at 64: impossible: 9 replies/s\n", said)
        self.assertRegex(said, r"Report: results/.*/report.html\n$")

    def test_the_points_of_undecided_claims_are_repeated_until_they_are_decided(self):
        self.quick()
        self.program("scripts/tvl/commands/undecided.py", UNDECIDED_ONCE)
        code, said = self.finish("--full", "--left-out")
        self.assertEqual(code, 1, said)
        self.assertEqual(said.count("more of connections/asio_loop/64\n"), 1, said)
        self.assertIn("ended: decided\n", said)
        self.assertTrue(os.path.exists(f"{self.output()}/report.html"))

    def test_a_quick_run_repeats_nothing(self):
        self.quick()
        self.program("scripts/tvl/commands/undecided.py", UNDECIDED_ONCE)
        code, said = self.finish()
        self.assertEqual(code, 0, said)
        self.assertNotIn("more of", said)

    def test_a_refusal_draws_nothing(self):
        self.quick()
        code, said = self.finish("--bad")
        self.assertEqual(code, 2, said)
        self.assertFalse(os.path.exists(f"{self.output()}/report.html"))

    def test_nothing_measured_is_said(self):
        self.quick()
        code, said = self.finish("--nothing", "--left-out")
        self.assertEqual(code, 1)
        self.assertIn("no point was measured", said)

    def test_ctrl_c_keeps_and_draws_what_was_measured(self):
        self.quick()
        started = self.start("--wait")
        for line in started.stdout:
            if line == "ready\n":
                break
        os.killpg(started.pid, signal.SIGINT)  # a terminal sends it to the whole foreground process group
        said, _ = started.communicate(timeout=120)
        self.assertEqual(started.returncode, 130, said)
        self.assertIn("interrupted: what was measured is kept in results/", said)
        self.assertTrue(os.path.exists(f"{self.output()}/report.html"))

    def test_the_newest_run_is_resumed(self):
        self.quick()
        self.assertEqual(self.finish("--resume")[0], 2)
        for age, name in enumerate(("new", "old")):
            os.makedirs(f"{self.root}/results/{name}")
            with open(f"{self.root}/results/{name}/run.json", "w", encoding="utf-8"):
                pass
            os.utime(f"{self.root}/results/{name}/run.json", (1e9 - age, 1e9 - age))
        os.makedirs(f"{self.root}/results/reference")  # newer, but not a run
        code, said = self.finish("--resume")
        self.assertEqual(code, 0, said)
        self.assertIn("resumed results/new\n", said)
        self.assertTrue(os.path.exists(f"{self.root}/results/new/report.html"))
        code, said = self.finish("--resume", "results/old")
        self.assertIn("resumed results/old\n", said)
        code, said = self.finish("--resume", "results/old", "--quick")
        self.assertEqual(code, 2)
        self.assertIn("no other flag", said)

    def test_names_of_files_are_relative_to_the_caller(self):
        self.quick()
        os.makedirs(f"{self.root}/elsewhere")
        code, said = self.finish("--quick", "--contestant", "mine.toml", "--output", "out", folder="elsewhere")
        self.assertEqual(code, 0, said)
        self.assertIn(f"tvl-suite in {self.root}/elsewhere\n", said)
        self.assertIn("begun out\n", said)
        self.assertTrue(said.endswith("Report: out/report.html\n"), said)
        self.assertTrue(os.path.exists(f"{self.root}/elsewhere/out/report.html"))
        self.assertFalse(os.path.exists(f"{self.root}/results"))
        code, said = self.finish("--resume", "out", folder="elsewhere")
        self.assertEqual(code, 0, said)
        self.assertIn("resumed out\n", said)

    def test_without_an_output_results_go_to_the_project_from_anywhere(self):
        self.quick()
        os.makedirs(f"{self.root}/elsewhere")
        code, said = self.finish("--quick", folder="elsewhere")
        self.assertEqual(code, 0, said)
        self.assertIn(f"Report: {self.output()}/report.html\n", said)
        code, said = self.finish("--resume", folder="elsewhere")
        self.assertIn(f"resumed {self.output()}\n", said)

    def test_the_output_is_new_and_checked_before_anything_is_built(self):
        self.quick()
        for flags in (("--output=out",), ("--output", "out")):
            shutil.rmtree(f"{self.root}/out", ignore_errors=True)
            self.assertEqual(self.finish(*flags)[0], 0)
            self.assertTrue(os.path.exists(f"{self.root}/out/report.html"))
        os.remove(f"{self.root}/cmake.log")
        for flags, why in ((("--output", "out"), "out already holds a run"), (("--output",), "--output takes the name"),
                           (("--output=",), "--output takes the name"),
                           (("--resume", "out", "--output", "new"), "no other flag")):
            code, said = self.finish(*flags)
            self.assertEqual(code, 2, said)
            self.assertEqual(said.count("\n"), 1, said)
            self.assertIn(why, said)
        self.assertFalse(os.path.exists(f"{self.root}/cmake.log"))

    def test_a_failed_build_shows_its_reason(self):
        self.quick()
        self.program("path/cmake", "#!/bin/bash\n[ $1 = --preset ] && exit\necho 'error: no such thing'\nexit 1\n")
        code, said = self.finish()
        self.assertEqual(code, 2)
        self.assertIn("    error: no such thing\n", said)
        self.assertFalse(os.path.exists(f"{self.root}/results"))


if __name__ == "__main__":
    unittest.main()
