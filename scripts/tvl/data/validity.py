"""Which figures of a point hold, why others do not, and whether the contestant failed there.

    validity.holds(record, metrics.P99)     False where the generator was late: CPU and memory hold, often the median
    validity.why_not(record, metrics.P99)   "requests left the generator 1420 us late (p99)"
    validity.failure(record)                "missed the rate"

Newer records name the groups of figures that are spoilt (`verdict.spoilt`, of metrics.GROUPS, or "all"). In older ones
the codes of the reasons tell. A backlog at the window's start is looked for in every record.
"""

from typing import NamedTuple

from tvl.data import metrics, records
from tvl.data.metrics import at

EVERYTHING = frozenset(metrics.GROUPS)
# Of a group, where they are not its name.
WORDS = {metrics.TIMES: "response times", metrics.TAILS: "tail of response times", metrics.COST: "CPU"}
ALL_TIMES = frozenset((metrics.TIMES, metrics.TAILS))
OFFERED = ALL_TIMES | {metrics.GOOD, metrics.RATES}
SPOILS = {records.GENERATOR_LATE: ALL_TIMES, records.BACKLOG: OFFERED}
# Codes that only describe a point.
NOTES = {"server-cpu", "generator-full", "littles-law", "background-lost", "background-failed", "connections-starved",
         "beside-other-work"}
MOST_OVERDUE = 0.01  # of the requests due in the window
NOTHING, MISSED, NOT_ALL = "answered nothing", "missed the rate", "not all were served"


class Failure(NamedTuple):
    """In `count` of the `of` repetitions of a point; text: NOTHING, MISSED or NOT_ALL, of the worst."""

    count: int
    of: int
    text: str


def spoilt(record):
    """The groups of figures that do not hold, a frozenset of metrics.GROUPS."""
    verdict = record.get("verdict") or {}
    if record.get("interrupted"):
        return EVERYTHING
    said = verdict.get("spoilt")
    if said is None:
        found = by_reasons(record) if verdict.get("valid") is False else frozenset()
    else:
        found = EVERYTHING if "all" in said or not said and verdict.get("valid") is False else frozenset(said)
    if backlog(record):  # it does not make 0 replies more
        found |= OFFERED if at(record, "requests", "ok") else ALL_TIMES
    return found | ALL_TIMES if metrics.TIMES in found else found


def by_reasons(record):
    """Of an older record that is not valid: what its reasons spoil together, everything when there is none."""
    grave = [one.code for one in records.reasons(record) if not is_note(one, record)]
    return frozenset().union(*(SPOILS.get(code, EVERYTHING) for code in grave)) if grave else EVERYTHING


def is_note(reason, record):
    """Whether a reason does not invalidate. Where the load changes inside the window, a missed rate is a result, unless
    it was missed before the first change."""
    if reason.code == records.TOO_FEW:
        return reason.text.endswith("p99")
    if reason.code == records.RATE_NOT_MET:
        return bool(record.get("phases")) and not reason.text.endswith("before the first change")
    return reason.code in NOTES


def backlog(record):
    """A text about requests that were overdue when the window began, or None. Their replies are counted in the window,
    as if it had offered more, and their response times began before it. Also when there are more good replies than
    requests, which is impossible."""
    ok, scheduled, overdue, flying = (at(record, "requests", key) for key in
                                      ("ok", "scheduled", "unsent_at_start", "in_flight_at_start"))
    if at(record, "plan", "mode") != "open" or scheduled is None or record.get("room"):
        return None
    due = scheduled - (flying or 0) - (overdue or 0)
    if overdue and overdue > MOST_OVERDUE * due:
        return (f"{overdue:,} requests were overdue when the window began, {due:,} fell due in it"
                + (f", {ok:,} were answered" if ok and ok > due else ""))
    return f"{ok:,} good replies to {scheduled:,} requests" if ok and ok > scheduled else None


def excess(record):
    """Good replies above those due in the window, as a share of these; None where that is unknown or a backlog explains
    it."""
    ok, scheduled, flying, overdue = (at(record, "requests", key) for key in
                                      ("ok", "scheduled", "in_flight_at_start", "unsent_at_start"))
    due = (scheduled or 0) - (flying or 0) - (overdue or 0)
    if at(record, "plan", "mode") != "open" or ok is None or due <= 0 or record.get("room") or backlog(record):
        return None
    return ok / due - 1


def holds(record, metric):
    return metric.group not in spoilt(record)


def why_not(record, metric):
    """Why a figure does not hold; None for one that does."""
    return None if holds(record, metric) else why(record, {metric.group})


def why(record, groups):
    """Why these groups do not hold, of which at least one is spoilt."""
    if record.get("interrupted"):
        return "interrupted"
    grave = [one for one in records.reasons(record)
             if at(record, "verdict", "valid") is False and not is_note(one, record)]
    found = [one.text for one in grave if groups & SPOILS.get(one.code, EVERYTHING)]
    if groups & OFFERED and not any(one.code == records.BACKLOG for one in grave):
        found += filter(None, [backlog(record)])
    return "; ".join(found) or records.why_invalid(record)


def words(groups):
    """response times, throughput, goodput; "invalid" for everything"""
    if groups == EVERYTHING:
        return "invalid"
    if metrics.TIMES in groups:
        groups = groups - {metrics.TAILS}
    return ", ".join(WORDS.get(group, group) for group in metrics.GROUPS if group in groups)


def failure(record):
    """How the contestant failed, whether or not the point is valid: NOTHING, MISSED or NOT_ALL; None if it did not."""
    if record.get("interrupted"):
        return None
    if at(record, "requests", "ok") == 0:
        return NOTHING
    if at(record, "verdict", "limiter") == records.RATE_NOT_MET or any(
            one.code == records.RATE_NOT_MET for one in records.reasons(record)):
        return MISSED
    return NOT_ALL if is_reconnecting(record) and metrics.ALL_SERVED.read(record) is None else None


def is_reconnecting(record):
    """Whether connections open inside the window, so that they have a time until all were served."""
    plan = record.get("plan") or {}
    opens = plan.get("storm_s") is not None or plan.get("late") is not None
    return opens and len(record.get("phases") or []) > 1


def failures(found):
    """The Failure of several repetitions' records, or None."""
    seen = [failure(record) for record in found if not record.get("interrupted")]
    worst = next((text for text in (NOTHING, MISSED, NOT_ALL) if text in seen), None)
    return worst and Failure(len(seen) - seen.count(None), len(seen), worst)


def limiter(record):
    """What limited the contestant. A late generator takes that place in the verdict, but it limits nothing: then the
    first note that names a limiter."""
    said = at(record, "verdict", "limiter") or "none"
    if said != "generator" or not any(one.code == records.GENERATOR_LATE for one in records.reasons(record)):
        return said
    named = [one.code for one in records.reasons(record) if one.code in ("server-cpu", records.RATE_NOT_MET)]
    return named[0] if named else "none"
