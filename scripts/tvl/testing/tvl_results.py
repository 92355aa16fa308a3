"""Runs scripts/tvl-results as a user does."""

import os
import subprocess
import sys

from tvl import ROOT


def run(*words, root=ROOT, **environment):
    """Returns the finished process, with its output as text. `environment` is added to this process's."""
    return subprocess.run([sys.executable, "-B", f"{root}/scripts/tvl-results", *words], capture_output=True, text=True,
                          timeout=250, check=False, env={**os.environ, **environment})
