import os
import unittest
from unittest import mock

from tvl import cli
from tvl.commands import doctor, freeze
from tvl.data import points
from tvl.testing import tvl_results
from tvl.testing.run_folder import Folder
from tvl.testing.synthetic_points import point, write


class Faults(Folder):
    def crash(self, error, **environment):
        with mock.patch.object(points, "load", side_effect=error), mock.patch.dict(os.environ, environment):
            return tvl_results.run("doctor", self.folder)

    def test_a_crash_is_one_line_and_exit_70(self):
        for error in (KeyError("a\nb"), RecursionError("deep"), AssertionError(), MemoryError()):
            done = self.crash(error)
            self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (70, "", 1), done.stderr)
            self.assertIn(f"doctor: a fault of this program: {type(error).__name__}: ", done.stderr)

    def test_the_traceback_is_shown_where_it_is_asked_for(self):
        done = self.crash(ValueError("x"), TVL_DEBUG="1")
        self.assertEqual(done.returncode, 70)
        self.assertIn("Traceback", done.stderr)
        self.assertIn(doctor.__file__, done.stderr)

    def test_every_command_ends_so(self):
        for name, module in cli.COMMANDS.items():
            with mock.patch(f"{module}.add_arguments", side_effect=ZeroDivisionError), self.subTest(name):
                self.assertEqual(tvl_results.run(name).returncode, 70)

    def test_an_error_is_one_printable_line(self):
        done = self.crash(points.BadInput("a\n\x1b[31m"))
        self.assertEqual((done.returncode, done.stderr), (2, "doctor: a \\x1b[31m\n"))

    def test_ctrl_c_is_exit_130(self):
        with mock.patch.object(freeze, "main", side_effect=KeyboardInterrupt):
            self.assertEqual(tvl_results.run("freeze").returncode, 130)


class Outputs(Folder):
    def test_a_file_that_cannot_be_written_is_refused_before_the_run_is_read(self):
        with mock.patch.object(points, "load", side_effect=AssertionError("it was read")):
            for command, words in (("export", ("--format", "csv", "--output")), ("noise", ("--output",))):
                done = tvl_results.run(command, self.folder, *words, "/nowhere/x")
                self.assertEqual((done.returncode, done.stderr),
                                 (2, f"{command}: --output: /nowhere is no folder\n"))
                done = tvl_results.run(command, self.folder, *words, self.folder)
                self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1), done.stderr)


class Terminal(Folder):
    def test_a_terminal_without_utf_8_gets_what_it_can_show(self):
        folder = os.path.join(os.fsencode(self.folder), b"\xff")
        os.makedirs(folder)
        write(os.fsdecode(folder), [point(repetition=r) for r in range(5)])
        done = tvl_results.start("compare", os.fsdecode(folder), os.fsdecode(folder), PYTHONIOENCODING="ascii")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("\\ufffd / \\ufffd", done.stdout)


if __name__ == "__main__":
    unittest.main()
