"""The commands of the documents do what a reader expects of them: none is unknown, misspelt or out of date.

Blocks ```sh of every Markdown file run in order, in a folder with a run of every name that the documents use.
scripts/tvl/testing/documented_commands.sh says what runs for real. Of commands in a sentence the flags are looked up.

TVL_BIN: the folder of the programs; default: the newest of build*/bin.
"""

import contextlib
import functools
import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

from tvl import ROOT
from tvl.testing import documents
from tvl.testing.synthetic_points import ENVIRONMENT, point, write

COMMANDS = os.path.join(ROOT, "scripts", "tvl", "testing", "documented_commands.sh")
BIN = os.environ.get("TVL_BIN") or next(iter(sorted(glob.glob(f"{ROOT}/build*/bin"), key=os.path.getmtime)[::-1]), None)
LANGUAGES = {"sh", "diff", "json", "text", "toml"}
# What a document's commands, scripts/run and scripts/test may call. Anything else is unknown.
TOOLS = ("awk", "basename", "bash", "cat", "cp", "cut", "date", "dirname", "find", "grep", "head", "ls", "mkdir",
         "mktemp", "ninja", "nproc", "perl", "rm", "sed", "sleep", "tail", "tee", "timeout", "uname")
CONTESTANTS = ("asio_threads", "asio_loop", "posix_loop", "asio_threads")
RUNS = ("DIR", "OLD", "NEW", "RUN", "AGAIN", "A", "B")
COMMANDS_FILE = "$real/scripts/tvl/testing/documented_commands.sh"
# Its files; 8080 becomes the port. Those of scripts and path are for scripts/run and scripts/test.
FILES = {"scripts/setup": "", "path/cmake": "#!/bin/sh\n", "path/g++": "#!/bin/sh\necho 13\n",
         "path/clang-format": "#!/bin/sh\n",
         "path/ctest": "#!/bin/sh\necho 100% tests passed, 0 tests failed out of 1\n",
         "build/bin/tvl-suite": f'#!/bin/bash\n. "{COMMANDS_FILE}"\nbuild/bin/tvl-suite "$@"\n',
         "results/CUT/run.json": "{}", "before.json": "{}", "after.json": "{}",
         "urls.txt": "http://127.0.0.1:8080/delay/1\n",
         "benchmark_config.json": '{"framework": "their", '
                                  '"tests": [{"default": {"plaintext_url": "/plaintext", "port": 80}}]}'}
PROGRAM = re.compile(r"(build/bin/)?(tvl-(suite|load|fetch|waits|primitives|upstream)|asio_\w+|posix_\w+|httplib_pool)"
                     r"|scripts/(run|test|setup|testbed|try-on|tvl-results)|tvl-results")
SUBCOMMANDS = ("validate", "doctor", "import", "merge", "selftest")
FLAG = re.compile(r"--?[a-z][\w-]*")
WITH_FLAGS = ("asio_loop", "asio_loops", "asio_pool", "asio_prefork", "asio_threads", "tvl-suite", "tvl-load",
              "tvl-fetch", "tvl-suite validate", "tvl-suite doctor", "scripts/setup", "tvl-results compare",
              "tvl-results readme", "scripts/testbed")


def script(text):
    """The lines of its sh blocks, each at its line number; the other lines are empty."""
    lines = [""] * (text.count("\n") + 1)
    for block in documents.blocks(text):
        if block.language == "sh":
            lines[block.line:block.line + len(block.lines)] = block.lines
    return "\n".join(lines) + "\n"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1])


def reader_folder(folder, port):
    """The project with the run folders that the documents use."""
    for name in ("servers", "bench"):
        os.symlink(f"{ROOT}/{name}", f"{folder}/{name}")
    for name in ("scripts", "path", "build/bin", "results/CUT", "tmp"):
        os.makedirs(f"{folder}/{name}")
    for name in ("lib.sh", "tvl-results", "tvl"):
        os.symlink(f"{ROOT}/scripts/{name}", f"{folder}/scripts/{name}")
    for name in ("run", "test"):
        os.symlink(f"{ROOT}/scripts/{name}", f"{folder}/scripts/{name}.real")
    for name in filter(shutil.which, TOOLS):
        os.symlink(shutil.which(name), f"{folder}/path/{name}")
    for name in RUNS:
        os.makedirs(f"{folder}/results/{name}")
        write(f"{folder}/results/{name}", [point(contestant=contestant, x=x, repetition=i, position=position,
                                                 control=position == 3)  # the first once more, which repeatability wants
                                           for x in (1, 1000) for i in range(5)  # at 1, a claim is decided
                                           for position, contestant in enumerate(CONTESTANTS)],
              dict(ENVIRONMENT, quick=False))
    for name, text in FILES.items():
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text.replace("8080", port))
        os.chmod(f"{folder}/{name}", 0o755)


def run_commands(document, text):
    """Runs the sh blocks of `text`. Returns the exit code and what was printed."""
    port = free_port()  # it may be taken in the meantime
    text = script(text).replace("8080", port).replace("/tmp/", "tmp/")
    text = re.sub(r"\b(1024|\d+000)\b", "32", text)  # processes, connections, rates: fewer take less time
    text = re.sub(r"(?<!&)&(?=\s*(#|$))", "& wait_for_port", text, flags=re.MULTILINE).replace(" && ", "; ")
    with tempfile.TemporaryDirectory() as folder:
        reader_folder(folder, port)
        path = os.path.join(folder, "document")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        environment = {"PATH": f"{folder}/path", "HOME": folder, "TMPDIR": f"{folder}/tmp", "BASH_ENV": COMMANDS,
                       "document": document, "real": ROOT, "bin": BIN, "python": sys.executable,
                       "port": port}
        with open(f"{folder}/output", "w+", encoding="utf-8") as output:
            shell = subprocess.Popen(["bash", path], cwd=folder, env=environment, start_new_session=True,
                                     stdin=subprocess.DEVNULL, stdout=output, stderr=output)
            try:
                code = shell.wait(timeout=250)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(shell.pid, signal.SIGKILL)  # the servers that it has started
            output.seek(0)
            return code, output.read()


@functools.cache
def help_of(command):
    program, *words = command.split()
    if not program.startswith("scripts/"):
        program = f"{ROOT}/scripts/{program}" if program == "tvl-results" else f"{BIN}/{os.path.basename(program)}"
    interpreter = [sys.executable, "-B"] if program.endswith("tvl-results") else []
    done = subprocess.run([*interpreter, program, *words, "--help"], cwd=ROOT, capture_output=True, text=True,
                          check=False)
    return done.stdout if done.returncode == 0 else ""


def has_flag(command, flag):
    return flag.startswith("--benchmark_") or re.search(rf"(?<![\w-]){flag}(?![\w-])", help_of(command))


def wrong_in_sentences(text):
    """A message for each flag and subcommand inside a sentence that its program would refuse."""
    for number, line in enumerate(documents.prose(text).splitlines(), 1):
        for span in re.findall(r"`([^`]+)`", line):
            words = span.split()
            flags = [word.partition("=")[0] for word in words if FLAG.match(word)]
            has_subcommand = words[1:] and (words[0].endswith("tvl-results") or words[1] in SUBCOMMANDS)
            if PROGRAM.fullmatch(words[0]) and (flags or has_subcommand):
                command = " ".join(words[:2 if has_subcommand else 1])
                if not help_of(command):
                    yield f"{number}: {command} is no command"
                yield from (f"{number}: {command} has no {flag}" for flag in flags if not has_flag(command, flag))
            elif FLAG.fullmatch(words[0]) and not any(has_flag(command, words[0]) for command in WITH_FLAGS):
                yield f"{number}: no program has {words[0]}"


@unittest.skipUnless(BIN, "no programs are built")
class Documents(unittest.TestCase):
    def test_every_command_works(self):
        for path in documents.paths():
            text = documents.read(path)
            if any(block.language == "sh" for block in documents.blocks(text)):
                with self.subTest(path):
                    code, said = run_commands(path, text)
                    self.assertEqual(code, 0, said)

    def test_every_flag_in_a_sentence_is_known(self):
        for path in documents.paths():
            with self.subTest(path):
                self.assertEqual(list(wrong_in_sentences(documents.read(path))), [])

    def test_every_block_names_its_language(self):
        for path in documents.paths():
            for block in documents.blocks(documents.read(path)):
                self.assertIn(block.language, LANGUAGES, f"{path}:{block.line}")


@unittest.skipUnless(BIN, "no programs are built")
class Mistakes(unittest.TestCase):
    """What would be wrong in a document is found, and its line is named."""

    def test_in_a_block(self):
        for command, reason in (("frobnicate --all", "frobnicate: "),
                                ("scripts/tvl-results compare results/OLD results/NEW --formta csv", "unrecognized"),
                                ("scripts/run --workload connection", "connection"),
                                ("scripts/setup --outsider", "outsider"),
                                ("cmake --build build --target tvl-nothing", "tvl-nothing"),
                                ("build/bin/tvl-suite --benchmark_fliter=x", "fliter"),
                                ("build/bin/tvl-load http://127.0.0.1:8080/ --conections 3", "conections")):
            with self.subTest(command):
                code, said = run_commands("a.md", f"# A\n\n```sh\nmkdir x\n{command} && cat x\n```\n")
                self.assertNotEqual(code, 0, said)
                self.assertIn(reason, said)
                self.assertIn("a.md:5: exit code ", said)

    def test_in_a_sentence(self):
        text = "`tvl-load --rate 5 --rat` and\n`tvl-results exprt`, `scripts/frobnicate`, `--frobnicate 3`"
        self.assertEqual(list(wrong_in_sentences(text)),
                         ["1: tvl-load has no --rat", "2: tvl-results exprt is no command",
                          "2: no program has --frobnicate"])


if __name__ == "__main__":
    unittest.main()
