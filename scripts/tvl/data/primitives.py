"""What tvl-primitives measured: primitives.json as Google Benchmark writes it, and primitives_rows.json, its --list.

    build/bin/tvl-primitives --list > DIR/primitives_rows.json
    build/bin/tvl-primitives --benchmark_repetitions=15 --benchmark_out=DIR/primitives.json

The nth entry of a name is its nth repetition: that of the two ways of a row is a pair. Since they are measured next to
each other, the interval of their ratio is over pairs. Files from before that have their repetitions in random order;
there a pair is two independent repetitions, for which the interval holds as well.
"""

import math
import os
import re
import statistics
from typing import NamedTuple

from tvl.data import points
from tvl.stats import intervals
from tvl.text import outside

LEAST = 5  # repetitions that an interval needs; its level is then 93.75 %
SUFFIX = "/process_time/real_time"  # Google Benchmark says so how it measured


class Value(NamedTuple):
    """A counter of one benchmark over its repetitions. Without interval where they are fewer than LEAST, without
    median where it was skipped."""
    median: float | None
    interval: intervals.Interval | None = None
    skipped: str = ""


class Pair(NamedTuple):
    primitive: dict
    what: str
    counter: str
    thread: Value | None  # None if there is a verdict instead
    loop: Value | None
    ratio: intervals.Interval | None  # thread way / loop way: above 1, the loop takes less
    verdict: str


class Primitives:
    def __init__(self, folder):
        self.path = os.path.join(folder, "primitives.json")
        self.list_path = os.path.join(folder, "primitives_rows.json")
        data = read(self.path, "build/bin/tvl-primitives --benchmark_repetitions=15 --benchmark_out=" + self.path)
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

    def numbers(self, name, counter):
        """([number], reason): one of each repetition; none and why, where the benchmark was skipped."""
        runs = self.runs.get(name)
        if runs is None:
            raise points.BadInput(f"{self.path}: no benchmark {name} in it, which {self.list_path} names: "
                                  "measure again")
        errors = [run["error_message"] for run in runs if run.get("error_occurred")]
        if not errors and not self.has(name, counter):
            raise points.BadInput(f"{self.path}: {name} has no {counter}")
        return ([], errors[0]) if errors else ([run[counter] for run in runs], "")

    def value(self, name, counter):
        numbers, skipped = self.numbers(name, counter)
        if skipped:
            return Value(None, skipped=skipped)
        interval = intervals.median_interval(numbers) if len(numbers) >= LEAST else None
        return Value(statistics.median(numbers), interval)

    def pair(self, primitive, row):
        if row["verdict"]:
            return Pair(primitive, row["what"], row["counter"], None, None, None, row["verdict"])
        names = row["thread_way"], row["loop_way"]
        ways = [self.value(name, row["counter"]) for name in names]
        pairs = zip(*(self.numbers(name, row["counter"])[0] for name in names))
        ratio = intervals.ratio_interval([pair for pair in pairs if min(pair) > 0])
        return Pair(primitive, row["what"], row["counter"], *ways, ratio, "")

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
            return outside.parsed(file.read())
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


def tick(number, counter):
    """As text, without decimals that are zero: 10 µs"""
    return re.sub(r"\.0+ ", " ", text(number, counter))


def digits(number):
    if number == 0:
        return "0"
    return f"{number:,.{max(0, 2 - math.floor(math.log10(abs(number)) + 1e-9))}f}"
