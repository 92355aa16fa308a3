"""The results of a run: charts, report, comparisons, exports.

    scripts/tvl-results plot results/RUN
    scripts/tvl-results compare results/OLD results/NEW
    scripts/tvl-results COMMAND --help
"""

import argparse
import ast
import importlib
import importlib.util
import signal
import sys

from tvl.data.records import BadInput

RAW = argparse.RawDescriptionHelpFormatter
# Name: module with add_arguments(parser) and main(arguments), which returns the exit code or raises BadInput or OSError.
# arguments.refuse(text) prints a usage error and exits.
COMMANDS = {
    "plot": "tvl.commands.plot",
    "report": "tvl.report.page",
    "compare": "tvl.commands.compare",
    "export": "tvl.commands.export",
    "repeatability": "tvl.commands.repeatability",
    "sensitivity": "tvl.commands.sensitivity",
    "undecided": "tvl.commands.undecided",
    "well-posed": "tvl.commands.well_posed",
    "noise": "tvl.commands.noise",
    "freeze": "tvl.commands.freeze",
    "soak-check": "tvl.analysis.soak_check",
    "syscalls": "tvl.commands.syscalls",
    "request-footprint": "tvl.commands.request_footprint",
    "publish": "tvl.commands.publish",
    "readme": "tvl.commands.readme",
}


def first_sentence(module):
    """Of the module's docstring; the module is not imported, because some need matplotlib."""
    with open(importlib.util.find_spec(module).origin, encoding="utf-8") as file:
        return ast.get_docstring(ast.parse(file.read())).split("\n\n")[0].replace("\n", " ").split(". ")[0].rstrip(".")


def parser():
    top = argparse.ArgumentParser(prog="tvl-results", description=__doc__, formatter_class=RAW)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, module in COMMANDS.items():
        commands.add_parser(name, add_help=False, help=first_sentence(module))
    return top


def run(words):
    """Runs `tvl-results WORDS` and returns its exit code; every error is one line."""
    chosen = parser().parse_known_args(words[:1])[0].command
    try:
        module = importlib.import_module(COMMANDS[chosen])
        command = argparse.ArgumentParser(prog=f"tvl-results {chosen}", description=module.__doc__, formatter_class=RAW)
        module.add_arguments(command)
        command.set_defaults(refuse=command.error)
        return module.main(command.parse_args(words[1:]))
    except ImportError as error:
        print(f"{chosen}: {error} in {sys.executable}: run scripts/setup", file=sys.stderr)
    except (BadInput, OSError) as error:
        print(f"{chosen}: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 2


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # so that what a command started ends with it
    return run(sys.argv[1:])
