"""Builds two commits of one server and measures them in the blocks of one run, concurrently or sequentially.

The measuring programs are those of this checkout, so that only the server differs. Builds are kept in build/compare/ by
commit; the run is a folder of results/ like any other.
"""

import os
import re
import subprocess
import sys
import time

from tvl import ROOT
from tvl.data import names
from tvl.data.records import BadInput

KEPT = os.path.join(ROOT, "build", "compare")
LEAST = 5  # repetitions of a quick run: with fewer, no row can be a regression
PRESET = ("-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release")


def measured(arguments):
    """(folder, old contestant, new contestant)"""
    name = arguments.contestant
    suite = os.path.join(ROOT, "build", "bin", "tvl-suite")
    if not os.path.exists(suite):
        raise BadInput("build/bin/tvl-suite is not built: scripts/run --quick builds it")
    commits = [resolved(text) for text in arguments.commits]
    servers, workloads = (os.path.join(KEPT, part) for part in ("servers", "workloads"))
    for folder in (servers, workloads):
        os.makedirs(folder, exist_ok=True)
        for old in os.listdir(folder):
            os.remove(os.path.join(folder, old))
    sides = [f"{name}_old", f"{name}_new"]
    for mine, other, commit in zip(sides, reversed(sides), commits):
        program = built(commit, name)
        write(os.path.join(servers, f"{mine}.toml"), manifest(commit, name, mine, other, program))
    write(os.path.join(workloads, f"{arguments.workload}.toml"), workload(arguments.workload, sides))
    folder = os.path.join(ROOT, "results", time.strftime("%Y-%m-%d-%H%M%S-compare"))
    command = [suite, "--servers", servers, "--workloads", workloads, "--workload", arguments.workload, "--output", folder]
    command += ["--quick"] * arguments.quick + ["--together"] * (not arguments.apart)
    repetitions = arguments.repetitions or (LEAST if arguments.quick else None)
    command += [f"--benchmark_repetitions={repetitions}"] * bool(repetitions)
    code = subprocess.call(command, stdout=sys.stderr)
    if code:
        raise BadInput(f"tvl-suite ended with {code}; what it measured is in {folder}")
    return folder, *sides


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def git(*words):
    done = subprocess.run(("git", "-C", ROOT, *words), capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"does not know {words[-1]}"]
        raise BadInput(f"git {words[0]}: {said[-1]}")
    return done.stdout


def resolved(text):
    return git("rev-parse", "--verify", "--short=12", f"{text}^{{commit}}").strip()


def built(commit, name):
    """The path of the server's program at that commit."""
    source, build = (os.path.join(KEPT, f"{commit}-{part}") for part in ("source", "build"))
    program = os.path.join(build, "bin", name)
    if os.path.exists(program):
        return program
    listed = git("ls-tree", "--name-only", f"{commit}:servers").splitlines()
    names.check(name, [found[:-5] for found in listed if found.endswith(".toml")], f"contestant at {commit}")
    if not os.path.exists(source):
        git("worktree", "prune")
        git("worktree", "add", "--detach", source, commit)
    print(f"building {name} at {commit} ...", file=sys.stderr, flush=True)
    log = os.path.join(KEPT, f"{commit}.log")
    with open(log, "w", encoding="utf-8") as file:
        compiler = cached_compiler()
        for words in (("cmake", "-S", source, "-B", build, *PRESET, f"-DCMAKE_CXX_COMPILER={compiler}"),
                      ("cmake", "--build", build, "--target", name)):
            if subprocess.call(words, stdout=file, stderr=file):
                raise BadInput(f"{name} does not build at {commit}: see {log}")
    return program


def cached_compiler():
    """The compiler of this checkout's build, so that both commits have the same."""
    with open(os.path.join(ROOT, "build", "CMakeCache.txt"), encoding="utf-8") as file:
        return re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", file.read(), re.M).group(1)


def manifest(commit, name, mine, other, program):
    text = git("show", f"{commit}:servers/{name}.toml")
    text = re.sub(r'(?m)^name\s*=.*$', f'name = "{mine}"', text)
    text = re.sub(r'(?m)^title\s*=\s*"(.*)"$', rf'title = "\1, commit {commit}"', text)
    text = re.sub(r'(?m)^versus\s*=.*$', f'versus = "{other}"', text)
    return text.replace(f"{{bin}}/{name}", program)


def workload(name, contestants):
    folder = os.path.join(ROOT, "bench", "workloads")
    names.check(name, [found[:-5] for found in os.listdir(folder) if found.endswith(".toml")], "workload")
    with open(os.path.join(folder, f"{name}.toml"), encoding="utf-8") as file:
        text = file.read()
    listed = ", ".join(f'"{contestant}"' for contestant in contestants)
    return re.sub(r"(?ms)^contestants\s*=\s*\[.*?\]", f"contestants = [{listed}]", text, count=1)
