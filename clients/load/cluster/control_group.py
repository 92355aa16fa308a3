"""A control group with a limit of CPU, for tests: of cgroup v1 or v2, as this machine has it. Needs root."""

import os
import tempfile

V1, V2 = "/sys/fs/cgroup/cpu", "/sys/fs/cgroup"
PERIOD_US = 100_000


def write(value, *path):
    with open(os.path.join(*path), "w", encoding="ascii") as file:
        file.write(value)


class ControlGroup:
    """Exists while in the block."""

    def __init__(self, folder, limits):
        self.folder = folder
        os.mkdir(folder)
        try:
            for name, value in limits:
                write(value, folder, name)
        except OSError:
            os.rmdir(folder)
            raise
        self.files = tempfile.TemporaryDirectory()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.rmdir(self.folder)
        self.files.cleanup()

    def launcher(self, testbed, host):
        """A program like `testbed on`, with which the processes on that host are in the group."""
        path = os.path.join(self.files.name, "launcher")
        write(f'#!/bin/sh\n[ "$1" != {host} ] || echo $$ >{self.folder}/cgroup.procs\nexec {testbed} on "$@"\n', path)
        os.chmod(path, 0o755)
        return path


def of_a_fifth_of_a_core():
    """Raises OSError where none can be made."""
    quota = str(PERIOD_US // 5)
    if os.path.exists(f"{V1}/cpu.cfs_quota_us"):
        return ControlGroup(f"{V1}/tvltest", [("cpu.cfs_period_us", str(PERIOD_US)), ("cpu.cfs_quota_us", quota)])
    write("+cpu", V2, "cgroup.subtree_control")
    return ControlGroup(f"{V2}/tvltest", [("cpu.max", f"{quota} {PERIOD_US}")])
