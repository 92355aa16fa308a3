"""Sections of the report: a workload (question, charts, tables, caveats), and charts alone."""

import glob
import os

from tvl.analysis import caveats, summary
from tvl.charts import annotations, captions, scales
from tvl.data import metrics, validity
from tvl.report import chart_data, inline_svg
from tvl.report.templates import render

SIGNS = {"↑": "a lower bound: the contestant was not the limit", "×": "failed, or some members were not reached",
         "⊣": "a limit of this machine"}


def workload_section(folder, workload):
    sample, shown = workload.sample() or {}, {}
    conditions = "; ".join(text for text in (caveats.heading(workload), caveats.placement(workload)) if text)
    if workload.records:
        shown = {"legends": legends(folder, workload), "signs": signs(workload), "charts": charts(folder, workload),
                 "panels": [panel(folder, workload, metric) for metric in chart_data.panels(workload)]}
    return render("workload.html", workload=workload, question=sample.get("question"), conditions=conditions,
                  caption=(sample.get("chart") or {}).get("caption"), caveats=caveats.beyond_rows(workload),
                  summary=summary,
                  contestant=lambda label: getattr(workload.lines.get(label), "contestant", label), **shown)


def legends(folder, workload):
    """Pictures of the legend, for readers without scripts."""
    names = sorted(glob.glob(f"{glob.escape(workload.stem)}-legend*.svg", root_dir=f"{folder}/charts/panels"))
    return [picture(folder, name, "the contestant of each line") for name in names]


def signs(workload):
    """Explains the signs in these charts."""
    seen = {sign for metric in chart_data.panels(workload) for point in chart_data.points(workload, metric)
            for sign, _ in point[-1] or ()} | {chart_data.FAILED for metric in chart_data.panels(workload)
                                               if chart_data.failed(workload, metric)}
    said = [f"{'Mark' if scales.is_in_rows(workload) else 'Line'}: median", "whiskers: smallest and largest repetition; dots: each repetition"]
    said += ["hollow: dropped, in no median or ratio"] * any(map(validity.spoilt, workload.records))
    said += ["dashed black: calculated ceiling or expected value"] * bool(annotations.ceilings(workload) or
                                                                        annotations.expected(workload))
    return "; ".join(said + [f"{sign}: {what}" for sign, what in SIGNS.items() if sign in seen]) + "."


def panel(folder, workload, metric):
    """An element for the script to draw in; without scripts, the picture of `tvl-results plot`."""
    words = metrics.worded(metric, workload.sample())
    at = scales.single_x(workload) if scales.is_in_rows(workload) else ""
    note = ", ".join(text for text in (chart_data.unit(workload, metric), metric.better, at) if text) + "."
    if metric is metrics.MEMORY and not scales.is_crowded(workload):
        note += f" {'|' if scales.is_in_rows(workload) else 'Dotted'}: user part (PSS)."
    return {"key": metric.key, "title": words.title, "note": note,
            "picture": picture(folder, f"{workload.stem}-{metric.key}.svg", chart_data.describe(workload, words))}


def picture(folder, name, alt):
    path = f"charts/panels/{name}"
    return {"path": path, "alt": alt} if os.path.exists(os.path.join(folder, path)) else None


def charts(folder, workload):
    """Charts other than panels: stalls, timeline, knee, memory per connection, soak."""
    found = []
    for kind, caption in captions.CAPTIONS.items():
        path = os.path.join(folder, "charts", f"{workload.stem}.{kind}.svg")
        if os.path.exists(path):
            chart = inline_svg.read(path, f"{workload.stem}-{kind}", f"{workload.heading}: {captions.ALT_TEXTS[kind]}")
            found.append({**chart._asdict(), "caption": caption})
    return found


def chart_section(folder, title, question, alts):
    """alts: {name of a chart of the whole run: alternative text}; empty when none was drawn."""
    found = [inline_svg.read(path, name, alt) for name, alt in alts.items()
             if os.path.exists(path := os.path.join(folder, "charts", f"{name}.svg"))]
    return render("charts.html", title=title, question=question, charts=found) if found else ""
