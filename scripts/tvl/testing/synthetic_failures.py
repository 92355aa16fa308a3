"""An invented run of long-lived connections and failure scenarios: background connections, rooms, overload, storms, a
soak. For charts and tables without measuring.

    cd scripts; python3 -m tvl.testing.synthetic_failures /tmp/failures; ./tvl-results plot /tmp/failures
"""

import math
import os
import random
import sys

from tvl.testing.synthetic_points import point, write

MODELS = {"asio_threads": "threads", "asio_loop": "loop", "asio_pool": "pool", "asio_fibers": "fibers",
          "asio_prefork": "prefork"}
KNEE = {"asio_threads": 21000, "asio_loop": 36000, "asio_pool": 24000, "asio_fibers": 33000, "asio_prefork": 19000}
KIB = 1024
# Bytes per connection, user and kernel, and the fixed memory of a server.
EACH = {"asio_threads": (11 * KIB, 17 * KIB), "asio_loop": (900, 120), "asio_pool": (1400, 200),
        "asio_fibers": (9 * KIB, 600), "asio_prefork": (420 * KIB, 190 * KIB)}
AT_START = 6 << 20


def wobble(*seed, size=0.02):
    return 1 + size * random.Random(str(seed)).uniform(-1, 1)


def several(make, contestants, xs, repetitions=3):
    return [{**make(name, x, r), "position": place} for x in xs for r in range(repetitions)
            for place, name in enumerate(contestants)]


def day(workload, name, x, repetition, *, panels, x_name, variables=None, caption="", series=None, **more):
    chart = {"x": x_name, "panels": panels, "caption": caption, "series": "stack" if workload == "memory" else None}
    return point(workload, name, x, repetition, model=MODELS[name], chart=chart, series=series,
                 **more) | {"variables": variables or {x_name: x}}


def long_lived(contestants=("asio_threads", "asio_loop", "asio_fibers"), sizes=(0, 1000, 4000, 16000)):
    def make(name, x, r):
        user, kernel = EACH[name]
        record = day("long_lived", name, x, r, panels=["p99", "cpu", "memory"], x_name="idle_websockets", rate=2000,
                     throughput=2000.0, p99=(400 + x / 100 * (name == "asio_threads")) * wobble(name, x, r, size=0.1),
                     cpu=22 * (1 + x / 200000) * wobble(name, x, r), limiter="rate",
                     pss=round((AT_START + x * user * 2) * wobble(name, x, r)), kernel=round(2**20 + x * kernel))
        return record | {"plan": record["plan"] | {"connections": 100}}

    return several(make, contestants, sizes)


def memory(contestants=tuple(MODELS), sizes=(64, 256, 1000, 4000)):
    def make(name, x, r, stack=None):
        user, kernel = EACH[name]
        if stack == "8MiB":
            user += 5 * KIB
        return day("memory", name, x, r, panels=["memory", "total_memory"], x_name="connections",
                   series=f"stack:{stack}" if stack else None,
                   pss=round((AT_START + x * user) * wobble(name, x, r, size=0.01)), kernel=round(2**19 + x * kernel))

    found = several(make, [name for name in contestants if name not in ("asio_threads", "asio_prefork")], sizes)
    found += several(make, [name for name in contestants if name == "asio_prefork"], sizes[:-1])
    for stack in ("64KiB", "256KiB", "8MiB"):
        found += several(lambda name, x, r, stack=stack: make(name, x, r, stack),
                         [name for name in contestants if name == "asio_threads"], sizes)
    return found


def broadcast(contestants=("asio_threads", "asio_loop", "asio_fibers"), sizes=(10, 100, 1000, 4000)):
    def make(name, x, r):
        slow = 3 if name == "asio_threads" else 1
        reach = 0.87 if name == "asio_threads" and x == 4000 else 1.0
        ms = (0.3 + x * 0.004 * slow) * wobble(name, x, r, size=0.1)
        record = day("broadcast", name, x, r, panels=["delivery_p95", "reach", "delivery_cpu", "throughput"],
                     x_name="connections", rate=10, throughput=10.0 * x * reach, p99=ms * 1300, cpu=None,
                     path="/ws/room", limiter="none")
        record["latency"]["response"]["p95"] = ms * 1000
        return record | {"room": {"members": {"asked": x, "joined": x}, "reach": reach,
                                  "messages": {"scheduled": 30, "sent": 30, "unsent": 0},
                                  "deliveries": {"expected": 30 * x, "received": round(30 * x * reach)},
                                  "server_cpu_us_per_delivery": (2.0 + slow) * wobble(name, x, r)}}

    return several(make, contestants, sizes)


def missed(percent):
    return {"code": "rate-not-met", "text": f"answered {percent} % of the requests that fell due"}


def slow_clients(contestants=("asio_pool", "asio_threads", "asio_loop"), sizes=(0, 64, 256, 1000, 4000, 10000)):
    def make(name, x, r):
        gone = name == "asio_pool" and x >= 64
        rate = 1000.0 * wobble(name, x, r, size=0.01) * (1e-4 if gone else 1)
        return day("slow_clients", name, x, r, panels=["goodput", "p99", "cpu", "memory"], x_name="slow_senders",
                   rate=1000, throughput=0.0 if gone else rate, p99=None if gone else 500 * (1 + x / 20000),
                   cpu=None if gone else 24.0 * wobble(name, r), valid=not gone, limiter="rate",
                   reasons=[missed(0)] if gone else [], requests={"ok": 0 if gone else 1000, "scheduled": 1000})

    return several(make, contestants, sizes)


def hockey_stick(contestants=tuple(MODELS), percents=(20, 40, 60, 80, 90, 100, 110, 120)):
    def make(name, percent, r):
        load, knee = percent / 100, round(KNEE[name] * wobble(name, r, size=0.05))
        ms = 0.2 + 0.25 / max(0.02, 1.06 - load) if load < 1.05 else 90 * load ** 8
        record = day("hockey_stick", name, percent, r, panels=["p99", "p50", "cpu"], x_name="percent_of_knee",
                     rate=knee * load, throughput=min(load, 1.06) * knee,
                     p99=ms * 1000 * wobble(name, percent, r, size=0.15),
                     valid=percent < 110, limiter="server-cpu", reasons=[] if percent < 110 else [missed(95.1)])
        return record | {"knee": {"rate": knee, "slo": "p99=10ms", "percent": percent}}

    return several(make, contestants, percents)


def phase(begin, end, rate, connections, goodput, p99):
    count = round(goodput * (end - begin))
    return {"begin_s": begin, "end_s": end, "rate": rate, "connections": connections, "scheduled": count, "ok": count,
            "errors": 0, "unanswered": 0, "goodput": goodput, "response": {"n": count, "p50": p99 / 3, "p99": p99}}


INTERVAL_S = 0.1


def row(t, ok, p99, errors=0):
    """As the generator writes it: no percentile of which fewer than ten replies lie beyond."""
    ok = round(ok)
    return {"t": round(t, 6), "ok": ok, "errors": errors, "p50": p99 / 3 if ok >= 20 else None,
            "p99": p99 if ok >= 1000 else None, "max": p99 * 1.6 if ok else None, "sampled_s": None, "server_cpu": None,
            "rss": None, "threads": None, "descriptors": None}


def reading(second, cpu, connections, name):
    """Of the server, for a row that ends then or shortly after."""
    user, _ = EACH[name]
    return {"sampled_s": second, "server_cpu": cpu, "rss": round(AT_START + connections * user * 1.3),
            "descriptors": connections + 8,
            "threads": connections + 2 if name == "asio_threads" else 64 if name == "asio_pool" else 1}


def edges(begin, end, step=INTERVAL_S):
    """The ends of rows between two changes."""
    count = max(1, math.ceil((end - begin) / step - 1e-9))
    return [begin + step * i for i in range(1, count)] + [end]


def is_read(t, begin, end):
    """At whole seconds, before a change and one row after it."""
    return abs(t - round(t)) < 1e-6 or t == end or 0 < begin and t <= begin + INTERVAL_S + 1e-6


def stepped(workload, name, repetition, steps, seconds, back, panels, connections=64, pain=40):
    """steps: [(at, rate, connections)]; back: seconds after the last of them until recovery, None = never."""
    ends = [at for at, *_ in steps[1:]] + [seconds]
    phases, rows = [], []
    for (begin, rate, there), end in zip(steps, ends):
        full = min(rate, KNEE[name])
        phases.append(phase(begin, end, rate, there, full * wobble(name, begin, repetition),
                            400.0 if rate <= KNEE[name] else 400.0 * pain))
        for t in edges(begin, end):
            late = begin == steps[-1][0] and (back is None or t - begin <= back)
            bad = rate > KNEE[name] or late
            p99 = 400.0 * (pain * (1 + t - begin) / 4 if bad else 1) * wobble(name, round(t, 3), repetition, size=0.2)
            rows.append(row(t, full * INTERVAL_S, p99, errors=3 * bad))
            if is_read(t, begin, end):
                before = t == end and end < seconds
                rows[-1] |= reading(t - 0.002 * before, min(1.0, rate / KNEE[name] + 0.05), there, name)
    record = day(workload, name, connections, repetition, panels=panels, x_name="connections", rate=steps[0][1],
                 throughput=steps[0][1], p99=400.0 * pain, limiter="none")
    rated = {rate for _, rate, _ in steps}
    plan = {"storm_s": steps[1][0] if len(rated) == 1 and steps[1][2] == connections else None,
            "late": {"at_s": steps[1][0], "connections": 1900} if steps[1][2] != connections else None}
    return record | {"phases": phases, "timeline": rows, "timeline_interval_s": INTERVAL_S, "window_s": seconds,
                     "plan": record["plan"] | plan, "recovery": {"response_s": back, "all_served_s": back and back / 2}}


def overload(contestants=("asio_threads", "asio_loop", "asio_pool")):
    def make(name, _, r):
        knee = KNEE[name]
        steps = [(at, knee * part, 256) for at, part in ((0, 0.5), (4, 1.0), (8, 2.0), (12, 1.0), (16, 0.5))]
        back = {"asio_pool": None}.get(name, 1.4 + 0.2 * r)
        record = stepped("overload", name, r, steps, 20, back, ["phases", "goodput", "recovery", "cpu"], 256)
        record["recovery"]["all_served_s"] = None  # no connection was lost
        return record

    return several(make, contestants, (256,))


def spike(contestants=("asio_threads", "asio_loop", "asio_pool")):
    def make(name, _, r):
        back = {"asio_threads": 2.2, "asio_pool": None}.get(name, 0.4)  # a pool cannot serve more than it has threads
        return stepped("spike", name, r, [(0, 4000, 100), (5, 4000, 2000)], 10, back,
                       ["phases", "recovery", "all_served", "p99"], 100)

    return several(make, contestants, (100,))


def reconnect_storm(contestants=tuple(MODELS), sizes=(1000, 4000)):
    def make(name, x, r):
        back = x / (900 if name == "asio_threads" else 4000) * wobble(name, x, r)
        if name == "asio_prefork" and x > 1000:
            back = None
        return stepped("reconnect_storm", name, r, [(0, 2000, x), (4, 2000, x)], 12, back,
                       ["phases", "all_served", "recovery"], x)

    return several(make, contestants, sizes)


def fairness(contestants=("asio_threads", "asio_loop", "asio_pool")):
    def make(name, x, r):
        unfair = {"asio_threads": 0.02, "asio_loop": 0.3, "asio_pool": 0.5}[name] * x
        record = day("fairness", name, x, r, panels=["jain", "worst", "p99"], x_name="greedy", limiter="server-cpu")
        return record | {"connections": {"asked": 64, "established": 64, "starved": 0,
                                         "jain": (0.99 - unfair) * wobble(name, x, r, size=0.005),
                                         "worst": (0.92 - unfair) * wobble(name, x, r, size=0.02)}}

    return several(make, contestants, (0, 1))


def soak_timeline(seconds=900, *, noise=0, bytes_a_second=0.0, descriptors_a_minute=0.0, threads_a_minute=0.0,
                  growing_s=60, seed=1):
    """One row a second: memory climbs to its level in the first growing_s, then by the given growth."""
    chance = random.Random(seed)
    rows = []
    for t in range(1, seconds + 1):
        rss = (8 << 20) + (1 << 20) * min(1, t / growing_s) + bytes_a_second * t + 4096 * chance.randint(-noise, noise)
        rows.append({"t": float(t), "ok": 2000, "errors": 0, "p50": 150.0, "p99": 400.0 * wobble(seed, t, size=0.2),
                     "server_cpu": 0.2, "rss": int(rss) // 4096 * 4096, "threads": 3 + int(threads_a_minute * t / 60),
                     "descriptors": 108 + int(descriptors_a_minute * t / 60)})
    return rows


def soak(**leaks):
    """leaks: contestant -> arguments of soak_timeline()"""
    leaks = leaks or {"asio_loop": {"noise": 20}, "asio_threads": {"bytes_a_second": 10 * KIB, "noise": 20},
                      "asio_pool": {"descriptors_a_minute": 1}}
    return [day("soak", name, 100, 0, position=place, panels=["phases", "p99", "cpu", "memory"], x_name="connections",
                rate=2000, throughput=2000.0, limiter="rate") | {"timeline": soak_timeline(**how), "phases": []}
            for place, (name, how) in enumerate(leaks.items())]


def everything():
    return (long_lived() + memory() + broadcast() + slow_clients() + hockey_stick() + overload() + spike()
            + reconnect_storm() + fairness() + soak())


if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    write(sys.argv[1], everything())
