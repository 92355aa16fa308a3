"""One workload in the report: its question, its charts, its tables, and its caveats; and sections of charts alone."""

import glob
import os

from tvl.analysis import caveats, ratios, summary
from tvl.charts import captions, marks, scales
from tvl.data import metrics
from tvl.data.metrics import number
from tvl.report import chart_data, inline_svg
from tvl.report.templates import render

SIGNS = {"↑": "at least this, not the contestant was the limit", "×": "not everybody was reached",
         "⊣": "this machine allows no more"}


def workload_section(folder, workload):
    sample, shown = workload.sample() or {}, {}
    conditions = "; ".join(text for text in (caveats.heading(workload), caveats.placement(workload)) if text)
    if workload.records:
        shown = {"legends": legends(folder, workload), "signs": signs(workload), "charts": charts(folder, workload),
                 "panels": [panel(folder, workload, metric) for metric in chart_data.panels(workload)]}
    return render("workload.html", workload=workload, question=sample.get("question"), conditions=conditions,
                  caption=(sample.get("chart") or {}).get("caption"), caveats=caveats.doubts(workload),
                  summary=summary, ratios=ratios, number=number,
                  contestant=lambda label: getattr(workload.lines.get(label), "contestant", label), **shown)


def legends(folder, workload):
    """Pictures of the legend, for readers without scripts."""
    names = sorted(glob.glob(f"{glob.escape(workload.stem)}-legend*.svg", root_dir=f"{folder}/charts/panels"))
    return [picture(folder, name, "which line is which contestant") for name in names]


def signs(workload):
    """The signs that these charts use, and what each means."""
    seen = {sign for metric in chart_data.panels(workload) for point in chart_data.points(workload, metric)
            for sign, _ in point[-1] or ()}
    said = ["Line: median", "whiskers and dots: smallest and largest repetition, and each"]
    said += ["hollow: invalid, in no median or ratio"] * any(workload.invalid.values())
    said += ["dashed black: what arithmetic allows or expects"] * bool(marks.ceilings(workload) or
                                                                        marks.expected(workload))
    return "; ".join(said + [f"{sign}: {what}" for sign, what in SIGNS.items() if sign in seen]) + "."


def panel(folder, workload, metric):
    """A place for the script to draw in; without scripts, the picture that `tvl-results plot` drew."""
    words = metrics.worded(metric, workload.sample())
    note = ", ".join(text for text in (chart_data.unit(workload, metric), metric.better) if text) + "."
    if metric is metrics.MEMORY and not scales.is_crowded(workload):
        note += " Dotted: user part (PSS)."
    return {"key": metric.key, "title": words.title, "note": note,
            "picture": picture(folder, f"{workload.stem}-{metric.key}.svg", chart_data.describe(workload, words))}


def picture(folder, name, alt):
    path = f"charts/panels/{name}"
    return {"path": path, "alt": alt} if os.path.exists(os.path.join(folder, path)) else None


def charts(folder, workload):
    """What no panel shows: stalls, the timeline, the knee, memory per connection, a soak."""
    found = []
    for kind, caption in captions.WORDS.items():
        path = os.path.join(folder, "charts", f"{workload.stem}.{kind}.svg")
        if os.path.exists(path):
            chart = inline_svg.read(path, f"{workload.stem}-{kind}", f"{workload.heading}: {captions.ALT[kind]}")
            found.append({**chart._asdict(), "caption": caption})
    return found


def chart_section(folder, title, question, alts):
    """alts: {name of a chart of the whole run: alternative text}; empty when none of them was drawn."""
    found = [inline_svg.read(path, name, alt) for name, alt in alts.items()
             if os.path.exists(path := os.path.join(folder, "charts", f"{name}.svg"))]
    return render("charts.html", title=title, question=question, charts=found) if found else ""
