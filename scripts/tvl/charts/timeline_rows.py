"""The rows of a point's timeline as columns, which are as wide as the time they are about, and as readings of the
server at instants.

    columns(record, "p99")      [(0.0, 0.1, 412.0), (0.1, 0.2, None), ...]  begin and end in seconds of the window
    columns(record, "ok")       the same, per second
    instants(record, "threads") [(0.998, 102), ...]

A row of an older run is always a second long, so a change of the load may lie inside one.
"""

import math

COUNTS = ("ok", "errors")
SINCE_THE_READING_BEFORE = ("server_cpu",)
OLD_DELAY_S = 0.02  # older runs do not say when the server was read: so long after the row's end
SAME_S = 1e-6
LEAST_ON_A_SIDE = 0.1  # of a column that a change lies in: the server is read some milliseconds before a change


def columns(record, key):
    """[(begin, end, value or None)]; counts are per second."""
    if key in SINCE_THE_READING_BEFORE:
        return between(instants(record, key))
    found, begin = [], 0.0
    for row in record["timeline"]:
        value, seconds = row.get(key), row["t"] - begin
        if key in COUNTS and value is not None:
            value = value / seconds if seconds > 0 else None
        found.append((begin, row["t"], value))
        begin = row["t"]
    return found


def between(readings):
    return [(begin, end, value) for (begin, _), (end, value) in zip([(0.0, None), *readings], readings)]


def instants(record, key):
    """[(second, value)] of every reading of the server that has the value."""
    found = [(row["sampled_s"] if "sampled_s" in row else row["t"] + OLD_DELAY_S, row.get(key))
             for row in record["timeline"]]
    return [(second, value) for second, value in found if second is not None and value is not None]


def interval_s(record):
    """Seconds of a row; the last one and those before a change may be shorter."""
    return record.get("timeline_interval_s") or min(1.0, record["timeline"][-1]["t"])


def changes_s(record):
    """[second] of each change of the plan."""
    return [phase["begin_s"] for phase in (record.get("phases") or [])[1:]]


def spans_change(begin, end, changes):
    """Whether the load changes inside the column."""
    least = LEAST_ON_A_SIDE * (end - begin)
    return any(begin + least < change < end - least for change in changes)


def joined(found, most, join, changes=()):
    """At most about that many columns: neighbours as one, but never over a change. join: [value] -> value"""
    step, parts = math.ceil(len(found) / most), []
    for begin, end, value in found:
        at_change = any(abs(begin - change) < SAME_S for change in changes)
        if not parts or len(parts[-1]) == step or at_change:
            parts.append([])
        parts[-1].append((begin, end, value))
    return [(part[0][0], part[-1][1], join(known) if (known := [v for _, _, v in part if v is not None]) else None)
            for part in parts]


def thinned(readings, most):
    """At most that many readings: of each group of neighbours the highest."""
    step = max(1, math.ceil(len(readings) / most))
    return [max(readings[i:i + step], key=lambda reading: reading[1]) for i in range(0, len(readings), step)]
