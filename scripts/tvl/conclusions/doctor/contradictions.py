"""Figures that contradict themselves: what tables, ranks, winner matrix, findings and claims show, held against the
records.

    found = contradictions.of_workloads(workloads)
    found.figures, found.broken            412, ["slow_readers, asio_loop at 1000, goodput/s: 2,094 requests were ..."]

The figures come from where the report takes them; the rules are those of record_facts.py and of this file.
"""

import re

from tvl.analysis import ratios, summary, winner_matrix
from tvl.conclusions import findings
from tvl.conclusions.doctor import record_facts
from tvl.data import metrics, models
from tvl.data.metrics import number

WIDEST = 100  # ends of an interval
NOT_OF_THE_RATE = ("goodput", "recovery")  # of contestants at shares of their own knees, when the load changes


class Found:
    def __init__(self):
        self.figures, self.broken = 0, []

    def check(self, where, *faults):
        """One figure that is shown; faults: texts, or None for a rule that it keeps."""
        self.figures += 1
        self.broken += [f"{where}: {fault}" for fault in faults if fault]


def of_workloads(workloads):
    found = Found()
    for workload in workloads:
        if workload.records:
            tables(found, workload)
            timelines(found, workload)
    matrix(found, workloads)
    sentences(found, workloads)
    return found


def tables(found, workload):
    for row in summary.rows(workload):
        where = f"{workload.heading}, {row.label} at {row.x:g}" if row.x is not None else workload.heading
        if row.rank is not None:
            found.check(f"{where}, rank {row.rank}", failed(workload, row.x, row.label))
        for cell in row.cells:
            what = cell.metric.column
            if cell.value:
                found.check(f"{where}, {what}", *of_value(workload, row.label, row.x, cell.metric, cell.value))
            if cell.ratio:
                labels = row.label, workload.baseline_of(row.label)
                found.check(f"{where}, ratio of {what}", *of_ratio(workload, cell, row.x, labels))


def of_value(workload, label, x, metric, spread):
    """Faults of a median with its range: a value that may not be in it, more repetitions than have one that may, only
    those in which something happened, or more than was offered."""
    records = [record for record in workload.repetitions(label, x) if record_facts.value(record, metric) is not None]
    good = [record_facts.value(record, metric) for record in records if not record_facts.spoils(record, metric)]
    late = [record for record in records if metric.read(record) is None]
    if late and spread.n < len(good):
        yield f"without {len(good) - spread.n} of {len(good)} repetitions, in which it had not happened at the end"
    if spread.n > len(good) or not {spread.low, spread.high} <= set(good):
        yield next(filter(None, (record_facts.spoils(record, metric) for record in records)), "it is in no record")
    most = [record_facts.most_offered(record) for record in records]
    if metric.key in ("throughput", "goodput") and most and None not in most and spread.median > max(most):
        yield f"{number(spread.median)} replies a second are more than was offered"


def of_ratio(workload, cell, x, labels):
    """Faults of the ratio of two lines: (label, base)"""
    metric, ratio, text, verdict = cell.metric, cell.ratio, cell.ratio_text, cell.verdict
    yield failed(workload, x, *labels)
    if any(metric.read(record) is None and record_facts.value(record, metric) is not None
           for label in labels for record in workload.repetitions(label, x)):
        yield "in some repetitions it had not happened at the end"
    if rates_differ(workload, x, metric, *labels):
        yield "they were offered different rates"
    if ratio.n == 1 and (verdict or "(" in text):
        yield "one pair has no interval"
    if is_too_wide(metric, ratio):
        yield f"its interval spans more than {WIDEST} times: {number(ratio.low)} to {number(ratio.high)}"
    if text.startswith("~") and not is_same(metric, ratio):
        yield f"called the same: {ratio.low:.2f} to {ratio.high:.2f}"
    if verdict and ratio.low <= 1 <= ratio.high:
        yield f"called {verdict}: {ratio.low:.2f} to {ratio.high:.2f}"


def failed(workload, x, *labels):
    """A text if one of the lines failed in any repetition, or None."""
    for label in labels:
        if why := next(filter(None, map(record_facts.failure, workload.repetitions(label, x))), None):
            return f"{label} failed: {why}"
    return None


def rates_differ(workload, x, metric, *labels):
    changes = any(record.get("phases") for label in labels for record in workload.repetitions(label, x))
    if metric.group == metrics.COUNTED or changes and metric.key in NOT_OF_THE_RATE:
        return False
    mine, theirs = ({record.get("repetition") or 0: metrics.at(record, "plan", "rate")
                     for record in workload.repetitions(label, x)} for label in labels)
    pairs = [(mine[r], theirs[r]) for r in mine.keys() & theirs.keys() if mine[r] and theirs[r]]
    return any(abs(a / b - 1) > record_facts.RATES_DIFFER for a, b in pairs)


def is_too_wide(metric, ratio):
    """An interval of which both ends say "next to nothing" agrees with itself, and a recovery within a tenth of a
    second takes 0 s."""
    beyond = ratio.high < 1 / WIDEST or ratio.low > WIDEST
    at_once = ratio.low == 0 and metric.key in ("recovery", "all_served")
    return ratio.n > 1 and not beyond and not at_once and ratio.high > WIDEST * ratio.low


def is_same(metric, ratio):
    return ratio.n > 1 and 1 / (1 + metric.margin) <= ratio.low and ratio.high <= 1 + metric.margin


def timelines(found, workload):
    for record in workload.records:
        if record.get("timeline") and record.get("timeline_interval_s"):
            inside = record_facts.changes_inside_rows(record)
            found.check(f"{workload.heading}, {record['contestant']} at {record['x']:g}, timeline",
                        f"a row spans the change at {inside[0]:g} s" if inside else None)


def has_old_timelines(workloads):
    """Whether a load changes inside windows whose timeline has rows of a second."""
    return any(record.get("timeline") and record.get("phases") and not record.get("timeline_interval_s")
               for workload in workloads for record in workload.records)


def matrix(found, workloads):
    for workload in workloads:
        for series in winner_matrix.series_of(workload):
            for x in winner_matrix.loads(workload):
                row, labels = winner_matrix.row(workload, series, x), winner_matrix.competitors(workload, series)
                for metric, cell in zip(winner_matrix.COLUMNS, row.cells):
                    if cell.lead is not None:
                        found.check(f"matrix, {row.name}: {metric.column}, {cell.text}",
                                    *of_lead(workload, metric, labels, x, cell))


def of_lead(workload, metric, labels, x, cell):
    """Faults of a cell of the matrix that names a leader, or says that all models are the same."""
    spreads = {label: found for label in labels if (found := workload.spread(metric, label, x))}
    able = sorted((label for label in spreads if label not in cell.failed), key=lambda label: spreads[label].median)
    best = cell.leader or able[-1 if metric.better == metrics.HIGHER else 0]
    yield failed(workload, x, best)
    others = [label for label in able if models.family(workload.lines[label]) != models.family(workload.lines[best])]
    between = {label: workload.ratio(metric, best, x, base=label) for label in others}
    for label, ratio in between.items():
        if rates_differ(workload, x, metric, best, label):
            yield f"{best} and {label} were offered different rates"
        if cell.leader and ratio and (ratio.n == 1 or ratio.low <= 1 <= ratio.high):
            yield f"{best} leads {label} by {ratios.interval(ratio)}"
    if not cell.leader and not any(ratio and is_same(metric, ratio) for ratio in between.values()):
        yield f"called the same, and {best} is not the same as any of another model"


SAME_AT = re.compile(r"the same at ([\d.e+]+)")
WITH_ONE = {"median response time": metrics.P50, "CPU per request": metrics.CPU}
SAME_WITH_ONE = re.compile(r"(median response time|CPU per request) the same")
CHEAPEST_OF = re.compile(r"`([^`]+)` at ([\d.e+]+) \([^;)]*; the same: ((?:`[^`]+`(?: and )?)+)")


def sentences(found, workloads):
    """Findings: each "the same" and each tie must be one."""
    for workload in workloads:
        for sentence in filter(None, findings.findings([workload])):
            for label, base, x, metric in said_to_be_same(workload, sentence):
                where = f"findings, {workload.heading}, {label} at {x:g}"
                found.check(where, *called_same(workload, label, base, x, metric))


def said_to_be_same(workload, sentence):
    """(label, base, x, metric) of each pair"""
    if sentence.startswith("**Lowest"):
        for first, x, labels in CHEAPEST_OF.findall(sentence):
            yield from ((label, first, float(x), metrics.CPU) for label in re.findall("`([^`]+)`", labels))
    elif workload.name in ("connections", "churn") and findings.twin(workload):
        twins = findings.twin(workload), workload.baseline
        with_one = WITH_ONE if "is a tie" in sentence else SAME_WITH_ONE.findall(sentence)
        yield from ((*twins, float(x), metrics.CPU) for x in SAME_AT.findall(sentence))
        yield from ((*twins, 1, WITH_ONE[words]) for words in with_one)


def called_same(workload, label, base, x, metric):
    ratio = workload.ratio(metric, label, x, base=base)
    if not ratio or not is_same(metric, ratio):
        yield f"{metric.column} called the same: {ratios.interval(ratio) if ratio else 'no ratio'}"
