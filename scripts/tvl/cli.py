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

COMMANDS = {  # name: module with a main() that reads sys.argv and returns the exit code
    "plot": "tvl.commands.plot",
    "report": "tvl.report.page",
    "compare": "tvl.commands.compare",
    "export": "tvl.commands.export",
    "repeatability": "tvl.commands.repeatability",
    "sensitivity": "tvl.commands.sensitivity",
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
    top = argparse.ArgumentParser(prog="tvl-results", description=__doc__,
                                  formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, module in COMMANDS.items():
        commands.add_parser(name, add_help=False, help=first_sentence(module))
    return top


def main():
    chosen = parser().parse_known_args(sys.argv[1:2])[0].command
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # so that what a command started ends with it
    sys.argv[:2] = [f"tvl-results {chosen}"]
    try:
        return importlib.import_module(COMMANDS[chosen]).main()
    except KeyboardInterrupt:
        return 130
