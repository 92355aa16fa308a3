"""What charts and tables show: where a number stands in a point, its unit, and which direction is better."""

from dataclasses import dataclass
from typing import Callable, Optional

MIB = 1024 * 1024
HIGHER, LOWER = "higher is better", "lower is better"


@dataclass(frozen=True)
class Metric:
    key: str
    title: str
    unit: str
    better: Optional[str]  # None: neither, so it has no ratio
    read: Callable  # point -> number in that unit, or None
    column: str  # heading in tables


def at(record, *path):
    """The value at a path of keys, None where any of them is missing or null."""
    for key in path:
        record = record.get(key) if isinstance(record, dict) else None
    return record


def scaled(factor, *path):
    def read(record):
        value = at(record, *path)
        return None if value is None else value * factor

    return read


def response(percentile):
    """Where requests of several kinds are mixed, those of the first kind, the innocents: the workload asks what the
    others do to them."""

    def read(record):
        mixed = record.get("targets")
        value = at(mixed[0] if mixed else record, "latency", "response", percentile)
        return None if value is None else value * 1e-3

    return read


def added(factor, *paths):
    """A sum is known only when all its parts are."""

    def read(record):
        parts = [at(record, *path) for path in paths]
        return None if None in parts else sum(parts) * factor

    return read


THROUGHPUT = Metric("throughput", "Throughput", "replies/s", HIGHER, scaled(1, "throughput"), "replies/s")
P50 = Metric("p50", "Median response time", "ms", LOWER, response("p50"), "p50 ms")
P99 = Metric("p99", "p99 response time", "ms", LOWER, response("p99"), "p99 ms")
RESPONSES = (P50, P99)
CPU = Metric("cpu", "Server CPU per request", "µs", LOWER, scaled(1, "server", "cpu_us_per_request"), "CPU µs/req")
SWITCHES = Metric(
    "switches", "Context switches per request", "switches/request", LOWER,
    added(1, ("server", "switches_per_request", "voluntary"), ("server", "switches_per_request", "involuntary")),
    "switches/req")
USER_MEMORY = Metric("user_memory", "User memory (PSS)", "MiB", LOWER, scaled(1 / MIB, "server", "pss_bytes"),
                     "user MiB")
KERNEL_MEMORY = Metric("kernel_memory", "Kernel memory", "MiB", LOWER, scaled(1 / MIB, "server", "kernel_bytes"),
                       "kernel MiB")
MEMORY = Metric("memory", "Server memory, user + kernel", "MiB", LOWER,
                added(1 / MIB, ("server", "pss_bytes"), ("server", "kernel_bytes")), "memory MiB")

PANELS = {metric.key: metric for metric in (THROUGHPUT, P50, P99, CPU, SWITCHES, MEMORY)}
DEFAULT_PANELS = ("throughput", "p99", "cpu", "switches", "memory")
RATE_PANELS = ("cpu", "p99", "p50", "switches", "memory")  # throughput is what was offered
SERVICES = tuple(Metric(f"{name}_cpu", f"CPU of {name}", "cores", None, scaled(1, "services", name, "cpu_share"),
                        f"{name} cores") for name in ("redis", "postgres", "upstream"))
COLUMNS = (THROUGHPUT, P50, P99, CPU, SWITCHES, MEMORY, *SERVICES)


def number(value):
    """Three significant digits, thousands grouped: 151,234  48.1  0.0712  n/a"""
    if value is None:
        return "n/a"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size == 0:
        return "0"
    decimals = 1 if size >= 10 else 2 if size >= 1 else 3 if size >= 0.1 else 4
    return f"{value:.{decimals}f}"


def tick(value):
    """Short for an axis: 150k  1.5k  0.05"""
    for factor, letter in ((1e6, "M"), (1e3, "k")):
        if abs(value) >= factor:
            return f"{value / factor:g}{letter}"
    return f"{value:g}"
