"""What a record says by itself, for a check of what is shown: of its counts, reasons and plan, without the rules of
validity.py, so that an error in these is seen."""

import math

from tvl.data import metrics, records
from tvl.data.metrics import at

MOST_OVERDUE = 0.01  # of the requests due in the window
TIMES = (metrics.TIMES, metrics.TAILS)
OVERDUE_SPOILS = (*TIMES, metrics.GOOD, metrics.RATES)
MOST_MEDIAN_LATENESS_US = {"sleep": 500}
MOST_PAUSED = 0.1  # of the window, for the median
DEVIATIONS = 4  # of arrivals by chance
RATES_DIFFER = 0.01
COUNT_FAILURES = ("answered", "largest", "server_share", "recovery", "all_served", "throughput", "goodput")  # of claims


def is_open(record):
    return at(record, "plan", "mode") == "open" and not record.get("room")


def due(record):
    """Requests that fell due inside the window; None in a closed loop."""
    counts = [at(record, "requests", key) or 0 for key in ("scheduled", "in_flight_at_start", "unsent_at_start")]
    return counts[0] - counts[1] - counts[2] if is_open(record) else None


def overdue(record):
    """A text, if a backlog stood when the window began; else None."""
    waiting, fell_due = at(record, "requests", "unsent_at_start") or 0, due(record)
    if fell_due is None or waiting <= MOST_OVERDUE * fell_due:
        return None
    return f"{waiting:,} requests were overdue when the window began, and {fell_due:,} fell due in it"


def is_late(record):
    """Whether the generator was so late that the tail of the response times is not exact."""
    verdict = record.get("verdict") or {}
    grave = verdict.get("valid") is False or bool({*TIMES} & {*(verdict.get("spoilt") or ())})
    return grave and any(one.code == records.GENERATOR_LATE for one in records.reasons(record))


def median_is_late(record):
    """The same of their median."""
    most = MOST_MEDIAN_LATENESS_US.get(at(record, "plan", "idle"), 100)
    paused, window = at(record, "generator", "paused_s") or 0, record.get("window_s") or 0
    return is_late(record) and ((at(record, "latency", "pacing", "p50") or 0) > most or paused > MOST_PAUSED * window)


def spoils(record, metric):
    """Why a figure of that record may not be shown as one that holds; None if it may."""
    if record.get("interrupted"):
        return "the point was interrupted"
    if metric.group == metrics.TAILS and is_late(record) or metric.group == metrics.TIMES and median_is_late(record):
        return "the generator was late"
    if metric.group in OVERDUE_SPOILS and (metric.group in TIMES or at(record, "requests", "ok")):
        return overdue(record)
    return None


def failure(record):
    """Why the contestant did not do what was asked, or None."""
    if record.get("interrupted"):
        return None
    if at(record, "requests", "ok") == 0:
        return "it answered nothing"
    if records.RATE_NOT_MET in [at(record, "verdict", "limiter"), *(one.code for one in records.reasons(record))]:
        return "it missed the rate"
    return "not all were served" if reconnects(record) and at(record, "recovery", "all_served_s") is None else None


def reconnects(record):
    plan, changes = record.get("plan") or {}, len(record.get("phases") or []) > 1
    return changes and (plan.get("storm_s") is not None or plan.get("late") is not None)


def value(record, metric):
    """As the metric reads it; of a time until something that did not happen, the rest of the window."""
    phases, end = record.get("phases") or [], record.get("window_s")
    read = metric.read(record)
    waits = metric.key == "recovery" or metric.key == "all_served" and reconnects(record)
    if read is not None or not waits or len(phases) < 2 or end is None or phases[-1].get("begin_s") is None:
        return read
    return end - phases[-1]["begin_s"]


def most_offered(record):
    """The highest rate of replies that what was offered explains, chance and requests in flight included; None in a
    closed loop."""
    rate, seconds = at(record, "plan", "rate"), at(record, "plan", "seconds")
    phases = [phase for phase in record.get("phases") or [] if phase.get("rate")]
    if not is_open(record) or not rate or not seconds:
        return None
    if phases:
        top = max(phases, key=lambda phase: phase["rate"])
        rate, seconds = top["rate"], top["end_s"] - top["begin_s"]
    in_flight = at(record, "requests", "in_flight_at_start") or 0
    return rate * (1 + MOST_OVERDUE) + (DEVIATIONS * math.sqrt(rate * seconds) + in_flight) / seconds


def changes_inside_rows(record):
    """[second] of each change of the load that lies inside a row of the timeline and not at its edge."""
    edges = [0.0, *(row["t"] for row in record.get("timeline") or [])]
    changes = [phase["begin_s"] for phase in (record.get("phases") or [])[1:]]
    return [change for change in changes for begin, end in zip(edges, edges[1:])
            if begin + 0.1 * (end - begin) < change < end - 0.1 * (end - begin)]
