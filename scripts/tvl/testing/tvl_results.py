"""Runs tvl-results for a test. Both functions return the ended process with its output as text."""

import contextlib
import io
import os
import subprocess
import sys

from tvl import ROOT, cli


def run(*words):
    """In this process, because a new one takes a second to import matplotlib."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = cli.run(words)
        except SystemExit as end:
            code = end.code
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


def start(*words, root=ROOT, **environment):
    """In a process of its own; `environment` is added to this one's."""
    return subprocess.run([sys.executable, "-B", f"{root}/scripts/tvl-results", *words], capture_output=True, text=True,
                          timeout=250, check=False, env={**os.environ, **environment})
