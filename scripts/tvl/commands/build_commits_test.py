import argparse
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import tomllib
import unittest
from unittest import mock

from tvl.commands import build_commits
from tvl.data.records import BadInput

# Notes what it was started with, and what lies beside each manifest.
SUITE = f"""#!{sys.executable} -B
import json, os, signal, sys
words = sys.argv[1:]
folder = words[words.index("--output") + 1]
os.makedirs(folder)
files = [words[i + 1] for i, word in enumerate(words) if word == "--contestant"]
seen = [(file, open(file, encoding="utf-8").read(), sorted(os.listdir(os.path.dirname(file)))) for file in files]
with open(folder + "/seen.json", "w", encoding="utf-8") as file:
    json.dump([words, seen], file)
MORE
"""
MANIFEST = '''# mine
command = ["./server", "{port}"]
build = [
  ["make", "server"],
]
name = "mine"  # a name
versus = "asio_loop"
[endpoints]
plaintext = "/"
'''
WHO = ("-c", "user.name=a", "-c", "user.email=a@b")


class TwoCommits(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root, self.repository = (os.path.join(os.path.realpath(temporary.name), part) for part in ("tvl", "mine"))
        os.makedirs(f"{self.root}/bench/workloads")
        self.write(f"{self.root}/bench/workloads/connections.toml", "")
        self.suite("")
        for patched in (mock.patch.object(build_commits, "ROOT", self.root),
                        mock.patch.object(build_commits, "KEPT", f"{self.root}/build/compare"),
                        mock.patch.dict(os.environ, {"TMPDIR": f"{self.root}/tmp"}),
                        mock.patch.object(tempfile, "tempdir", f"{self.root}/tmp")):
            patched.start()
            self.addCleanup(patched.stop)
        os.makedirs(f"{self.root}/tmp")
        self.git("init", "-q", self.repository, where=self.root)
        self.commit("one", {"server": "1"})
        self.commit("two", {"server": "2", "deploy/mine.toml": MANIFEST})

    def write(self, path, text):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def suite(self, more):
        path = f"{self.root}/build/bin/tvl-suite"
        self.write(path, SUITE.replace("MORE", more))
        os.chmod(path, stat.S_IRWXU)

    def git(self, *words, where=None):
        return subprocess.run(("git", "-C", where or self.repository, *WHO, *words), check=True, capture_output=True,
                              text=True).stdout

    def commit(self, message, files):
        for name, text in files.items():
            self.write(f"{self.repository}/{name}", text)
        self.git("add", "-A")
        self.git("commit", "-qm", message)

    def measured(self, *commits, **more):
        """(old contestant, new contestant, words of tvl-suite, [(manifest's file, its text, what lies beside it)])"""
        options = {"commits": commits or ("HEAD~1", "HEAD"), "contestant": None, "endpoint": None,
                   "manifest": f"{self.repository}/deploy/mine.toml", "repo": self.repository,
                   "workload": "connections", "repetitions": None, "quick": False, "apart": False, **more}
        folder, *sides = build_commits.measured(argparse.Namespace(**options))
        with open(f"{folder}/seen.json", encoding="utf-8") as file:
            words, seen = json.load(file)
        return *sides, words, seen

    def assert_nothing_is_left(self):
        self.assertEqual(os.listdir(f"{self.root}/tmp"), [])
        self.assertEqual(self.git("worktree", "list").count("\n"), 1)
        self.assertEqual(self.git("status", "--porcelain"), "")

    def test_each_commit_has_a_folder_and_a_manifest_with_a_name_of_its_own(self):
        old, new, words, seen = self.measured()
        self.assertEqual((old, new), ("mine_old", "mine_new"))
        self.assertEqual([os.path.basename(file) for file, _, _ in seen], ["mine_old.toml", "mine_new.toml"])
        for (file, text, _), commit in zip(seen, ("HEAD~1", "HEAD")):
            found = tomllib.loads(text)
            tree = os.path.dirname(os.path.dirname(file))
            self.assertEqual(os.path.basename(os.path.dirname(file)), "deploy", "{dir} is the manifest's folder")
            self.assertEqual(found["title"], f"mine, commit {self.git('rev-parse', '--short=12', commit).strip()}")
            self.assertEqual(found["cwd"], tree)
            self.assertEqual(found["build"], [["make", "server"]])
            self.assertNotIn("versus", found)
            self.assertEqual(found["endpoints"], {"plaintext": "/"})
        self.assertIn("--only", words)
        self.assertNotEqual(*(os.path.dirname(file) for file, _, _ in seen))
        self.assertIn("mine.toml", seen[1][2])
        self.assert_nothing_is_left()

    def test_the_repository_is_by_default_that_of_the_current_folder(self):
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(f"{self.repository}/deploy")
        old, _, _, seen = self.measured("HEAD", "HEAD", manifest="mine.toml", repo=None)
        self.assertEqual(old, "mine_old")
        self.assertTrue(tomllib.loads(seen[0][1])["cwd"].endswith("/old/deploy"), "names are relative to it")

    def test_a_manifest_outside_the_repository_lies_at_the_top_of_each_commit(self):
        self.write(f"{self.root}/outside.toml", 'name = "out"\ncommand = ["{dir}/server"]\n')
        old, new, _, seen = self.measured(manifest=f"{self.root}/outside.toml")
        self.assertEqual((old, new), ("out_old", "out_new"))
        self.assertEqual([beside for _, _, beside in seen], [[".git", "out_old.toml", "server"],
                                                             [".git", "deploy", "out_new.toml", "server"]])

    def test_they_are_measured_together_unless_told_otherwise(self):
        self.assertIn("--together", self.measured()[2])
        with mock.patch.object(build_commits.time, "strftime", return_value="apart"):
            self.assertNotIn("--together", self.measured(apart=True)[2])

    def test_a_quick_comparison_has_repetitions_enough_for_a_regression(self):
        self.assertIn("--benchmark_repetitions=5", self.measured(quick=True)[2])
        with mock.patch.object(build_commits.time, "strftime", return_value="full"):
            self.assertNotIn("benchmark_repetitions", " ".join(self.measured()[2]))

    def test_bad_input_is_one_line_and_leaves_nothing(self):
        self.write(f"{self.repository}/bad/name.toml", 'name = """\nmine"""\n')
        self.write(f"{self.repository}/bad/none.toml", 'title = "mine"\n')
        for why, commits, more in (
                ("has no commit nothing$", ("nothing", "HEAD"), {}), ("has no commit $", ("HEAD", ""), {}),
                ("there is no file .*/none.toml", (), {"manifest": f"{self.root}/none.toml"}),
                ("not a git repository", (), {"repo": self.root}),
                ("no workload conn: did you mean connections", (), {"workload": "conn"}),
                ("none.toml: has no name", (), {"manifest": f"{self.repository}/bad/none.toml"}),
                ("name.toml: 'name', 'title' and 'versus' need a line each", (),
                 {"manifest": f"{self.repository}/bad/name.toml"})):
            with self.assertRaisesRegex(BadInput, why) as caught:
                self.measured(*commits, **more)
            self.assertNotIn("\n", str(caught.exception))
        subprocess.run(("rm", "-r", f"{self.repository}/bad"), check=True)
        self.assert_nothing_is_left()

    def test_changes_without_a_commit_are_refused_and_new_files_are_not(self):
        self.write(f"{self.repository}/new", "")
        self.assertEqual(self.measured()[0], "mine_old")
        self.write(f"{self.repository}/server", "3")
        with self.assertRaisesRegex(BadInput, "has changes that no commit has, in server: commit or stash them"):
            self.measured()

    def test_a_server_that_does_not_build_is_named_in_one_line(self):
        self.suite(f"""
with open(folder + "/points.jsonl", "w", encoding="utf-8") as file:
    print(json.dumps({{"schema": 1, "workload": "connections", "contestant": "mine_old",
                      "left_out": {{"status": "failed", "reason": "its build ended with 2"}}}}), file=file)
sys.exit(1)""")
        with self.assertRaisesRegex(BadInput, "^mine_old: failed: its build ended with 2$"):
            self.measured()
        self.assert_nothing_is_left()

    def test_on_ctrl_c_the_suite_ends_first_and_nothing_is_left(self):
        self.suite(f"""
signal.signal(signal.SIGTERM, lambda *_: (open({self.root + '/ended'!r}, "w").close(), sys.exit(130)))
os.kill(os.getppid(), signal.SIGINT)
signal.pause()""")
        with self.assertRaises(KeyboardInterrupt):
            self.measured()
        self.assertTrue(os.path.exists(f"{self.root}/ended"))
        self.assert_nothing_is_left()

    def test_an_interrupted_suite_interrupts(self):
        self.suite("sys.exit(130)")
        with self.assertRaises(KeyboardInterrupt):
            self.measured()

    def test_a_server_of_this_project_is_built_once_for_a_commit(self):
        self.commit("three", {"servers/asio_loop.toml": 'name = "asio_loop"\ncommand = ["{bin}/asio_loop", "{port}"]\n'})
        with (mock.patch.object(build_commits, "ROOT", self.repository),
              mock.patch.object(build_commits, "cached_compiler", return_value="c++"),
              mock.patch.object(build_commits, "call", side_effect=self.fake_cmake) as called):
            source = build_commits.Source(self.repository, "servers/asio_loop.toml", True)
            for _ in range(2):
                with build_commits.worktree(self.repository, "HEAD", f"{self.root}/tmp/tree") as tree:
                    name, file = build_commits.prepared(source, tree, "abc", "new")
                    with open(file, "rb") as opened:
                        found = tomllib.load(opened)
        self.assertEqual(called.call_count, 2, "configured and built")
        self.assertEqual(name, "asio_loop_new")
        self.assertEqual(found, {"name": "asio_loop_new", "title": "asio_loop, commit abc",
                                 "command": [f"{self.root}/build/compare/abc/asio_loop", "{port}"]})
        with self.assertRaisesRegex(BadInput, "no contestant at abc asio_lop: did you mean asio_loop"):
            build_commits.check_contestant(self.repository, "servers/asio_lop.toml", "abc")
        self.assert_nothing_is_left()

    def fake_cmake(self, words, **_):
        if words[1] == "--build":
            self.write(f"{words[2]}/bin/asio_loop", "program")
        return 0


if __name__ == "__main__":
    unittest.main()
