"""An invented run of all contestants, for charts and tables without measuring.

    cd scripts; python3 -m tvl.testing.synthetic_contestants /tmp/contestants; ./tvl-results plot /tmp/contestants
"""

import os
import sys

from tvl.testing.synthetic_points import left_out, point, write

# name: (model, CPU µs per request at 64 connections, growth to 8000, KiB per connection, title)
CONTESTANTS = {
    "asio_threads": ("threads", 6.2, 4.0, 33, "one thread per connection, blocking calls (Boost.Asio)"),
    "asio_loop": ("loop", 4.2, 1.5, 1, "one epoll loop, C++20 coroutines (Boost.Asio)"),
    "asio_loops": ("loops", 4.3, 1.5, 1.1, "a loop per core (SO_REUSEPORT), C++20 coroutines (Boost.Asio)"),
    "asio_pool": ("pool", 6.0, 3.0, 3, "64 threads, each keeps its connection to the end (Boost.Asio)"),
    "asio_pool_per_request": ("pool", 7.4, 2.0, 2, "64 threads, a readable connection goes to a free one (Boost.Asio)"),
    "asio_prefork": ("prefork", 6.4, 2.9, 5, "processes forked in advance, 64 threads each (Boost.Asio)"),
    "asio_fibers": ("fibers", 4.6, 1.8, 17, "one epoll loop, stackful coroutines (Boost.Asio, Boost.Context)"),
    "asio_uring": ("uring", 4.9, 1.3, 1.4, "one io_uring loop, C++20 coroutines (Boost.Asio)"),
    "posix_threads": ("threads", 5.7, 4.1, 32, "one thread per connection, bare system calls"),
    "posix_loop": ("loop", 3.4, 1.4, 0.6, "one epoll loop, C++20 coroutines, bare system calls"),
    "httplib_pool": ("pool", 14.0, 3.0, 20, "cpp-httplib as a library: 64 threads, one per connection"),
    "nginx": ("loop", 5.1, 1.2, 0.9, "nginx, one worker"),
    "apache_prefork": ("prefork", 21.0, 3.2, 900, "Apache httpd, MPM prefork"),
    "apache_event": ("pool", 17.0, 1.9, 6, "Apache httpd, MPM event"),
    "aiohttp": ("loop", 160.0, 1.3, 9, "Python, aiohttp on asyncio's own loop"),
    "aiohttp_uvloop": ("loop", 110.0, 1.3, 8, "Python, aiohttp on uvloop"),
    "flask": ("pool", 420.0, 1.2, 14, "Python, Flask on gunicorn, gthread workers"),
    "node": ("loop", 38.0, 1.6, 7, "Node.js, its own http module"),
    "perl_prefork": ("prefork", 95.0, 1.5, 800, "Perl, processes forked in advance, core modules only"),
}
SIZES = (64, 1000, 8000)
PANELS = ["throughput", "p99", "cpu", "switches", "memory"]
LIMITS = {"asio_threads": "8000 connections need 8000 threads, the limit of pids.max is 4194 (cgroup)",
          "posix_threads": "8000 connections need 8000 threads, the limit of pids.max is 4194 (cgroup)",
          "flask": "8000 connections need 8010 descriptors, the limit of open files is 4096 (ulimit -Hn)"}


def wobble(repetition):
    return 1 + 0.015 * (repetition - 1)


def field_point(name, place, repetition, x, rate, **more):
    model, cpu, growth, kib, title = CONTESTANTS[name]
    cost = cpu * growth ** (SIZES.index(x) / 2 if x in SIZES else 0) * (2.5 if rate else 1) * wobble(repetition)
    full = 1e6 / cost
    met = not rate or full > rate
    blocking = model in ("threads", "prefork", "pool")
    record = point("models", name, x, repetition, position=place, model=model, rate=rate, cpu=cost,
                   throughput=min(rate or full, full) * wobble(repetition), facet=f"rate:{rate or 'saturation'}",
                   p99=(2 * cost + 40 if rate else 1.6e6 * x / full) * wobble(repetition),
                   voluntary=1.0 if blocking else 0.002 * cost, involuntary=0.001,
                   pss=int((3 << 20) + x * kib * 600), kernel=int(x * kib * 400), valid=met,
                   limiter="server-cpu" if not rate or not met else "rate",
                   reasons=() if met else [f"answered {100 * full / rate:.3g} % of the requests that fell due"],
                   chart={"panels": PANELS, "caption": "At one offered rate all do the same work."}, **more)
    return {**record, "title": title, "question": "What does a request cost in each model?"}


def models():
    records = [left_out("models", "apache_event", "not installed", "apache2 is not on PATH"),
               left_out("models", "asio_uring", "failed", "asio_uring ended before it listened: no io_uring here")]
    out = {record["contestant"] for record in records}
    for rate in (None, 2000):
        for x in SIZES:
            here = [name for name in CONTESTANTS if name not in out and not (x == SIZES[-1] and name in LIMITS)]
            records += [field_point(name, place, repetition, x, rate) for repetition in range(3)
                        for place, name in enumerate(here[repetition:] + here[:repetition])]
            records += [left_out("models", name, "limit", reason, x=x, facet=f"rate:{rate or 'saturation'}")
                        for name, reason in LIMITS.items() if x == SIZES[-1]]
    return records


def library_price():
    names = ("posix_threads", "asio_threads", "posix_loop", "asio_loop", "httplib_pool")
    return [{**field_point(name, place, repetition, x, rate), "workload": "library_price"}
            for rate in (None, 2000) for x in (1, 8, 64) for repetition in range(3)
            for place, name in enumerate(names)]


def matrix():
    """processes x threads / delay, until every one of 256 connections has a thread."""
    records = []
    for x in (1, 2, 4, 8):
        for threads in (1, 4, 16, 64):
            top = {"label": "processes x threads / delay", "rate": 20.0 * x * threads}
            every = {"label": "connections / delay", "rate": 5120.0}
            records += [point("processes_by_threads", "asio_prefork", x, repetition, series=f"threads:{threads}",
                              model="prefork", throughput=0.98 * min(top["rate"], 5120.0) * wobble(repetition),
                              cpu=40.0,
                              p99=50000 * max(1, 256 / x / threads), ceilings=[top, every], path="/delay/50",
                              chart={"x": "processes", "series": "threads"}) for repetition in range(3)]
        records += [point("processes_by_threads", "asio_loops", x, repetition, throughput=5000.0, cpu=20.0, p99=52000.0,
                          model="loops", ceilings=[every], path="/delay/50", position=1,
                          chart={"x": "processes", "series": "threads"}) for repetition in range(3)]
    return records


if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    write(sys.argv[1], models() + library_price() + matrix())
