"""Manifests of contestants, for scripts that start servers themselves."""

import glob
import os
import re
import shutil
import subprocess
import tomllib

from tvl import ROOT

PYTHONS = ("python3", "/usr/bin/python3")  # the first may not see the distribution's modules
# Default values of the placeholders: one core, no services.
NOT_GIVEN = {"threads": 1, "processes": 1, "stack": "64KiB", "offload_threads": 16, "pool": 16, "redis": "",
             "postgres": "", "upstream": ""}


class Manifest:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.table = tomllib.load(file)
        self.path = path
        self.name = os.path.splitext(os.path.basename(path))[0]
        self.title = self.table["title"]

    def endpoint(self, name, standard):
        """Its path, or None if it is not offered."""
        route = self.table["endpoints"].get(name) if "endpoints" in self.table else standard
        return route["path"] if isinstance(route, dict) else route

    def python(self):
        modules = [need.removeprefix("python:") for need in self.table.get("needs", []) if need.startswith("python:")]
        can = (p for p in PYTHONS if subprocess.run([p, "-c", "import " + ", ".join(modules or ["sys"])],
                                                    capture_output=True, check=False).returncode == 0)
        return next(can, None)

    def missing(self, binaries):
        """Why it cannot be started here, or None."""
        for need in self.table.get("needs", []):
            if need.startswith("python:"):
                if self.python() is None:
                    return f"no python3 here can import {need.removeprefix('python:')}"
            elif shutil.which(need) is None and shutil.which(need, path="/usr/sbin") is None:
                return f"{need} is not on PATH"
        program = self.table["command"][0]
        if program.startswith("{bin}") and not os.path.exists(program.replace("{bin}", binaries)):
            return "not built here"
        return None

    def command(self, port, binaries, services=None):
        """Its words; `services` has values of {redis}, {postgres} and {upstream}, if available."""
        values = {**NOT_GIVEN, **self.table.get("defaults", {}), **(services or {}), "address": "127.0.0.1",
                  "port": port, "bin": os.path.abspath(binaries), "dir": os.path.dirname(os.path.abspath(self.path))}
        if any("{python}" in word for word in self.table["command"]):
            values["python"] = self.python()
        return [re.sub(r"{(\w+)}", lambda found: str(values[found.group(1)]), word) for word in self.table["command"]]


def all_manifests():
    """This project's servers, then the outsiders, each by name."""
    return [Manifest(path) for folder in ("servers", "servers/outsiders")
            for path in sorted(glob.glob(f"{ROOT}/{folder}/*.toml"))]
