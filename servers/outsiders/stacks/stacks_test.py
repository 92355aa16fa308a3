"""Validates usual servers with the shortest manifests: each comes in.

stacks_test.py TVL-SUITE [NAME...]: exit code 0 passed, 1 failed, 77 nothing to run: not installed.
"""

import glob
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib

SKIPPED = 77
HERE = os.path.dirname(os.path.abspath(__file__))
# What a manifest's `needs` cannot name: a command that succeeds where the library is installed.
LIBRARIES = {
    "nginx_unix": ["sh", "-c", "PATH=$PATH:/usr/sbin; command -v nginx"],
    "webrick": ["ruby", "-e", "require 'webrick'"],
}
# Servers that run already.
STARTED = {
    "ipv6_running": [sys.executable, "-m", "http.server", "18092", "--bind", "::1", "--directory", "www"],
    "nginx_unix": ["nginx", "-p", ".", "-e", "stderr", "-c", "nginx_unix.conf"],
}


def validate(suite, name, folder):
    """The result; `folder` has the manifest."""
    done = subprocess.run([suite, "validate", "--json", name + ".toml"], cwd=folder, capture_output=True, text=True,
                          check=False)
    if not done.stdout:
        sys.exit(f"{name}: {done.stderr}")
    result = json.loads(done.stdout)["contestants"][0]
    result["exit code"] = done.returncode
    return result


def validate_started(suite, name, folder):
    environment = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"}
    with subprocess.Popen(STARTED[name], cwd=folder, env=environment, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + 30
            while True:
                result = validate(suite, name, folder)
                if "does not answer" not in (result["reason"] or "") or time.monotonic() > deadline:
                    return result
        finally:
            server.terminate()


def unmet_need(name):
    """Why it cannot run here, or nothing. tvl-suite would say it too, but takes much longer to start."""
    with open(os.path.join(HERE, name + ".toml"), "rb") as file:
        needs = tomllib.load(file).get("needs", [])
    path = os.environ["PATH"] + ":/usr/sbin"
    for need in needs:
        kind, _, module = need.rpartition(":")
        there = glob.glob if need.startswith("/") else lambda name: shutil.which(name, path=path)
        if not (importlib.util.find_spec(module) if kind == "python" else there(need)):
            return f"no '{need}'"
    return unmet_library(name)


def unmet_library(name):
    try:
        done = subprocess.run(LIBRARIES.get(name, ["true"]), capture_output=True, check=False)
    except FileNotFoundError as error:
        return f"no '{error.filename}'"
    return f"'{' '.join(LIBRARIES[name])}' fails" if done.returncode else None


def problems(name, result):
    found = [f"{check['check']}: expected {check['expected']}, got {check['got']}"
             for check in result["checks"] if check["result"] == "fail"]
    found += [result["reason"]] if result["reason"] else []
    if not found and ("plaintext", "pass") not in {(check["check"], check["result"]) for check in result["checks"]}:
        found = ["plaintext was not asked"]
    return found or ([f"exit code {result['exit code']}"] if result["exit code"] else [])


def judge(suite, name):
    """The exit code for one stack. Builds and sockets stay in a copy of the folder, which other users can read."""
    if why := unmet_need(name):
        print(f"{name} is not installed: {why}")
        return SKIPPED
    with tempfile.TemporaryDirectory() as parent:
        os.chmod(parent, 0o755)
        folder = shutil.copytree(HERE, os.path.join(parent, "stacks"))
        result = (validate_started if name in STARTED else validate)(suite, name, folder)
    if result["status"] == "not installed":
        print(f"{name} is not installed: {result['reason']}")
        return SKIPPED
    found = problems(name, result)
    print("\n".join(f"{name}: {line}" for line in found) or f"{name}: right")
    return 1 if found else 0


def main():
    suite, *names = sys.argv[1:]
    names = names or sorted(os.path.basename(path)[:-len(".toml")] for path in glob.glob(f"{HERE}/*.toml"))
    codes = {judge(os.path.abspath(suite), name) for name in names}
    return 1 if 1 in codes else SKIPPED if codes == {SKIPPED} else 0


if __name__ == "__main__":
    sys.exit(main())
