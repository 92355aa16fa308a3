import json
import os
import shutil
import sys

from tvl import ROOT
from tvl.testing import synthetic_profiles, tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import ENVIRONMENT, point, write

README = "Look:\n<!-- results:table:begin -->\nold\n<!-- results:table:end -->\n"


class Publish(Folder):
    def setUp(self):
        super().setUp()
        self.root = os.path.join(self.folder, "project")
        shutil.copytree(os.path.join(ROOT, "scripts"), os.path.join(self.root, "scripts"), ignore=shutil.ignore_patterns("*_test.py", "__pycache__"))
        shutil.copytree(os.path.join(ROOT, "bench", "workloads"), os.path.join(self.root, "bench", "workloads"))
        with open(os.path.join(self.root, "README.md"), "w", encoding="utf-8") as file:
            file.write(README)
        self.run_folder = os.path.join(self.folder, "run")
        os.makedirs(self.run_folder)

    def publish(self, **environment):
        done = tvl_results.start("publish", self.run_folder, root=self.root, **environment)
        return done.returncode, done.stderr

    def reference(self, *names):
        return os.path.join(self.root, "results", "reference", *names)

    def test_points_charts_report_and_readme_are_the_runs(self):
        os.makedirs(self.reference("charts"))
        for kept, name in ((True, "syscalls.json"), (False, "charts/old.svg")):
            with open(self.reference(name), "w", encoding="utf-8") as file:
                file.write("[]" if kept else "<svg/>")
        found = [point(contestant=name, repetition=i, position=place, cpu=cpu) for i in range(3)
                 for place, (name, cpu) in enumerate((("asio_threads", 20.0), ("asio_loop", 10.0)))]
        for record in found:
            record["latency"]["response"]["hdr"] = "HISTFAAA"
        write(self.run_folder, found, {**ENVIRONMENT, "command": "tvl-suite --output /folder/run --quick"})
        self.assertEqual(self.publish()[0], 0)
        with open(self.reference("points.jsonl"), encoding="utf-8") as file:
            kept = [json.loads(line) for line in file]
        with open(self.reference("environment.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["command"], "tvl-suite --quick")
        self.assertEqual({record["latency"]["response"]["hdr"] for record in kept}, {None})
        self.assertEqual([record["server"] for record in kept], [record["server"] for record in found])
        there = set(os.listdir(self.reference())) | {f"charts/{name}" for name in os.listdir(self.reference("charts"))}
        self.assertLessEqual({"syscalls.json", "report.html", "environment.json", "charts/connections.svg"}, there)
        self.assertFalse(there & {"charts/old.svg", "charts/panels", "charts/connections.png"})
        with open(os.path.join(self.root, "README.md"), encoding="utf-8") as file:
            self.assertIn("| CPU per request, µs, at 64 | 20.0 (20.0 to 20.0) | 10.0 (10.0 to 10.0) |", file.read())

    def test_profiles_come_along(self):
        passes = synthetic_profiles.passes(self.run_folder)
        points = [record for record in passes if record["profile"] is None]
        synthetic_profiles.write_run(self.run_folder, passes, points)
        self.assertEqual(self.publish()[0], 0)
        self.assertEqual(sorted(os.listdir(self.reference("profiles"))),
                         sorted(os.listdir(os.path.join(self.run_folder, "profiles"))))
        self.assertTrue(os.path.exists(self.reference("charts", "connections.cost_bar.svg")))
        shutil.rmtree(os.path.join(self.run_folder, "profiles"))
        self.assertEqual(self.publish()[0], 0)
        self.assertFalse(os.path.exists(self.reference("profiles")))

    def test_without_matplotlib_nothing_is_changed(self):
        with open(os.path.join(self.folder, "matplotlib.py"), "w", encoding="utf-8") as file:
            file.write("raise ImportError('there is no matplotlib')")
        write(self.run_folder, [point()])
        self.assertEqual(self.publish(PYTHONPATH=self.folder),
                         (2, f"publish: there is no matplotlib in {sys.executable}: run scripts/setup\n"))
        self.assertFalse(os.path.exists(self.reference()))

    def test_what_is_no_run_changes_nothing(self):
        code, said = self.publish()
        self.assertEqual((code, len(said.splitlines())), (2, 1))
        self.assertFalse(os.path.exists(self.reference()))
