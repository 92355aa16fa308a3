"""Points with simple numbers for tests, in the shape that tvl-suite writes."""

import json
import os

TITLES = {"asio_threads": "one thread per connection, blocking calls (Boost.Asio)",
          "asio_loop": "one epoll loop, C++20 coroutines (Boost.Asio)"}

ENVIRONMENT = {
    "schema": 1, "created": "2026-11-22T12:00:00Z", "host": "testbed", "cpu_model": "Imaginary CPU 3000", "cores": 2,
    "memory_bytes": 8 << 30, "kernel": "6.1.0", "os": "Debian GNU/Linux 12", "governor": None,
    "mitigations": {"spectre_v2": "Mitigation: Retpolines"},
    "limits": {"open_files_soft": 1024, "open_files_hard": 20000},
    "compiler": "clang 19.1.7", "compiler_flags": "-O3 -DNDEBUG", "build_type": "Release", "boost": "1.81",
    "commit": "0123456789abcdef", "dirty": False, "command": "tvl-suite --quick", "quick": True}


def point(workload="connections", contestant="asio_threads", x=64, repetition=0, *, position=0, throughput=1000.0,
          p99=2000.0, cpu=20.0, voluntary=1.0, involuntary=0.5, pss=4 << 20, kernel=2 << 20, valid=True,
          limiter="server-cpu", reasons=(), ceilings=(), path="/plaintext", model=None, rate=None, facet=None,
          series=None, chart=None, kind="launch", **more):
    """more: other members of the record"""
    names = [text for text in (str(x), facet, series) if text]
    latency = {"n": 9000, "min": 10.0, "mean": 500.0, "p50": p99 and p99 / 4, "p90": p99 and p99 / 2, "p99": p99,
               "p999": None, "max": 9000.0, "hdr": None}
    return {
        "schema": 1, "workload": workload, "contestant": contestant, "title": TITLES.get(contestant, contestant),
        "model": model or contestant.split("_")[-1], "versus": "asio_threads" if contestant == "asio_loop" else None,
        "load": "/".join(names), "x": x, "facet": facet, "series": series, "repetition": repetition,
        "block": "/".join([workload, *names]), "position": position, "contestant_kind": kind,
        "chart": {"panels": None, "caption": None, **(chart or {})},
        "started": "2026-11-22T12:00:00Z", "quick": True, "endpoint": path.split("/")[1], "path": path,
        "cpus": {"server": [0], "generator": [1]}, "ceilings": list(ceilings), "server_counters": None,
        "plan": {"mode": "open" if rate else "closed", "rate": rate, "connections": x, "requests_per_connection": 0,
                 "seconds": 1.0, "warmup_s": 0.3},
        "throughput": throughput, "latency": {"response": latency, "service": latency},
        "server": {"cpu_us_per_request": cpu, "pss_bytes": pss, "kernel_bytes": kernel,
                   "switches_per_request": {"voluntary": voluntary, "involuntary": involuntary}},
        "verdict": {"valid": valid, "limiter": limiter, "reasons": list(reasons)}, "interrupted": False,
        **more}


def left_out(workload="connections", contestant="nginx", status="not installed", reason="nginx is not on PATH", **more):
    """more: for a limit, which is about one point, its x, facet and series."""
    return {"schema": 1, "workload": workload, "contestant": contestant, "title": contestant, "model": "loop",
            "versus": None, "left_out": {"status": status, "reason": reason}, **more}


def write(folder, records, environment=ENVIRONMENT, tail=""):
    with open(os.path.join(folder, "points.jsonl"), "w", encoding="utf-8") as file:
        file.writelines(json.dumps(record) + "\n" for record in records)
        file.write(tail)
    if environment is not None:
        with open(os.path.join(folder, "environment.json"), "w", encoding="utf-8") as file:
            json.dump(environment, file)
    return folder
