"""System calls per request of each contestant, counted by strace.

    tvl-results syscalls                                     all of servers/ and servers/outsiders/ that can run here
    tvl-results syscalls asio_loop asio_threads              only these
    tvl-results syscalls --json results/reference/syscalls.json

Each server is run twice under `strace -f -c`, for two numbers of /plaintext requests over keep-alive connections; the
difference excludes start, connecting, closing and end. strace slows the server and not the generator, so nearly every
connection has a request waiting, and calls that serve several requests at once (epoll_wait) are shared by as many as
possible. Threads and processes: the manifest's defaults, else 1.

Exit code: 0 all installed contestants measured; 1 a contestant failed; 2 cannot run.
"""

import json
import os
import platform
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

from tvl import ROOT
from tvl.data import manifests, names
from tvl.data.records import BadInput
from tvl.text import outside

FEW = 1000  # requests of the shorter run
SHOWN = 0.01  # calls per request; rarer ones are housekeeping
START_LIMIT = 60  # seconds, under strace on a busy machine
LOAD_LIMIT = 300
STOP_LIMIT = 15


class Failed(Exception):
    """A contestant that could not be measured; its text is one line."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def parse_summary(text):
    """Calls by name, of `strace -c -U calls,name`."""
    calls = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 2 and words[0].isdigit() and words[1] != "total":
            calls[words[1]] = int(words[0])
    return calls


def per_request(few, many):
    """Calls of one more request, from two runs (requests, calls by name)."""
    requests = many[0] - few[0]
    names = {name: (many[1].get(name, 0) - few[1].get(name, 0)) / requests for name in {**few[1], **many[1]}}
    shown = sorted((item for item in names.items() if item[1] >= SHOWN), key=lambda item: (-item[1], item[0]))
    return {"total": round(sum(value for _, value in shown), 3), "by_name": {name: round(value, 3) for name, value in shown}}


def processes(session):
    """All processes of a session: strace and its server. Their process groups may differ."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                # after the name, which may contain anything: state, parent, group, session
                if int(file.read().rpartition(")")[2].split()[3]) == session:
                    found.append(int(pid))
        except OSError:
            pass  # it has ended
    return found


class Traced:
    """A server under strace. All its processes are killed at the end of the with block."""

    def __init__(self, command, folder):
        self.summary, self.said = os.path.join(folder, "summary"), os.path.join(folder, "said")
        with open(self.said, "w", encoding="utf-8") as said:
            self.strace = subprocess.Popen(
                ["strace", "-f", "-qq", "-c", "-U", "calls,name", "-o", self.summary, "--", *command],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for pid in processes(self.strace.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.strace.wait()

    def fail(self, what):
        with open(self.said, encoding="utf-8", errors="replace") as said:
            last = said.read().strip().splitlines()[-1:]
        raise Failed(": ".join([what] + last))

    def wait_until_it_answers(self, url):
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            if self.strace.poll() is not None:
                self.fail("ended at once")
            try:
                with urllib.request.urlopen(url, timeout=START_LIMIT) as reply:
                    return reply.read()
            except OSError:
                time.sleep(0.1)
        return self.fail(f"does not answer {url}")

    def wait_until_settled(self):
        """Waits until it starts no more processes, because their start would count as requests."""
        deadline, before = time.monotonic() + START_LIMIT, []
        while time.monotonic() < deadline and (now := processes(self.strace.pid)) != before:
            before = now
            time.sleep(1)

    def stop(self):
        """SIGTERM to the server; strace ends with it. Returns the calls of its whole life by name."""
        try:
            with open(f"/proc/{self.strace.pid}/task/{self.strace.pid}/children", encoding="utf-8") as children:
                for pid in children.read().split():
                    os.kill(int(pid), signal.SIGTERM)
            self.strace.wait(STOP_LIMIT)
        except ProcessLookupError:
            self.fail("ended during the load")
        except subprocess.TimeoutExpired:
            self.fail("does not end on SIGTERM")
        with open(self.summary, encoding="utf-8") as file:
            return parse_summary(file.read())


def load(url, connections, requests, binaries):
    """Sends the requests and returns how many were answered."""
    command = [f"{binaries}/tvl-load", url, "--connections", str(connections), "--requests", str(requests),
               "--warmup", "0", "--seconds", str(LOAD_LIMIT), "--json", "-"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LOAD_LIMIT + 30, check=False)
    except subprocess.TimeoutExpired:
        raise Failed("the load did not end in time") from None
    if done.returncode != 0:
        raise Failed(done.stderr.strip())
    counts = json.loads(done.stdout)["requests"]
    if counts["ok"] != requests:
        raise Failed(f"answered {counts['ok']} of {requests} requests")
    return counts["ok"]


def run(manifest, path, requests, arguments):
    port = free_port()
    url = f"http://127.0.0.1:{port}{path}"
    with tempfile.TemporaryDirectory() as folder, Traced(manifest.command(port, arguments.bin), folder) as server:
        server.wait_until_it_answers(url)
        server.wait_until_settled()
        answered = load(url, arguments.connections, requests, arguments.bin)
        return answered, server.stop()


def measure(manifest, arguments):
    result = {"name": manifest.name, "title": manifest.title, "status": "measured", "reason": None, "total": None,
              "by_name": None}
    path, missing = manifest.endpoint("plaintext", "/plaintext"), manifest.missing(arguments.bin)
    if missing or path is None:
        return {**result, "status": "not installed" if missing else "not offered", "reason": missing}
    try:
        return {**result, **per_request(*(run(manifest, path, n, arguments) for n in (FEW, FEW + arguments.requests)))}
    except (Failed, OSError) as error:
        return {**result, "status": "failed", "reason": outside.line(str(error))}


def line(result):
    if result["status"] != "measured":
        return f"{result['name']:<22} {'n/a':>6}  " + ": ".join(filter(None, (result["status"], result["reason"])))
    names = ", ".join(f"{name} {value:.2f}" for name, value in result["by_name"].items())
    return f"{result['name']:<22} {result['total']:6.2f}  {names}"


def refusal():
    """Why strace cannot be used here, or None."""
    try:
        done = subprocess.run(["strace", "-f", "-qq", "-c", "-U", "calls,name", "-o", os.devnull, "true"],
                              capture_output=True, text=True, timeout=START_LIMIT, check=False)
    except OSError as error:
        return f"strace cannot be started ({error.strerror}): scripts/setup installs it"
    words = done.stderr.strip().splitlines()
    return f"strace is not permitted here: {words[0] if words else done.returncode}" if done.returncode != 0 else None


def add_arguments(parser):
    parser.add_argument("names", nargs="*", metavar="CONTESTANT", help="default: all")
    parser.add_argument("--requests", type=int, default=10_000, help="difference between the runs, default 10000")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--bin", metavar="DIR", default=f"{ROOT}/build/bin", help="default: build/bin")
    parser.add_argument("--json", metavar="FILE", help="also write the result there")


def main(arguments):
    if arguments.requests < 1 or arguments.connections < 1:
        arguments.refuse("--requests and --connections must be at least 1")
    known = manifests.all_manifests()
    for name in arguments.names:
        names.check(name, [manifest.name for manifest in known], "contestant")
    if not os.path.exists(f"{arguments.bin}/tvl-load"):
        raise BadInput(f"{arguments.bin}/tvl-load is not built")
    if problem := refusal():
        raise BadInput(problem)
    print(f"{'system calls':<22} {'total':>6}  per request, at {arguments.connections} connections", flush=True)
    results = []
    for manifest in known:
        if not arguments.names or manifest.name in arguments.names:
            results.append(measure(manifest, arguments))
            print(line(results[-1]), flush=True)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"schema": 1, "requests": arguments.requests, "connections": arguments.connections,
                       "kernel": platform.release(), "contestants": results}, file, indent=1)
            file.write("\n")
    return int(any(result["status"] == "failed" for result in results))
