"""The results of a run: charts, report, comparisons, exports.

    tvl-results plot results/RUN
    tvl-results compare results/OLD results/NEW
    tvl-results COMMAND --help

Exit codes are those of each command; for all of them 2 is bad input, 70 a fault of this program (TVL_DEBUG=1 shows its
traceback), 130 Ctrl-C.
"""

import argparse
import ast
import importlib
import importlib.util
import os
import signal
import sys
import traceback

from tvl import INSTALLED
from tvl.data.records import BadInput
from tvl.text import outside
from tvl.version import version

RAW = argparse.RawDescriptionHelpFormatter
FAULT = 70  # EX_SOFTWARE of sysexits.h; Python's own 1 means a finding here
OUTPUTS = ("output", "json", "chart", "record")  # options that name a file to be written
# Name: module with add_arguments(parser) and main(arguments), which returns the exit code or raises BadInput or OSError.
# arguments.refuse(text) prints a usage error and exits.
COMMANDS = {
    "plot": "tvl.commands.plot",
    "report": "tvl.report.page",
    "compare": "tvl.commands.compare",
    "export": "tvl.commands.export",
    "doctor": "tvl.commands.doctor",
    "repeatability": "tvl.commands.repeatability",
    "sensitivity": "tvl.commands.sensitivity",
    "known-costs": "tvl.commands.known_costs",
    "undecided": "tvl.commands.undecided",
    "well-posed": "tvl.commands.well_posed",
    "noise": "tvl.commands.noise",
    "freeze": "tvl.commands.freeze",
    "soak-check": "tvl.analysis.soak_check",
    "explain": "tvl.commands.explain",
    "syscalls": "tvl.commands.syscalls",
    "request-footprint": "tvl.commands.request_footprint",
    "publish": "tvl.commands.publish",
    "readme": "tvl.commands.readme",
}
OF_SOURCES = ("sensitivity", "known-costs", "freeze", "publish", "readme")  # they change them


def first_sentence(module):
    """Of the module's docstring; the module is not imported, because some need matplotlib."""
    with open(importlib.util.find_spec(module).origin, encoding="utf-8") as file:
        return ast.get_docstring(ast.parse(file.read())).split("\n\n")[0].replace("\n", " ").split(". ")[0].rstrip(".")


class PrintVersion(argparse.Action):
    def __call__(self, command, *_):
        print(command.prog, version())
        command.exit()


def parser():
    top = argparse.ArgumentParser(prog="tvl-results", description=__doc__, formatter_class=RAW)
    top.add_argument("--version", action=PrintVersion, nargs=0, help="print the version and exit")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, module in COMMANDS.items():
        if not (INSTALLED and name in OF_SOURCES):
            commands.add_parser(name, add_help=False, help=first_sentence(module))
    return top


def run(words):
    """Runs `tvl-results WORDS` and returns its exit code; every error is one line."""
    chosen = "tvl-results"
    try:
        chosen = parser().parse_known_args(words[:1])[0].command
        module = importlib.import_module(COMMANDS[chosen])
        command = argparse.ArgumentParser(prog=f"tvl-results {chosen}", description=module.__doc__, formatter_class=RAW)
        module.add_arguments(command)
        command.set_defaults(refuse=command.error)
        arguments = command.parse_args(words[1:])
        check_outputs(chosen, arguments)
        return module.main(arguments)
    except ImportError as error:
        say(f"{chosen}: {error} in {sys.executable}: run scripts/setup")
    except (BadInput, OSError) as error:
        say(f"{chosen}: {error}")
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # pylint: disable=broad-exception-caught
        return fault(chosen, error)
    return 2


def check_outputs(chosen, arguments):
    """Refuses a file that cannot be written before anything is read or measured. Raises BadInput."""
    for option in () if chosen == "plot" else OUTPUTS:  # plot makes its folder
        path = getattr(arguments, option, None)
        if not isinstance(path, str):
            continue
        folder = os.path.dirname(path) or "."
        if not os.path.isdir(folder):
            raise BadInput(f"--{option}: {folder} is no folder")
        if os.path.isdir(path) or not os.access(path if os.path.exists(path) else folder, os.W_OK):
            raise BadInput(f"--{option}: cannot write {path}")


def say(text):
    print(outside.line(text), file=sys.stderr)


def fault(chosen, error):
    if os.environ.get("TVL_DEBUG"):
        traceback.print_exception(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    say(f"{chosen}: a fault of this program: {type(error).__name__}: {error} (line {last.lineno} of "
        f"{os.path.basename(last.filename)}; TVL_DEBUG=1 shows all)")
    return FAULT


def main():
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # of a terminal that is not UTF-8, or a path that is not
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # so that what a command started ends with it
    return run(sys.argv[1:])
