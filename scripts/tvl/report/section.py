"""One workload in the report: its question, its charts, one sentence, its tables, and its doubts."""

import glob
import os
from html import escape

from tvl.analysis import caveats, summary
from tvl.charts import captions, marks, scales, svg
from tvl.data import metrics
from tvl.report import chart_data
from tvl.tables import html_table

SIGNS = {"↑": "at least this, not the contestant was the limit", "×": "not everybody was reached",
         "⊣": "this machine allows no more"}


def section(folder, workload):
    sample = workload.sample() or {}
    question, said = sample.get("question"), (sample.get("chart") or {}).get("caption")
    placed = "; ".join(text for text in (caveats.heading(workload), caveats.placement(workload)) if text)
    parts = [f'<section id="{escape(workload.stem)}"><h2>{escape(workload.heading)}</h2>',
             paragraph(question, "question"), paragraph(placed, "how")]
    if workload.records:
        parts += [panels(folder, workload), drawn(folder, workload), paragraph(said, "said")]
    parts += [html_table.numbers(workload),
              f'<p class="how">{escape(summary.legend([workload]))} In brackets: the ends of that interval.</p>',
              html_table.matrices(workload)]
    return "\n".join(parts + [items(summary.facts(workload)), items(caveats.doubts(workload), "doubts"), "</section>"])


def paragraph(text, kind):
    return f'<p class="{kind}">{escape(text)}</p>' if text else ""


def items(lines, kind="facts"):
    entries = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<ul class="{kind}">{entries}</ul>' if lines else ""


def panels(folder, workload):
    """Places for the script to draw in; without it, what `tvl-results plot` has drawn."""
    figures = "".join(figure(folder, workload, metric) for metric in chart_data.panels(workload))
    names = sorted(glob.glob(f"{glob.escape(workload.stem)}-legend*.svg", root_dir=f"{folder}/charts/panels"))
    which = "".join(picture(folder, name, "which line is which contestant") for name in names)
    return (f'<div class="legend" id="{escape(workload.stem)}-legend" role="group" '
            f'aria-label="Contestants of {escape(workload.heading)}"></div>{which}<div class="panels">{figures}</div>'
            f'<p class="how">{escape(marks_used(workload))}</p>')


def marks_used(workload):
    """What the marks in these charts are, those that are there."""
    seen = {sign for metric in chart_data.panels(workload) for point in chart_data.points(workload, metric)
            for sign, _ in point[-1] or ()}
    said = ["Line: median", "whiskers and dots: smallest and largest repetition, and each"]
    said += ["hollow: invalid, in no median or ratio"] * any(workload.invalid.values())
    said += ["dashed black: what arithmetic allows or expects"] * bool(marks.ceilings(workload) or
                                                                        marks.expected(workload))
    return "; ".join(said + [f"{sign}: {what}" for sign, what in SIGNS.items() if sign in seen]) + "."


def figure(folder, workload, metric):
    words = metrics.worded(metric, workload.sample())
    unit = chart_data.unit(workload, metric)
    marked = " Dotted: user part (PSS)." if metric is metrics.MEMORY and not scales.is_crowded(workload) else ""
    said = ", ".join(text for text in (unit, metric.better) if text)
    return (f'<figure id="{escape(workload.stem)}-{metric.key}"><figcaption><strong>{escape(words.title)}</strong>'
            f'<button type="button" class="scale"></button><span class="how">{escape(said)}.{marked}</span>'
            f'</figcaption><div class="chart"></div>'
            + picture(folder, f"{workload.stem}-{metric.key}.svg", chart_data.describe(workload, words)) + "</figure>")


def picture(folder, name, said):
    path = f"charts/panels/{name}"
    if not os.path.exists(os.path.join(folder, path)):
        return ""
    return f'<noscript><img src="{escape(path)}" alt="{escape(said)}"></noscript>'


def drawn(folder, workload):
    parts = []
    for kind, shows in captions.WORDS.items():
        path = os.path.join(folder, "charts", f"{workload.stem}.{kind}.svg")
        if os.path.exists(path):
            what = f"{workload.heading}: {captions.ALT[kind]}"
            parts += [paragraph(shows, "said"), still(path, f"{workload.stem}-{kind}", what)]
    return "".join(parts)


def still(path, prefix, description):
    """A chart of matplotlib as it is; it scrolls by itself where the screen is too narrow for its text."""
    return (f'<div class="still" tabindex="0" role="region" aria-label="{escape(description)}, chart">'
            f"{svg.inline(path, prefix, description)}</div>")


def primitives(folder):
    """What `tvl-results plot` drew of tvl-primitives, if it was measured."""
    found = []
    for name in ("primitives", "primitives-growth"):
        path = os.path.join(folder, "charts", f"{name}.svg")
        if os.path.exists(path):
            found.append(still(path, name, f"{name}: thread way and loop way"))
    question = paragraph("What does each of asyncio's mechanisms cost, done by threads and on a loop?", "question")
    return f'<section id="primitives"><h2>primitives</h2>{question}{"".join(found)}</section>' if found else ""
