"""The metrics of charts and tables: place in a point, unit, and which direction is better."""

from dataclasses import dataclass, replace
from typing import Callable, Optional

MIB = 1024 * 1024
HIGHER, LOWER = "higher is better", "lower is better"

# The groups of figures that hold or are spoilt together, see validity.py. TAILS: quantiles above the median. TIMES: the
# median, and what takes seconds. COUNTED: shares and counts of replies.
GROUPS = TIMES, TAILS, RATES, GOOD, COST, BYTES, COUNTED = (
    "response_times", "response_tail", "throughput", "goodput", "cpu", "memory", "counts")
# Margins: two contestants are the same when the ratio's whole interval lies between 1 / (1 + margin) and 1 + margin.
NEAR, MIDDLE, TAIL = 0.05, 0.10, 0.25


@dataclass(frozen=True)
class Metric:
    key: str
    title: str
    unit: str
    better: Optional[str]  # None: neither, so it has no ratio
    read: Callable  # point -> number in that unit, or None
    column: str  # heading in tables
    group: str = COUNTED  # of GROUPS
    margin: float = NEAR


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
    """With interfering requests, that of the foreground requests."""

    def read(record):
        mixed = record.get("targets")
        value = at(mixed[0] if mixed else record, "latency", "response", percentile)
        return None if value is None else value * 1e-3

    return read


def added(factor, *paths):
    """A sum; None if a part is unknown."""

    def read(record):
        parts = [at(record, *path) for path in paths]
        return None if None in parts else sum(parts) * factor

    return read


THROUGHPUT = Metric("throughput", "Throughput", "replies/s", HIGHER, scaled(1, "throughput"), "replies/s",
                    RATES)
P50 = Metric("p50", "Median response time", "ms", LOWER, response("p50"), "p50 ms", TIMES, MIDDLE)
P99 = Metric("p99", "p99 response time", "ms", LOWER, response("p99"), "p99 ms", TAILS, TAIL)
RESPONSES = (P50, P99)
CPU = Metric("cpu", "Server CPU per request", "µs", LOWER, scaled(1, "server", "cpu_us_per_request"), "CPU µs/req",
             COST)
SWITCHES = Metric(
    "switches", "Context switches per request", "switches/request", LOWER,
    added(1, ("server", "switches_per_request", "voluntary"), ("server", "switches_per_request", "involuntary")),
    "switches/req", COST)
RUN_QUEUE = Metric("run_queue", "Time in the run queue per request", "µs", LOWER,
                   scaled(1, "server", "run_queue_us_per_request"), "queue µs/req", COST)
FAULTS = Metric("faults", "Page faults per request", "faults/request", LOWER,
                added(1, ("server", "faults_per_request", "minor"), ("server", "faults_per_request", "major")),
                "faults/req", COST)
MIGRATIONS = Metric("migrations", "Migrations to another core per request", "migrations/request", LOWER,
                    scaled(1, "server", "migrations_per_request"), "migrations/req", COST)
USER_MEMORY = Metric("user_memory", "User memory (PSS)", "MiB", LOWER, scaled(1 / MIB, "server", "pss_bytes"),
                     "user MiB", BYTES)
KERNEL_MEMORY = Metric("kernel_memory", "Kernel memory", "MiB", LOWER, scaled(1 / MIB, "server", "kernel_bytes"),
                       "kernel MiB", BYTES)
MEMORY = Metric("memory", "Server memory, user + kernel", "MiB", LOWER,
                added(1 / MIB, ("server", "pss_bytes"), ("server", "kernel_bytes")), "memory MiB",
                BYTES)


def goodput(record):
    """Good replies per second. If the plan changes inside the window, those of the last phase with the highest rate."""
    phases = record.get("phases") or []
    if len(phases) < 2:
        return record.get("throughput")
    return max(enumerate(phases), key=lambda item: (item[1].get("rate") or 0, item[0]))[1].get("goodput")


def in_room(path, read=lambda value: value):
    """None unless the point is of a room."""

    def of(record):
        value = at(record, *path) if record.get("room") else None
        return None if value is None else read(value)

    return of


GOODPUT = Metric("goodput", "Goodput", "good replies/s", HIGHER, goodput, "goodput/s", GOOD)
RECOVERY = Metric("recovery", "Time to recover", "s", LOWER, scaled(1, "recovery", "response_s"), "recovery s",
                  TIMES, TAIL)
ALL_SERVED = Metric("all_served", "Time until all were served", "s", LOWER, scaled(1, "recovery", "all_served_s"),
                    "all served s", COUNTED, TAIL)
JAIN = Metric("jain", "Fairness (Jain's index)", "1 = all alike", HIGHER, scaled(1, "connections", "jain"), "Jain")
WORST = Metric("worst", "Replies of the worst-served connection", "share of the mean", HIGHER,
               scaled(1, "connections", "worst"), "worst/mean")
REACH = Metric("reach", "Reach", "% of deliveries received", HIGHER, in_room(("room", "reach"), lambda x: 100 * x),
               "reach %")
DELIVERY_P95 = Metric("delivery_p95", "p95 delivery time", "ms", LOWER,
                      in_room(("latency", "response", "p95"), lambda x: x * 1e-3), "delivery p95 ms",
                      TAILS, TAIL)
DELIVERY_CPU = Metric("delivery_cpu", "Server CPU per delivered message", "µs", LOWER,
                      in_room(("room", "server_cpu_us_per_delivery")), "CPU µs/delivery", COST)
# The same sum as MEMORY; its panel extrapolates beyond the sizes measured, see memory_per_connection.py.
TOTAL_MEMORY = Metric("total_memory", "Server memory, extrapolated", "MiB", LOWER, MEMORY.read, "memory MiB",
                      BYTES)

PANELS = {metric.key: metric for metric in (THROUGHPUT, P50, P99, CPU, SWITCHES, MEMORY, GOODPUT, RECOVERY, ALL_SERVED,
                                            JAIN, WORST, REACH, DELIVERY_P95, DELIVERY_CPU, TOTAL_MEMORY, RUN_QUEUE,
                                            FAULTS, MIGRATIONS)}
FIGURES = ("phases",)  # among the panels of a [chart]: figures of their own
DEFAULT_PANELS = ("throughput", "p99", "cpu", "switches", "memory")
RATE_PANELS = ("cpu", "p99", "p50", "switches", "memory")  # throughput is what was offered
SERVICES = tuple(Metric(f"{name}_cpu", f"CPU of {name}", "cores", None, scaled(1, "services", name, "cpu_share"),
                        f"{name} cores", COST) for name in ("redis", "postgres", "upstream"))
COLUMNS = (THROUGHPUT, P50, P99, CPU, SWITCHES, MEMORY, RECOVERY, ALL_SERVED, REACH, DELIVERY_P95, DELIVERY_CPU,
           *SERVICES)
ASKED_COLUMNS = (GOODPUT, JAIN, WORST, RUN_QUEUE, FAULTS, MIGRATIONS)  # in a table only if the chart names them

# (title, unit, column) for points of a room, whose replies are deliveries.
ROOM_WORDS = {"throughput": ("Deliveries", "deliveries/s", "deliveries/s"),
              "p50": ("Median delivery time", "ms", "p50 ms"), "p99": ("p99 delivery time", "ms", "p99 ms")}


def worded(metric, record):
    """The metric with the title and unit for that point."""
    if not (record or {}).get("room") or metric.key not in ROOM_WORDS:
        return metric
    return replace(metric, **dict(zip(("title", "unit", "column"), ROOM_WORDS[metric.key])))


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
