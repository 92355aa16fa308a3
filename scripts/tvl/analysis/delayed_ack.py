"""Response times that Nagle's algorithm and delayed ACK make, which no CPU explains.

A server that writes header and body apart, without TCP_NODELAY, sends the body when the header has been acknowledged, and
Linux delays that by 40 ms. Such a server is not slow: it waits. The hint is given where the server had CPU left, each
request took little of it, and nothing in the workload waits on purpose.
"""

from statistics import median

from tvl.data import metrics
from tvl.data.metrics import at

# The timer is 40 ms, rounded up to ticks of 4 ms at 250 Hz; bench/suite/validation/delayed_ack.cpp has the same limits.
LEAST_MS, MOST_MS = 38, 49
MOST_TIMES = 3  # delays in one reply
LITTLE_CPU_US = 1000  # of a request
MOST_SHARE = 0.5  # of the server's cores
# Endpoints. One of neither kind is the user's own: whether it waits is not known, so only a single delay gives the hint.
WITHOUT_WAITS = ("plaintext", "json", "bytes", "echo", "touch", "upload")
WITH_WAITS = ("block", "cache", "cpu", "cpu_offload", "db", "delay", "fetch", "object", "offload", "run", "services",
              "stream", "token", "ws_echo", "ws_room")
HINT = "about 40 ms without CPU: Nagle's algorithm and delayed ACK; set TCP_NODELAY"


def sentences(workload):
    """One line per contestant, with its sizes: "mine at 1, 64: about 40 ms without CPU: ..." """
    found = {}
    for label in workload.measured:
        for x in workload.sizes:
            if is_delayed(workload, label, x):
                found.setdefault(label, []).append(f"{x:g}")
    return [f"{label} at {', '.join(where)}: {HINT}" for label, where in found.items()]


def is_delayed(workload, label, x):
    group = list(workload.points.get((label, x), {}).values())
    if not group or workload.bounded_by(label, x) or not all(map(waits_for_nothing, group)):
        return False
    cpu = workload.values(metrics.CPU, label, x)
    shares = [share for share in map(share_of_cores, group) if share is not None]
    idle = cpu and shares and median(cpu) <= LITTLE_CPU_US and median(shares) <= MOST_SHARE
    most_times = MOST_TIMES if group[0].get("endpoint") in WITHOUT_WAITS else 1
    return bool(idle) and any(is_about_40(workload.values(metric, label, x), most_times)
                              for metric in metrics.RESPONSES)


def is_about_40(values, most_times):
    middle = median(values) if values else 0
    return any(times * LEAST_MS <= middle <= times * MOST_MS for times in range(1, most_times + 1))


def waits_for_nothing(record):
    """Whether a reply waits neither on purpose nor for other clients, as far as is known."""
    crowd = at(record, "plan", "crowd") or {}
    beside = any(crowd.get(kind) for kind in ("greedy", "slow_senders", "slow_readers"))
    return (record.get("endpoint") not in WITH_WAITS and not record.get("targets") and not record.get("phases")
            and not beside)


def share_of_cores(record):
    """The server's CPU as a share of its cores, 0 to 1; None where it is not known."""
    share = at(record, "server", "cpu_share")
    return None if share is None else share / (at(record, "plan", "server_cores") or 1)
