"""--hosts auto in a job of Slurm, whose hosts are network namespaces: slurm_test.py TVL_LOAD TESTBED. Needs root, Open
MPI, Slurm and munge."""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

from test_bed import ADDRESS, NETWORK, PORT, CountingServer, TestBed

LOAD = sys.argv[1]
BED = TestBed(sys.argv[2], "tvlslurm")
HOSTS = "server", "load1", "load2", "load3"
CONFIGURATION = """
ClusterName=bed
SlurmctldHost=server
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}
SlurmdSpoolDir={folder}/spool-%n
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldPidFile={folder}/slurmctld.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
NodeName={hosts} CPUs=1 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
"""
PROGRAMS = "munged", "slurmctld", "slurmd", "salloc", "scontrol"


class Cluster:
    """A test bed with Slurm on it, while in the block."""

    def __enter__(self):
        self.files = tempfile.TemporaryDirectory()
        folder = self.files.name
        os.chmod(folder, 0o755)  # for munged, which is asked by others
        with open(f"{folder}/slurm.conf", "w", encoding="ascii") as file:
            file.write(CONFIGURATION.format(folder=folder, hosts=",".join(HOSTS)))
        with open(f"{folder}/munge.key", "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(os.urandom(128))
        BED.environment["SLURM_CONF"] = f"{folder}/slurm.conf"
        BED.run("down")
        BED.run("up", str(len(HOSTS) - 1))
        self.processes = [subprocess.Popen(["munged", "--foreground", "--force", f"--key-file={folder}/munge.key",
                                            *(f"--{what}={folder}/munge.{end}" for what, end in
                                              (("socket", "socket"), ("pid-file", "pid"), ("log-file", "log"),
                                               ("seed-file", "seed")))],
                                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)]
        self.processes += [BED.start("server", "slurmctld", "-D"),
                           *(BED.start(host, "slurmd", "-D", "-N", host) for host in HOSTS)]
        self.wait_until_idle()
        return self

    def __exit__(self, *_):
        BED.run("down")
        self.processes[0].terminate()
        for process in self.processes:
            process.communicate()
        self.files.cleanup()

    def wait_until_idle(self):
        for _ in range(300):
            states = BED.run("on", "server", "sinfo", "--noheader", "--format=%n=%T", check=False).stdout.split()
            if sorted(states) == sorted(f"{host}=idle" for host in HOSTS):
                return
            time.sleep(0.1)
        raise AssertionError(f"Slurm is not ready: {states}")


class InAJob(unittest.TestCase):
    def test_its_other_hosts_make_the_load(self):
        with Cluster(), CountingServer(BED):
            job = BED.start("server", "salloc", "--quiet", f"--nodelist={','.join(HOSTS)}", LOAD,
                            f"http://{ADDRESS}:{PORT}/", "--allow-remote", "--hosts", "auto", "--probe", "load3",
                            "--network", NETWORK, "--allow-root", "--launcher", f"'{BED.script} on'", "--connections",
                            "4", "--rate", "200", "--warmup", "0", "--seconds", "1", "--json", "-")
            out, err = job.communicate(timeout=120)
        self.assertEqual(job.returncode, 0, err)
        p = json.loads(out)
        self.assertEqual([h["name"] for h in p["hosts"]], ["load1", "load2"])
        self.assertEqual(p["probe"]["host"]["name"], "load3")
        self.assertGreater(p["replies"], 0)


if __name__ == "__main__":
    BED.run_tests(LOAD, PROGRAMS)
