"""Runs the fuzz targets of a build: first the inputs that are kept, then mutations of them for a time.

    fuzz_runs.py --programs build-fuzz/bin --seconds 600 [--keep] [NAME...]

Exit code: 0 nothing was found; 1 a finding; 2 no such target; 130 Ctrl-C.
"""

import argparse
import concurrent.futures
import glob
import os
import re
import subprocess
import sys

import fuzz_inputs

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
AT_ONCE = 2
LONGEST = 20_000  # bytes of an input: twice the servers' limit of a header, and more
LIMITS = ["-timeout=10", "-rss_limit_mb=2048", f"-max_len={LONGEST}"]
INTERRUPTED = 72  # libFuzzer's exit code after SIGINT
MOST_KEPT = 1024  # bytes of an input that --keep adds
MOST_PRINTED = 1024  # bytes of a finding's input that is printed, too


def sources():
    """{name: path of NAME_fuzz.cpp}"""
    found = [path for tree in ("servers", "clients", "bench")
             for path in glob.glob(f"{ROOT}/{tree}/**/*_fuzz.cpp", recursive=True)]
    return {os.path.basename(path).removesuffix("_fuzz.cpp"): path for path in sorted(found)}


class Target:
    """One program with its folders: its inputs, what mutations found, and what went wrong."""

    def __init__(self, name, source, programs):
        self.name, self.program = name, os.path.join(programs, f"{name}_fuzz")
        self.inputs_file = source.removesuffix(".cpp") + ".inputs"
        self.folder = os.path.join(os.path.dirname(os.path.abspath(programs)), "fuzz", name)
        self.kept, self.found, self.bad = (os.path.join(self.folder, each) for each in ("kept", "found", "findings"))
        for each in (self.kept, self.found, self.bad):
            os.makedirs(each, exist_ok=True)
        for each in os.listdir(self.kept):
            os.unlink(os.path.join(self.kept, each))
        self.dictionary = os.path.join(self.folder, "words.dict")
        inputs = fuzz_inputs.read(self.inputs_file)
        inputs.write_dictionary(self.dictionary)
        inputs.write_corpus(self.kept)

    def call(self, *flags):
        """(exit code, output) of the program."""
        artifacts = f"-artifact_prefix={self.bad}/"
        done = subprocess.run([self.program, *LIMITS, artifacts, f"-dict={self.dictionary}", *flags],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def run(self, seconds):
        """The result of the inputs that are kept, then of mutations."""
        code, output = self.call("-runs=0", self.kept)
        if code == 0 and seconds > 0:
            code, output = self.call(f"-max_total_time={seconds}", "-print_final_stats=1", self.found, self.kept)
        return Result(self, code, output)

    def keep(self):
        """Adds to the inputs what reaches code that they do not reach. Returns how many."""
        self.call("-merge=1", self.kept, self.found)
        inputs = fuzz_inputs.read(self.inputs_file)
        new = [data for data in fuzz_inputs.corpus(self.kept) if data not in inputs.inputs and len(data) <= MOST_KEPT]
        inputs.inputs += new
        with open(self.inputs_file, "w", encoding="ascii") as file:
            file.write(inputs.text())
        return len(new)


class Result:
    """The outcome of a target. executions: number of inputs that ran. coverage: edges, None = the program printed none.
    fault: one line, None = no fault."""

    def __init__(self, target, code, output):
        self.target, self.interrupted = target, code == INTERRUPTED
        executed = re.search(r"stat::number_of_executed_units: (\d+)", output)
        self.executions = int(executed[1]) if executed else len(os.listdir(target.kept))
        coverage = re.findall(r" cov: (\d+)", output)
        self.coverage = int(coverage[-1]) if coverage else None
        self.fault = None if code in (0, INTERRUPTED) else fault_in(output) or f"exit code {code}"
        artifact = re.search(r"Test unit written to (\S+)", output)
        self.artifact = artifact[1] if artifact else None

    def line(self):
        covered = "n/a" if self.coverage is None else self.coverage
        return f"{self.target.name:20} {self.executions:12,} {covered:>9}  {self.fault or 'nothing found'}"


def fault_in(output):
    for pattern in (r"broken rule: .*", r"SUMMARY: .*", r"ERROR: .*"):
        found = re.search(pattern, output)
        if found:
            return found[0]
    return None


def run_all(targets, seconds):
    """Prints a line for each target as it ends. The results."""
    share = int(seconds * AT_ONCE / len(targets)) if seconds > 0 else 0
    print(f"{'target':20} {'executions':>12} {'coverage':>9}  finding", flush=True)
    results = []
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for done in concurrent.futures.as_completed([pool.submit(t.run, share) for t in targets]):
            results.append(done.result())
            print(results[-1].line(), flush=True)
    return results


def exit_code(results):
    for result in results:
        if result.artifact:
            print(f"{result.target.name}: the input is in {os.path.relpath(result.artifact)}", file=sys.stderr)
            if os.path.getsize(result.artifact) <= MOST_PRINTED:  # for who has only the output
                with open(result.artifact, "rb") as file:
                    print(f"input {fuzz_inputs.encoded(file.read())}", file=sys.stderr)
    if any(result.fault for result in results):
        return 1
    return 130 if any(result.interrupted for result in results) else 0


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--programs", required=True, help="folder of the fuzz targets' programs")
    parser.add_argument("--seconds", type=float, default=0, help="of mutations, all targets together (default: none)")
    parser.add_argument("--keep", action="store_true", help="add to the kept inputs what reaches new code")
    parser.add_argument("names", nargs="*", help="only these targets")
    asked = parser.parse_args(arguments)
    known = sources()
    for name in asked.names:
        if name not in known:
            print(f"fuzz: no target {name} (known: {', '.join(known)})", file=sys.stderr)
            return 2
    targets = [Target(name, known[name], asked.programs) for name in asked.names or known]
    results = run_all(targets, asked.seconds)
    print(f"{'together':20} {sum(result.executions for result in results):12,}")
    if asked.keep:
        for target in targets:
            print(f"{target.name}: {target.keep()} inputs added")
    return exit_code(results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
