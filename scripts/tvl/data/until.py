"""Times until something happened after the last change of the load. Where it did not happen inside the window, its time
is longer than the rest of the window: this lower bound counts, so that a median is never of the successes alone."""

from tvl.data import metrics, validity
from tvl.data.metrics import at

NOT_YET = {metrics.RECOVERY.key: "not recovered", metrics.ALL_SERVED.key: "not all served"}


def is_until(metric):
    return metric.key in NOT_YET


def bound(record, metric):
    """Seconds from the last change of the load until the window's end, if it had not happened by then; else None."""
    if not is_until(metric) or metric.read(record) is not None or (
            metric is metrics.ALL_SERVED and not validity.is_reconnecting(record)):
        return None
    phases, end = record.get("phases") or [], record.get("window_s")
    begin = at(phases[-1], "begin_s") if len(phases) > 1 else None
    return None if begin is None or end is None else end - begin


def value(record, metric):
    """As the metric reads it, or its lower bound."""
    read = metric.read(record)
    return bound(record, metric) if read is None else read


def words(metric, late, of):
    """not recovered in 2 of 5 repetitions"""
    return f"{NOT_YET[metric.key]} in {late} of {of} repetitions"
