"""What tvl-primitives measured: primitives.json as Google Benchmark writes it, and primitives_rows.json, its --list.

    build/bin/tvl-primitives --list > DIR/primitives_rows.json
    build/bin/tvl-primitives --benchmark_repetitions=5 --benchmark_out=DIR/primitives.json
"""

import json
import math
import os
import statistics
from typing import NamedTuple

from tvl.data import points

NOISY = 0.1  # of the median, from the smallest repetition to the largest
SUFFIX = "/process_time/real_time"  # Google Benchmark says so how it measured


class Value(NamedTuple):
    """A counter of one benchmark over its repetitions; without median where it was skipped."""
    median: float | None
    spread: float | None = None  # (largest - smallest) / median; None for a single repetition
    skipped: str = ""

    @property
    def noisy(self):
        return self.spread is not None and self.spread > NOISY


class Pair(NamedTuple):
    primitive: dict
    what: str
    counter: str
    thread: Value | None  # None if there is a verdict instead
    loop: Value | None
    verdict: str

    @property
    def ratio(self):
        """Thread way by loop way: above 1, the loop is cheaper."""
        medians = [value.median if value else None for value in (self.thread, self.loop)]
        return medians[0] / medians[1] if None not in medians and medians[1] > 0 else None

    @property
    def noisy(self):
        return any(value is not None and value.noisy for value in (self.thread, self.loop))


class Primitives:
    def __init__(self, folder):
        self.path = os.path.join(folder, "primitives.json")
        self.list_path = os.path.join(folder, "primitives_rows.json")
        data = read(self.path, "build/bin/tvl-primitives --benchmark_repetitions=5 --benchmark_out=" + self.path)
        self.listed = read(self.list_path, "build/bin/tvl-primitives --list > " + self.list_path)
        try:
            self.context = data["context"]
            self.runs = {}
            for run in data["benchmarks"]:
                if run["run_type"] == "iteration":
                    self.runs.setdefault(run["name"].removesuffix(SUFFIX), []).append(run)
            if not self.runs:
                raise points.BadInput(f"{self.path}: no repetitions in it, only aggregates: measure without "
                                      "--benchmark_report_aggregates_only")
            if self.context.get("quick") == "true":
                raise points.BadInput(f"{self.path}: measured with --quick, which is no measurement")
            self.pairs = [self.pair(primitive, row) for primitive in self.listed for row in primitive["rows"]]
        except (KeyError, TypeError, AttributeError) as error:
            files = f"{self.path}, {self.list_path}"
            raise points.BadInput(f"{files}: not as tvl-primitives writes them: {error!r}") from None

    def value(self, name, counter):
        runs = self.runs.get(name)
        if runs is None:
            raise points.BadInput(f"{self.path}: no benchmark {name} in it, which {self.list_path} names: "
                                  "measure again")
        errors = [run["error_message"] for run in runs if run.get("error_occurred")]
        if errors:
            return Value(None, skipped=errors[0])
        numbers = [run[counter] for run in runs]
        median = statistics.median(numbers)
        spread = (max(numbers) - min(numbers)) / median if len(numbers) > 1 and median > 0 else None
        return Value(median, spread)

    def pair(self, primitive, row):
        ways = (None, None) if row["verdict"] else (self.value(row["thread_way"], row["counter"]),
                                                    self.value(row["loop_way"], row["counter"]))
        return Pair(primitive, row["what"], row["counter"], *ways, row["verdict"])

    def repetitions(self):
        return max(len(runs) for runs in self.runs.values())

    def yardsticks(self):
        """[(name, Value)]: yardsticks, the parts of the ways."""
        return [(name.split("/", 2)[2].removesuffix("/1"), self.value(name, "ns_per_item"))
                for name in self.runs if name.startswith("baseline/")]

    def curves(self, counter):
        """{primitive: {way: [(n, Value)]}} of all that were measured at three N or more."""
        found = {}
        for name in self.runs:
            primitive, way = name.partition("/")[::2]
            family, _, n = way.rpartition("/")
            value = self.value(name, counter) if primitive != "baseline" and self.has(name, counter) else Value(None)
            if value.median is not None and value.median > 0:
                found.setdefault(primitive, {}).setdefault(family, []).append((int(n), value))
        return {primitive: long for primitive, families in found.items()
                if (long := {family: sorted(line) for family, line in families.items() if len(line) > 2})}

    def has(self, name, counter):
        return all(counter in run for run in self.runs[name])


def read(path, made_by):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        raise points.BadInput(f"{path} is not there: {made_by}") from None
    except ValueError as error:
        raise points.BadInput(f"{path}: not JSON: {error}") from None


def scale(counter):
    """(unit, what to multiply by) to get nanoseconds or bytes."""
    if counter.endswith("_us"):
        return "time", 1000
    if "bytes" in counter:
        return "bytes", 1
    return ("time", 1) if "ns_per_item" in counter else ("", 1)


STEPS = {"time": ((1e9, "s"), (1e6, "ms"), (1e3, "µs"), (0, "ns")),
         "bytes": ((1 << 20, "MiB"), (1 << 10, "KiB"), (0, "B")), "": ((0, ""),)}


def text(number, counter):
    """Three digits and a unit that suits them: 18.8 ns, 1.24 µs, 23.1 KiB."""
    if number is None:
        return "n/a"
    unit, factor = scale(counter)
    least, name = next(step for step in STEPS[unit] if number * factor >= step[0])
    return f"{digits(number * factor / (least or 1))} {name}".rstrip()


def digits(number):
    if number == 0:
        return "0"
    return f"{number:,.{max(0, 2 - math.floor(math.log10(abs(number)) + 1e-9))}f}"
