"""Validates one outsider: correct replies on all its endpoints, and no process or file left behind.

outsider_test.py TVL-SUITE NAME: exit code 0 passed, 1 failed, 77 skipped because something is not installed.
"""

import json
import os
import subprocess
import sys
import tempfile

SKIPPED = 77
ALWAYS_ASKED = {"plaintext", "keep-alive", "connection: close", "end on SIGTERM"}


def validate(suite, name, folder):
    done = subprocess.run([suite, "validate", "--json", name], capture_output=True, text=True, check=False,
                          env={**os.environ, "TMPDIR": folder})
    if done.returncode not in (0, 1) or not done.stdout:
        sys.exit(f"{name}: {done.stderr}")
    return json.loads(done.stdout)["contestants"][0]


def problems(result, files):
    found = [f"{check['check']}: expected {check['expected']}, got {check['got']}"
             for check in result["checks"] if check["result"] == "fail"]
    passed = {check["check"] for check in result["checks"] if check["result"] == "pass"}
    if result["reason"]:
        found.append(result["reason"])
    elif not found and not ALWAYS_ASKED <= passed:
        found.append(f"not asked: {ALWAYS_ASKED - passed}")
    if files:
        found.append(f"left files: {files}")
    return found


def main():
    suite, name = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o1777)  # servers write there as another user
        result = validate(suite, name, folder)
        files = os.listdir(folder)
    if result["status"] == "not installed":
        print(f"{name} is not installed: {result['reason']}")
        return SKIPPED
    found = problems(result, files)
    print("\n".join(f"{name}: {line}" for line in found) or f"{name}: everything that it offers is right")
    return 1 if found else 0


sys.exit(main())
