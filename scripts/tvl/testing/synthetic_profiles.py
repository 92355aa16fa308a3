"""Profiles with simple numbers for tests, in the shape that tvl-suite writes."""

import json
import os

from tvl.testing.synthetic_points import point, write

CALL = "libc.so.6`__send;entry_SYSCALL_64_after_hwframe_[k];do_syscall_64_[k]"
STACKS = {"own": "{0}`main;{0}`tvl::handler::session::next", "runtime": "{0}`main;libc.so.6`malloc",
          "send": f"{{0}}`main;{CALL};__sys_sendto_[k];tcp_sendmsg_[k];memcpy_[k]",
          "scheduler": f"{{0}}`main;{CALL};tcp_recvmsg_[k];schedule_[k];__schedule_[k]",
          "syscall": f"{{0}}`main;{CALL}", "futex": f"{{0}}`main;{CALL};do_futex_[k];futex_wake_[k]",
          "other": f"{{0}}`main;{CALL};__x64_sys_uname_[k]"}
THREADS = {"own": 100, "runtime": 300, "send": 200, "scheduler": 380, "other": 20}  # 1,000 samples
LOOP = {"own": 200, "runtime": 500, "send": 280, "scheduler": 0, "other": 20}
HZ = 500
WINDOW = 2.0  # seconds: with a full core as many samples as above


def profile(folder, record, counts, **more):
    """The record as a profiled point; writes its stacks. counts: {class: samples}; more: other members of `profile`."""
    there = os.path.join(folder, "profiles")
    os.makedirs(there, exist_ok=True)
    name = f"{record['workload']}-{record['contestant']}-{record['x']}-{len(os.listdir(there))}.folded"
    with open(os.path.join(there, name), "w", encoding="utf-8") as file:
        file.writelines(f"{STACKS[key].format(record['contestant'])} {count}\n" for key, count in counts.items() if count)
    said = {"file": name, "hz": HZ, "samples": sum(counts.values()), "elsewhere": 3, "idle": 1, "lost": 0, "missing": []}
    return {**record, "profile": {**said, **more}}


def measured(contestant, x=64, repetition=0, *, cpu=20.0, share=1.0, **more):
    """A point with a CPU share and a window."""
    place = int(contestant == "asio_loop")
    found = point(contestant=contestant, x=x, repetition=repetition, position=place, cpu=cpu, **more)
    found["versus"] = {"asio_threads": "asio_loop", "asio_loop": "asio_threads"}.get(contestant)
    found["server"]["cpu_share"], found["window_s"] = share, WINDOW
    return found


def both(folder, contestant, counts, x=64, repetition=0, *, cpu=20.0, slowdown=1.02, more=None, **of_points):
    """[a plain point, the same profiled]; cpu: µs per request, or None; more: members of `profile`"""
    slowed = None if cpu is None else cpu * slowdown
    return [{**measured(contestant, x, repetition, cpu=cpu, **of_points), "profile": None},
            profile(folder, measured(contestant, x, repetition, cpu=slowed, **of_points), counts, **(more or {}))]


def passes(folder, sizes=(64,), count=2):
    """The records of a thread per connection and of a loop, `count` passes."""
    return [one for x in sizes for repetition in range(count)
            for contestant, counts, cpu in (("asio_threads", THREADS, 20.0), ("asio_loop", LOOP, 10.0))
            for one in both(folder, contestant, counts, x, repetition, cpu=cpu)]


def write_run(folder, records, points=()):
    """records: of the passes; points: of the run. Returns the folder."""
    os.makedirs(os.path.join(folder, "profiles"), exist_ok=True)
    with open(os.path.join(folder, "profiles", "points.jsonl"), "w", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)
    if points:
        write(folder, points)
    return folder
