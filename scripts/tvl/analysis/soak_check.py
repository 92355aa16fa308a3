"""Judges a soak: does a server leak memory, threads or descriptors? Prints a table.

    tvl-results soak-check results/2026-11-22-120000-host
    tvl-results soak-check RUN ANOTHER --record results/soak/release.jsonl   keeps what decides, a row every 10 s
    tvl-results soak-check results/soak/release.jsonl                        judges that
    tvl-results soak-check RUN --sanitized                                   of a server under AddressSanitizer

A server settles first: its first fifth, at most five minutes, is left out. Then

  threads, descriptors   must be as many in the last tenth as in the first: the number of open connections is constant,
                         so one more was not released. Where connections come and go the number varies: then the
                         middle halves of both tenths must overlap, and the 99 % interval of the slope must contain 0
  memory (RSS)           must not grow: it leaks where the 99 % interval of its slope over time lies above 0. Less than
                         a page per connection and day counts as 0: a run of minutes sees whole pages only

  growth that fades      is no leak: memory grew in the second half of that time at most half as fast as in the first. A
                         heap keeps the most that it ever needed at once, and that record is broken ever more rarely
                         (with many threads, in each of malloc's arenas); a leak goes on at its pace

The memory of a server under AddressSanitizer is not judged (--sanitized): the sanitizer keeps what was freed and notes
of every thread that there was. It tells a leak itself when the server ends, in logs/NAME.stderr of the run.

Everything else that grows fails. A point that is invalid because the host was busy or the generator late is judged as well: its
times are wrong, its memory, threads and descriptors are not.

Exit code: 0 all stay level, or their growth fades; 1 one does not; 2 could not tell: a quantity was not measured, or a point is invalid.
"""

import json
import statistics
from typing import NamedTuple, Optional

from tvl.data import points, records
from tvl.data.metrics import at, number
from tvl.stats import trend
from tvl.text import terminal

WORKLOAD = "soak"
SANITIZED = "sanitized"  # true in a record of --record
SETTLING, SETTLING_AT_MOST_S = 0.2, 300
FEWEST_ROWS = 20  # after settling
LEVEL_PART = 0.1  # of these, whose median is the first or the last level
DAY_S = 24 * 3600
PAGE = 4096
RECORDED_EVERY_S = 10
KEPT = ("schema", "workload", "contestant", "title", "model", "repetition", "load", "x", "plan", "started", "interrupted",
        "verdict", SANITIZED)
ABOUT_TIMES = ("host-busy", "generator")  # limiters that do not affect what is judged here
LEVEL, FADES, LEAK, LOST, UNKNOWN, NOT_JUDGED = "level", "fades", "leak", "lost", "not measured", "not judged"


class Quantity(NamedTuple):
    key: str  # of the rows of the timeline
    title: str
    unit: str
    factor: float
    is_count: bool


QUANTITIES = (Quantity("rss", "memory (RSS)", "MiB", 1 / 2**20, False), Quantity("threads", "threads", "", 1, True),
              Quantity("descriptors", "descriptors", "", 1, True))


class Judged(NamedTuple):
    quantity: Quantity
    outcome: str
    begin: Optional[float] = None  # median of the first tenth after settling, in the timeline's unit
    end: Optional[float] = None
    slope: Optional[trend.Slope] = None  # of that unit a second


def settled(record, key):
    """[(second, value)] after the settling time."""
    rows = record.get("timeline") or []
    after = settling_s(record)
    return [(row["t"], row[key]) for row in rows if row["t"] > after and row.get(key) is not None]


def settling_s(record):
    rows = record.get("timeline") or []
    return min(SETTLING_AT_MOST_S, SETTLING * rows[-1]["t"]) if rows else 0


def judged(record, quantity):
    known = settled(record, quantity.key)
    if len(known) < FEWEST_ROWS:
        return Judged(quantity, UNKNOWN)
    tenth = max(2, round(LEVEL_PART * len(known)))
    first, last = (statistics.quantiles((value for _, value in part), n=4) for part in (known[:tenth], known[-tenth:]))
    slope = trend.slope(trend.blocks(known))
    if not quantity.is_count and record.get(SANITIZED):
        outcome = NOT_JUDGED
    elif not quantity.is_count:
        grows = slope.low > 0 and slope.median * DAY_S >= PAGE * connections(record)
        outcome = LEVEL if not grows else FADES if fades(known) else LEAK
    elif last[0] > first[2] or slope.low > 0:
        outcome = LEAK
    else:
        outcome = LOST if last[2] < first[0] or slope.high < 0 else LEVEL
    return Judged(quantity, outcome, first[1], last[1], slope)


def fades(known):
    """known: [(second, value)] that grows."""
    middle = len(known) // 2
    before, after = (trend.slope(trend.blocks(half)).median for half in (known[:middle], known[middle:]))
    return after <= before / 2


def connections(record):
    """All open connections: active and background."""
    crowd = at(record, "plan", "crowd") or {}
    return max(1, (at(record, "plan", "connections") or 0) + sum(crowd.values()))


def verdicts(workload):
    """[(label, record, [Judged of each quantity])] in chart order."""
    found = []
    for label in workload.measured:
        mine = [record for record in workload.records if points.line_of(record).label == label]
        for record in sorted(mine, key=lambda record: (record["x"], record.get("repetition") or 0)):
            name = label if len(mine) == 1 else f"{label} {record['x']:g}#{record.get('repetition') or 0}"
            found.append((name, record, [judged(record, quantity) for quantity in QUANTITIES]))
    return found


def exit_code(found):
    """Of verdicts(). What leaks in an invalid point leaks."""
    outcomes = {one.outcome for *_, group in found for one in group}
    if outcomes & {LEAK, LOST}:
        return 1
    return 0 if outcomes <= {LEVEL, FADES, NOT_JUDGED} and all(is_sound(record) for _, record, _ in found) else 2


def is_sound(record):
    return records.is_valid(record) or at(record, "verdict", "limiter") in ABOUT_TIMES and not record.get("interrupted")


def row(subject, one):
    name = f"{one.quantity.title}, {one.quantity.unit}".rstrip(", ")
    if one.outcome == UNKNOWN:
        return [subject, name, "n/a", "n/a", "n/a", one.outcome]
    level = [f"{value:,g}" if one.quantity.is_count else number(value * one.quantity.factor)
             for value in (one.begin, one.end)]
    day = [number(value * one.quantity.factor * DAY_S) for value in one.slope]
    return [subject, name, *level, f"{day[0]} ({day[1]} to {day[2]})", one.outcome]


def table(found):
    rows = [["contestant", "", "at first", "at last", "growth a day (99 % interval)", "verdict"]]
    rows += [row(name, one) for name, _, outcomes in found for one in outcomes]
    lines = [terminal.grid(rows, left_aligned=(0, 1, 5))]
    for name, record, _ in found:
        if not records.is_valid(record):
            lines.append(f"! {name}: invalid: {records.why_invalid(record)}")
    seconds = max(record["timeline"][-1]["t"] for _, record, _ in found if record.get("timeline"))
    return "\n".join([*lines, f"over {seconds / 60:.4g} minutes, of which the first "
                      f"{max(settling_s(record) for _, record, _ in found) / 60:.3g} were left out"])


def kept(record):
    keys = ("t", *(quantity.key for quantity in QUANTITIES))
    rows = [{key: row.get(key) for key in keys} for row in record.get("timeline") or [] if row["t"] % RECORDED_EVERY_S < 1]
    return {**{key: record[key] for key in KEPT if record.get(key) is not None}, "timeline": rows}


def add_arguments(parser):
    parser.add_argument("runs", metavar="RUN", nargs="+", help="folder of a run of the workload soak, or file of --record")
    parser.add_argument("--sanitized", action="store_true", help="the server ran under AddressSanitizer")
    parser.add_argument("--record", metavar="FILE", help="write what decides there")


def main(arguments):
    workloads = [workload for run in arguments.runs for workload in points.load(run) if workload.name == WORKLOAD]
    if arguments.sanitized:
        for workload in workloads:
            for record in workload.records:
                record[SANITIZED] = True
    found = [one for workload in workloads for one in verdicts(workload)]
    if not any(record.get("timeline") for _, record, _ in found):
        raise points.BadInput(f"{arguments.runs[0]}: no points of the workload {WORKLOAD} with a timeline")
    print(table(found))
    if arguments.record:
        with open(arguments.record, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(kept(record)) + "\n" for _, record, _ in found)
    return exit_code(found)
