"""The version, which is that of all programs: "0.1.0 (1de332b)"."""

import os
import re
import subprocess

from tvl import ROOT


def version(root=ROOT):
    """What CMake wrote where this is installed; else read from the sources and their repository."""
    written = os.path.join(root, "version")
    if os.path.exists(written):
        with open(written, encoding="utf-8") as file:
            return file.read().strip()
    with open(os.path.join(root, "CMakeLists.txt"), encoding="utf-8") as file:
        number = re.search(r"^project\(\w+ VERSION ([\d.]+)", file.read(), re.MULTILINE).group(1)
    try:
        commit = subprocess.run(["git", "describe", "--always", "--exclude=*"], cwd=root, capture_output=True, text=True,
                                check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return number
    return f"{number} ({commit})"
