"""The numbers that the report's script draws, as JSON, without histograms."""

import json

from tvl.charts import annotations, scales, style
from tvl.charts.figures import rows
from tvl.data import metrics, until

FAILED = "×"
DARK_PAPER = "#14171c"  # page.css has it too
LINE_WIDTH = 1.7  # the unit of dashes, as in matplotlib


def run(workloads):
    """{"contestants", "workloads": [...]}; a line of a workload is named by its place in "lines"."""
    drawn = [workload for workload in workloads if workload.records]
    line_styles = style.line_styles(drawn)
    named = colours(line_styles)
    names = dict.fromkeys(workload.lines[label].contestant for workload in drawn for label in workload.measured)
    return {"contestants": list(names), "workloads": [chart(workload, line_styles, named) for workload in drawn]}


def text(found):
    """JSON for a script element: without <, which could end it."""
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def colours(line_styles):
    """{colour: name of its CSS variable}"""
    distinct = dict.fromkeys(one.color for one in line_styles.values())
    return {colour: f"--line-{i}" for i, colour in enumerate(distinct)}


def palette(workloads):
    """The style sheet of these variables; dark lines are lighter on a dark page."""
    named = colours(style.line_styles([workload for workload in workloads if workload.records]))
    light = "".join(f" {name}: {colour};" for colour, name in named.items())
    dark = "".join(f" {name}: {style.legible(colour, DARK_PAPER)};" for colour, name in named.items())
    return (f":root {{{light} }}\n@media screen and (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) "
            f"{{{dark} }} }}\n@media screen {{ :root[data-theme=dark] {{{dark} }} }}\n")


def chart(workload, line_styles, named):
    reasons = []
    return {"id": workload.stem, "x": axis(workload), "lines": lines(workload, line_styles, named),
            "panels": [panel(workload, metric, reasons) for metric in panels(workload)], "reasons": reasons}


def panels(workload):
    """The metrics that the page draws. Extrapolated memory has no points: only matplotlib's chart has it."""
    return [metric for metric in scales.panels(workload) if metric is not metrics.TOTAL_MEMORY]


def axis(workload):
    sizes = workload.sizes
    return {"name": workload.x_name, "label": scales.x_label(workload),
            "ticks": scales.x_ticks(sizes), "log": scales.is_log_x(sizes),
            "threshold": sizes[1] if len(sizes) > 1 and sizes[0] == 0 else None}


def lines(workload, line_styles, named):
    return [{"label": label, "contestant": workload.lines[label].contestant, "title": workload.lines[label].title,
             "colour": f"var({named[line_styles[label].color]})", "marker": line_styles[label].marker,
             "dash": dashes(line_styles[label].linestyle)} for label in workload.measured]


def dashes(linestyle):
    return "" if linestyle == "-" else " ".join(f"{LINE_WIDTH * part:g}" for part in linestyle[1])


def panel(workload, metric, reasons):
    crowded, values = scales.is_crowded(workload), scales.drawn(workload, metric)
    words = metrics.worded(metric, workload.sample())
    return {"key": metric.key, "title": words.title, "unit": words.unit, "describe": describe(workload, words),
            "log": scales.is_log(values), "canLog": any(value > 0 for value in values),
            "points": points(workload, metric), "invalid": invalid(workload, metric, reasons),
            "failed": failed(workload, metric), "better": "higher" if metric.better == metrics.HIGHER else "lower",
            "single": [] if crowded else single(workload, metric),
            "user": [] if crowded or metric is not metrics.MEMORY else user_part(workload),
            "arithmetic": arithmetic(workload, metric), "order": order(workload, metric)}


def order(workload, metric):
    """Of a workload with a row per contestant the places in "lines", top to bottom."""
    if not scales.is_in_rows(workload):
        return []
    return [workload.measured.index(label) for label in rows.ranked(workload, metric, *workload.sizes)]


def unit(workload, metric):
    """The unit of an axis, and the kind of requests."""
    return metrics.worded(metric, workload.sample()).unit + (
        ", foreground requests" if workload.is_mixed and metric in metrics.RESPONSES else "")


def describe(workload, metric):
    better = f", {metric.better}" if metric.better else ""
    return f"{workload.heading}: {metric.title} against {workload.x_name}{better}; the numbers are in the table below"


def points(workload, metric):
    """[[line, x, median, low, high, repetitions, signs]]; signs: [[sign, what it says], ...], or null"""
    found = []
    for i, label in enumerate(workload.measured):
        for x in workload.sizes:
            if seen := workload.spread(metric, label, x):
                found.append([i, x, short(seen.median), short(seen.low), short(seen.high), seen.n,
                              signs(workload, metric, label, x) or None])
    return found


def signs(workload, metric, label, x):
    """[[sign of section.SIGNS, its text]] at that point."""
    found, bound, reach = [], workload.bounded_by(label, x), workload.spread(metrics.REACH, label, x)
    if metric is metrics.THROUGHPUT and bound:
        found.append(["↑", f"at least: {bound}-limited"])
    if late := workload.late(metric, label, x):
        found.append(["↑", until.words(metric, late, len(workload.values(metric, label, x)))])
    if metric is metrics.DELIVERY_P95 and reach and reach.low < 100:
        found.append(["×", f"reach {annotations.percent(reach.median)}"])
    if lost := workload.failed(label, x):
        found.append([FAILED, failure(lost)])
    if x == max(at for name, at in workload.points if name == label):
        found += [["⊣", f"no more: {reason.text}"] for (name, _), reason in list(workload.limits.items())
                  if name == label][:1]
    return found


def failure(lost):
    return f"{lost.text} in {lost.count} of {lost.of} repetitions"


def failed(workload, metric):
    """[[line, x, what it says]] where a contestant failed and has no point: a mark at the edge instead of a gap."""
    return [[i, x, failure(lost)] for i, label in enumerate(workload.measured) for x in workload.sizes
            if (lost := workload.failed(label, x)) and not workload.values(metric, label, x)]


def single(workload, metric):
    """[[line, x, value]] of every repetition that holds, where there are several."""
    return [[i, x, short(value)] for i, label in enumerate(workload.measured) for x in workload.sizes
            if len(values := workload.values(metric, label, x)) > 1 for value in values]


def user_part(workload):
    return [[i, x, short(seen.median)] for i, label in enumerate(workload.measured) for x in workload.sizes
            if (seen := workload.spread(metrics.USER_MEMORY, label, x))]


def invalid(workload, metric, reasons):
    """[[line, x, value, index of its reason in `reasons`]]"""
    found = []
    for i, label in enumerate(workload.measured):
        for x in workload.sizes:
            for value, why in workload.spoilt_values(metric, label, x):
                if why not in reasons:
                    reasons.append(why)
                found.append([i, x, short(value), reasons.index(why)])
    return found


def arithmetic(workload, metric):
    """Ceilings and expected values: under each name [[x, value], ...] for every distinct series; level ones first."""
    kinds = {metrics.THROUGHPUT: ("ceiling", annotations.ceilings), metrics.P50: ("expected", annotations.expected)}
    if metric not in kinds:
        return []
    kind, named = kinds[metric]
    by_level = sorted(named(workload).items(), key=lambda item: len(set(item[1][0].values())))
    return [{"name": f"{kind}: {name}", "lines": [[[x, short(rates[x])] for x in sorted(rates)] for rates in several]}
            for name, several in by_level]


def short(value):
    """Five significant digits, more than a screen shows."""
    return float(f"{value:.5g}")
