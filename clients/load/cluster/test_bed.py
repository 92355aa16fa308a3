"""Hosts that are network namespaces, and a server on one that counts: for tests of loads from several hosts."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import unittest

SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "counting_server.py")
NETWORK, ADDRESS, PORT = "10.77.0.0/24", "10.77.0.1", 8080


def named(pid):
    try:
        with open(f"/proc/{pid}/comm", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


class TestBed:
    """That of scripts/testbed with this prefix."""

    def __init__(self, script, prefix):
        self.script, self.prefix = script, prefix
        self.environment = {**os.environ, "TVL_TESTBED": prefix}

    def run(self, *words, check=True):
        return subprocess.run([self.script, *words], env=self.environment, check=check, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def start(self, host, *words):
        """A process on that host."""
        return subprocess.Popen([self.script, "on", host, "exec", *words], env=self.environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def pids_on(self, host):
        return [int(pid) for pid in subprocess.run(["ip", "netns", "pids", f"{self.prefix}-{host}"], check=True,
                                                   text=True, stdout=subprocess.PIPE).stdout.split()]

    def pid_of(self, name, host):
        [pid] = [pid for pid in self.pids_on(host) if named(pid) == name]
        return pid

    def run_tests(self, program, needed=()):
        """Those of the file that is run. Exit code 77 where there can be no test bed, or what they need is missing: Open
        MPI, tvl-load-rank beside `program`, and the programs `needed`."""
        if reason := self.why_not(program, needed):
            print(f"skipped: {reason}")
            sys.exit(77)
        unittest.main(argv=sys.argv[:1])

    def why_not(self, program, needed):
        """None = nothing is missing."""
        if not os.path.exists(os.path.join(os.path.dirname(program), "tvl-load-rank")) or not shutil.which("mpirun"):
            return "without Open MPI (scripts/setup --cluster)"
        if missing := [name for name in needed if not shutil.which(name)]:
            return f"without {' '.join(missing)}"
        if os.geteuid() != 0:
            return "network namespaces need root"
        space = f"{self.prefix}-try"
        if subprocess.run(["ip", "netns", "add", space], check=False, stderr=subprocess.PIPE).returncode != 0:
            return "no network namespaces here"
        subprocess.run(["ip", "netns", "delete", space], check=True)
        return None


class CountingServer:
    """counting_server.py on the host `server`, while in the block."""

    def __init__(self, bed):
        self.bed = bed

    def __enter__(self):
        self.process = self.bed.start("server", sys.executable, SERVER, ADDRESS, str(PORT))
        assert self.process.stdout.readline() == "ready\n", self.process.stderr.read()
        self.pid = self.bed.pid_of(os.path.basename(sys.executable), "server")
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.process.communicate()

    def counted(self, number=signal.SIGUSR1):
        """The requests from each load host so far."""
        os.kill(self.pid, number)
        return {f"load{int(address.rpartition('.')[2]) - 1}": n
                for address, n in json.loads(self.process.stdout.readline()).items()}

    def counted_at_end(self):
        return self.counted(signal.SIGTERM)
