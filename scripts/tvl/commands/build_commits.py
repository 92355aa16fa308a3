"""Measures two commits of one server in the blocks of one run, concurrently or sequentially.

The server is one of this project, or the user's own with a manifest (Source). Each commit has a worktree in a temporary
folder, which is removed at the end, and a manifest there with a name of its own. The measuring programs are those of
this checkout, so that only the server differs. This project's servers are built here and kept in build/compare/; of
others tvl-suite carries out the `build` of the manifest. The run is a folder of results/ like any other,
in the working folder where this is installed.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from typing import NamedTuple, Optional

from tvl import INSTALLED, ROOT
from tvl.data import names, records
from tvl.data.records import BadInput

KEPT = os.path.join(ROOT, "build", "compare")
LEAST = 5  # repetitions of a quick run: with fewer, no row can be a regression
PRESET = ("-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release")
HEADER = re.compile(r"(?m)^[ \t]*\[{1,2}[ \t]*[A-Za-z_][\w.-]*[ \t]*\]")  # of a table; an array's line begins with a quote


class Source(NamedTuple):
    repository: str  # its top folder
    manifest: str  # the path inside it, or outside
    is_ours: bool  # built by CMake
    working_folder: Optional[str] = None  # inside it: what a manifest without `cwd` is relative to


def measured(arguments):
    """(folder, old contestant, new contestant)"""
    suite = os.path.join(ROOT, "build", "bin", "tvl-suite")
    if not os.path.exists(suite):
        raise BadInput("build/bin/tvl-suite is not built: scripts/run --quick builds it")
    check_workload(arguments.workload)
    source = source_of(arguments)
    check_clean(source.repository)
    commits = [resolved(source.repository, text) for text in arguments.commits]
    folder = os.path.join("" if INSTALLED else ROOT, "results", time.strftime("%Y-%m-%d-%H%M%S-compare"))
    with tempfile.TemporaryDirectory(prefix="tvl-compare-") as temporary, contextlib.ExitStack() as ended:
        sides = []
        for side, commit in zip(("old", "new"), commits):
            tree = ended.enter_context(worktree(source.repository, commit, os.path.join(temporary, side)))
            sides.append(prepared(source, tree, commit, side))
        measure([suite, *flags(arguments, [file for _, file in sides]), "--output", folder], folder)
    return folder, *(name for name, _ in sides)


def check_workload(name):
    folder = os.path.join(ROOT, "bench", "workloads")
    names.check(name, [found[:-5] for found in os.listdir(folder) if found.endswith(".toml")], "workload")


def source_of(arguments):
    if arguments.contestant:
        name = arguments.contestant
        return Source(ROOT, os.path.join("servers", f"{name}.toml"), True)
    file = os.path.realpath(arguments.manifest)
    if not os.path.isfile(file):
        raise BadInput(f"there is no file {arguments.manifest}")
    top = os.path.realpath(git(arguments.repo or ".", "rev-parse", "--show-toplevel").strip())
    here = os.path.realpath(".")
    return Source(top, os.path.relpath(file, top) if is_inside(file, top) else file, False,
                  os.path.relpath(here, top) if is_inside(here, top) else ".")


def is_inside(path, folder):
    return os.path.commonpath((path, folder)) == folder


def check_clean(repository):
    changed = git(repository, "status", "--porcelain", "--untracked-files=no").splitlines()
    if changed:
        raise BadInput(f"{repository} has changes that no commit has, in {changed[0][3:]}: commit or stash them")


def resolved(repository, text):
    try:
        return git(repository, "rev-parse", "--verify", "--quiet", "--short=12", f"{text}^{{commit}}").strip()
    except BadInput:
        raise BadInput(f"{repository} has no commit {text}") from None


@contextlib.contextmanager
def worktree(repository, commit, folder):
    try:
        git(repository, "worktree", "add", "--detach", folder, commit)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # Ctrl-C may have left a part, which git does not remove
        with contextlib.suppress(BadInput):  # there is none
            git(repository, "worktree", "remove", "--force", folder)


def prepared(source, tree, commit, side):
    """(name, manifest file) of one side."""
    if source.is_ours:
        check_contestant(tree, source.manifest, commit)
    file = os.path.join(tree, source.manifest)  # of a path outside, that path
    if not os.path.isfile(file):  # the commit is older than the manifest
        file = os.path.join(source.repository, source.manifest)
    text, name = read(file)
    mine = f"{name}_{side}"
    working_folder = None
    if source.is_ours:
        text = text.replace(f"{{bin}}/{name}", built(tree, commit, name))
    else:
        inside = os.path.normpath(os.path.join(tree, source.working_folder))
        working_folder = inside if os.path.isdir(inside) else tree
    place = tree if os.path.isabs(source.manifest) else os.path.join(tree, os.path.dirname(source.manifest))
    os.makedirs(place, exist_ok=True)
    changed = os.path.join(place, f"{mine}.toml")
    write(changed, renamed(text, file, mine, commit, working_folder))
    return mine, changed


def check_contestant(tree, manifest, commit):
    folder, file = os.path.split(manifest)
    known = [found[:-5] for found in os.listdir(os.path.join(tree, folder)) if found.endswith(".toml")]
    names.check(file[:-5], known, f"contestant at {commit}")


def read(file):
    """(text, name) of a manifest."""
    try:
        with open(file, encoding="utf-8") as opened:
            text = opened.read()
        return text, str(tomllib.loads(text)["name"])
    except (ValueError, KeyError) as error:
        raise BadInput(f"{file}: {'has no name' if isinstance(error, KeyError) else error}") from None


def renamed(text, file, mine, commit, working_folder=None):
    """A manifest's text for one of two commits: under a name of its own, and without a counterpart."""
    wanted = tomllib.loads(text)
    wanted |= {"name": mine, "title": f"{wanted.get('title', wanted['name'])}, commit {commit}"}
    wanted.pop("versus", None)
    own = ["name", "title"]
    if working_folder and "cwd" not in wanted:
        wanted["cwd"] = working_folder
        own.append("cwd")
    table = HEADER.search(text)
    end = table.start() if table else len(text)
    kept = re.sub(r"(?m)^[ \t]*(name|title|versus)[ \t]*=.*\n?", "", text[:end])
    changed = "".join(f"{key} = {json.dumps(wanted[key], ensure_ascii=False)}\n" for key in own) + kept + text[end:]
    try:
        if tomllib.loads(changed) == wanted:
            return changed
    except ValueError:
        pass
    raise BadInput(f"{file}: 'name', 'title' and 'versus' need a line each, before the first table")


def flags(arguments, manifests):
    """Of tvl-suite. The old one is the baseline."""
    words = ["--workload", arguments.workload, "--only"]
    for file in manifests:
        words += ["--contestant", file]
    words += ["--endpoint", arguments.endpoint] * bool(arguments.endpoint)
    words += ["--quick"] * arguments.quick + ["--together"] * (not arguments.apart)
    repetitions = arguments.repetitions or (LEAST if arguments.quick else None)
    return words + [f"--benchmark_repetitions={repetitions}"] * bool(repetitions)


def measure(command, folder):
    code = call(command, stdout=sys.stderr)
    if code == 130:
        raise KeyboardInterrupt
    points = os.path.join(folder, "points.jsonl")
    for record in records.read(points) if code == 1 and os.path.exists(points) else ():
        if "left_out" in record:
            out = record["left_out"] or {}
            raise BadInput(f"{record['contestant']}: {out.get('status')}: {out.get('reason')}")
    if code:
        raise BadInput(f"tvl-suite ended with {code}; what it measured is in {folder}")


def call(words, **options):
    """The exit code of a command. On Ctrl-C it ends first: it has servers to stop, or writes into what is removed
    next."""
    with subprocess.Popen(words, **options) as started:
        try:
            return started.wait()
        except BaseException:
            started.terminate()
            started.wait()
            raise


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def git(repository, *words):
    done = subprocess.run(("git", "-C", repository, *words), capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"does not know {words[-1]}"]
        raise BadInput(f"git {words[0]}: {said[-1]}")
    return done.stdout


def built(tree, commit, name):
    """The path of this project's server at that commit, which is kept."""
    program = os.path.join(KEPT, commit, name)
    if os.path.exists(program):
        return program
    print(f"building {name} at {commit} ...", file=sys.stderr, flush=True)
    os.makedirs(os.path.dirname(program), exist_ok=True)
    log, build = f"{program}.log", os.path.join(tree, "build")
    with open(log, "w", encoding="utf-8") as file:
        for words in (("cmake", "-S", tree, "-B", build, *PRESET, f"-DCMAKE_CXX_COMPILER={cached_compiler()}"),
                      ("cmake", "--build", build, "--target", name)):
            if call(words, stdout=file, stderr=file):
                raise BadInput(f"{name} does not build at {commit}: see {log}")
    shutil.copy2(os.path.join(build, "bin", name), program)
    return program


def cached_compiler():
    """The compiler of this checkout's build, so that both commits have the same."""
    with open(os.path.join(ROOT, "build", "CMakeCache.txt"), encoding="utf-8") as file:
        return re.search(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", file.read(), re.M).group(1)
