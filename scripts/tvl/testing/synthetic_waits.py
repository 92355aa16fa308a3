"""An invented run of waiting requests: foreground requests with interfering ones, sequential and concurrent calls, a
pool of connections. For charts and tables without measuring.

    cd scripts; python3 -m tvl.testing.synthetic_waits /tmp/waits; ./tvl-results plot /tmp/waits
"""

import os
import random
import sys

from tvl.testing.synthetic_points import point, write

MODELS = {"asio_threads": "threads", "asio_loop": "loop", "asio_loops": "loops", "asio_pool": "pool",
          "asio_fibers": "fibers", "asio_uring": "uring", "asio_prefork": "prefork"}
BLOCKED = {"asio_loop": 1.0, "asio_loops": 1.0, "asio_fibers": 1.0, "asio_uring": 1.0}  # share of stalls
BLOCK_MS = 100
INTERVAL_S = 0.01


def wobble(repetition):
    return 1 + 0.015 * (repetition - 1)


def trace(blocked, percent, seconds=3, rate=500, seed=1):
    """A foreground request waits for the end of the blocking call during which it falls due."""
    chance = random.Random(seed)
    values, free_at = [], 0.0
    for i in range(round(seconds / INTERVAL_S)):
        due = i * INTERVAL_S
        if chance.random() < rate * percent / 100 * INTERVAL_S:
            free_at = max(due, free_at) + BLOCK_MS / 1000
        waits = max(0.0, free_at - due) * 1e6 * blocked
        none_due = chance.random() < 0.02
        values.append(None if none_due else round(waits + 150 * (1 + chance.random()), 1))
    return {"interval_s": INTERVAL_S, "max_us": values}


def target(path, weight, p50, p99):
    return {"path": path, "weight": weight, "requests": {"sent": 1500, "ok": 1500},
            "latency": {"response": {"n": 1500, "p50": p50, "p99": p99}, "service": {"n": 1500}}}


def mixed(contestant, beside, percent, repetition=0, position=0, **more):
    """A point of foreground requests (p99 as if blocked, where they are) and of interfering ones with a far higher p99."""
    blocked = BLOCKED.get(contestant, 0) if beside == "block" else 0
    p99 = (300 + blocked * BLOCK_MS * 1000 * min(1, percent * 1.2)) * wobble(repetition) * (1 + position / 8)
    chart = {"x": "percent", "series": "beside", "panels": ["p99", "p50", "cpu", "switches", "memory"],
             "caption": "One that blocks is enough."}
    record = point("blocking_trap", contestant, percent, repetition, position=position, model=MODELS[contestant],
                   rate=500, throughput=500.0, series=f"beside:{beside}", chart=chart, p99=2e6, cpu=12 + position + (3 if beside == "offload" else 0), limiter="rate", **more)
    targets = [target("/plaintext", 100 - percent, 250, p99), target(f"/{beside}/{BLOCK_MS}", percent, 1e5, 1.3e5)]
    return {**record, "targets": targets if percent else [],
            "latency": record["latency"] if percent else targets[0]["latency"],
            "variables": {"connections": 64, "percent": percent, "beside": beside},
            "trace": trace(blocked, percent, seed=position)}


def trap(contestants=tuple(MODELS), percents=(0, 0.1, 1)):
    return [mixed(name, beside, percent, repetition, place) for beside in ("block", "offload") for percent in percents
            for repetition in range(3) for place, name in enumerate(contestants)]


def gather():
    """n calls of 20 ms each: their sum or their maximum, plus overhead for each."""
    chart = {"x": "n", "series": "order", "panels": ["p50", "p99", "cpu"], "caption": "Sum or maximum."}
    records = []
    for n in (1, 2, 4, 8, 16):
        for order in ("serial", "gather"):
            ms = (n if order == "serial" else 1) * 20
            expected = [{"label": "sum", "ms": 20.0 * n}, {"label": "max", "ms": 20.0}]
            for place, name in enumerate(("asio_threads", "asio_loop")):
                records += [{**point("gather", name, n, repetition, position=place, model=MODELS[name],
                                     series=f"order:{order}", chart=chart, path="/fetch", cpu=90.0 * n + 40,
                                     p99=4000 * (ms + 0.3 + 0.12 * n * (1 + place)) * wobble(repetition)),
                             "expected": expected, "services": services(upstream=0.02 * n)}
                            for repetition in range(3)]
    return records


def pool():
    """The database takes 5 ms, so each connection of the pool answers 200 times a second."""
    records = []
    for x in (1, 2, 4, 8, 16):
        for place, name in enumerate(("asio_threads", "asio_loop")):
            top = {"label": "pool / latency", "rate": 200.0 * x}
            records += [{**point("downstream_pool", name, x, repetition, position=place, model=MODELS[name],
                                 throughput=min(0.98 * top["rate"], 2300 + 300 * place) * wobble(repetition),
                                 limiter="services" if x == 16 else "ceiling", ceilings=[top], path="/db/1",
                                 chart={"x": "pool", "panels": ["throughput", "p99", "cpu"], "caption": "As many as"}),
                         "services": services(postgres=0.05 * x)} for repetition in range(3)]
    return records


def services(**shares):
    return {name: {"origin": "started", "version": None, "cpu_share": share} for name, share in shares.items()}


if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    write(sys.argv[1], trap() + gather() + pool())
