"""primitives.json and primitives_rows.json as tvl-primitives writes them, with invented numbers."""

import json
import os

LISTED = [
    {"name": "baseline", "file": "bench/primitives/baseline.cpp", "asyncio": "", "rows": []},
    {"name": "create_task", "file": "bench/primitives/create_task.cpp", "asyncio": "asyncio.create_task()", "rows": [
        {"what": "", "thread_way": "create_task/thread/spawn/100", "loop_way": "create_task/loop/asio/100",
         "counter": "ns_per_item", "verdict": ""},
        {"what": "a pool", "thread_way": "create_task/thread/pool/100", "loop_way": "create_task/loop/asio/100",
         "counter": "cpu_ns_per_item", "verdict": ""}]},
    {"name": "memory", "file": "bench/primitives/memory.cpp", "asyncio": "a task that waits", "rows": [
        {"what": "", "thread_way": "memory/thread/stack/10", "loop_way": "memory/loop/asio/10",
         "counter": "bytes_per_item", "verdict": ""}]},
    {"name": "never_awaited", "file": "bench/primitives/never_awaited.cpp", "asyncio": "never awaited", "rows": [
        {"what": "", "thread_way": "", "loop_way": "", "counter": "ns_per_item", "verdict": "compile error"}]},
]
CONTEXT = {"date": "2026-11-22T12:00:00+00:00", "num_cpus": 2, "library_build_type": "debug", "build_type": "Release",
           "compiler": "Clang 19.1.7", "quick": "false"}


def benchmark(name, values, counter="ns_per_item"):
    """A row per round. In the library's eyes each round is a benchmark of its own that runs once."""
    full = f"{name}/process_time/real_time"
    return [{"name": full, "run_type": "iteration", "repetitions": 1, "repetition_index": 0, "ns_per_item": value,
             "cpu_ns_per_item": value, counter: value} for value in values]


def as_before(runs):
    """As the library wrote repetitions of its own: numbered, and with aggregates, which readers must skip."""
    seen, found = {}, []
    for run in runs:
        index = seen[run["name"]] = seen.get(run["name"], -1) + 1
        found.append({**run, "repetition_index": index})
    return found + [{"name": f"{name}_mean", "run_type": "aggregate", "aggregate_name": "mean", "ns_per_item": -1.0}
                    for name in seen]


def skipped(name, why):
    return [{"name": f"{name}/process_time/real_time", "run_type": "iteration", "error_occurred": True,
             "error_message": why}]


def rounds(runs):
    """In the order measured: a round has one row of each benchmark."""
    by_name = {}
    for run in runs:
        by_name.setdefault(run["name"], []).append(run)
    longest = max(map(len, by_name.values()))
    return [lines[i] for i in range(longest) for lines in by_name.values() if i < len(lines)]


def measured(repetitions=6):
    """At most six. Per pair, create_task has ratios of 98 to 102, its pool of 0.8 to 4.5, memory of 46."""
    return rounds(run for runs in (
        benchmark("baseline/baseline/call/1", [1.3, 1.3, 1.4]),
        benchmark("create_task/thread/spawn/10", [22_000.0, 21_000.0, 23_000.0]),
        benchmark("create_task/thread/spawn/100", [21_000.0, 20_000.0, 20_500.0, 20_500.0, 20_500.0, 20_400.0]),
        benchmark("create_task/thread/spawn/1000", [20_000.0, 20_000.0, 20_000.0]),
        benchmark("create_task/thread/pool/100", [600.0, 900.0, 640.0, 160.0, 220.0, 630.0]),
        benchmark("create_task/loop/asio/10", [210.0, 211.0, 212.0]),
        benchmark("create_task/loop/asio/100", [210.0, 200.0, 201.0, 200.0, 205.0, 208.0]),
        benchmark("create_task/loop/asio/1000", [201.0, 202.0, 203.0]),
        benchmark("memory/thread/stack/10", [23_552.0] * 5, "bytes_per_item"),
        benchmark("memory/loop/asio/10", [512.0] * 5, "bytes_per_item")) for run in runs[:repetitions])


def write(folder, benchmarks=None, listed=None, **context):
    data = {"context": {**CONTEXT, **context}, "benchmarks": measured() if benchmarks is None else benchmarks}
    for name, content in (("primitives.json", data), ("primitives_rows.json", LISTED if listed is None else listed)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            json.dump(content, file)
    return folder
