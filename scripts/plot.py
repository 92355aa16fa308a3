#!/usr/bin/env python3
"""Draws a run: one figure per workload, its panels one by one for the report, and overview.{svg,png} for the README.

    scripts/plot.py results/2026-11-22-120000-host

Reads points.jsonl, and environment.json for the caption if it is there; measures nothing.
"""

import argparse
import io
import os
import sys
import textwrap

import environment
import metrics
import notes
import points
import style

try:
    import matplotlib
except ImportError:
    sys.exit(f"plot.py: {sys.executable} has no matplotlib: use the interpreter scripts/run uses, or run scripts/setup")

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402  the backend has to be chosen first
from matplotlib.lines import Line2D  # noqa: E402

import panel  # noqa: E402

OVERVIEW = "connections"
OVERVIEW_PANELS = (metrics.CPU, metrics.P99, metrics.MEMORY)


def panels(workload):
    """Metrics in the workload's order when its points name them, else ours."""
    asked = ((workload.sample() or {}).get("chart") or {}).get("panels") or metrics.DEFAULT_PANELS
    return [metrics.PANELS[key] for key in asked if key in metrics.PANELS]


def called(workload, name):
    title = workload.titles[name]
    return name if title == name else f"{name}: {title}"


def legend_entries(workload, looks, shown):
    """[(line or marker, text)] for what the shown metrics' panels contain."""
    entries = [(Line2D([], [], ms=5, lw=1.6, **looks[name]._asdict()), called(workload, name))
               for name in workload.measured]
    if workload.ceilings() and metrics.THROUGHPUT in shown:
        entries.append((Line2D([], [], color=style.INK, linestyle="--", lw=1.1), "ceiling: what arithmetic allows"))
    if any(workload.invalid.values()):
        hollow = Line2D([], [], color=style.INK, marker="o", mfc=style.PAPER, linestyle="")
        entries.append((hollow, "invalid, in no median or ratio"))
    if notes.generator_limited(workload) and metrics.THROUGHPUT in shown:
        entries.append((Line2D([], [], color=style.INK, marker="$↑$", linestyle=""), "at least: generator-limited"))
    return entries


def legend(target, entries, width, **place):
    handles = [handle for handle, _ in entries]
    texts = [textwrap.fill(text, width) for _, text in entries]
    return target.legend(handles, texts, handlelength=3.2, labelspacing=0.7, **place)


def how_drawn(workload):
    spread = "line: median, band: min to max, dots: single repetitions"
    return f"{notes.heading(workload)}; {spread}"


def caption(workload, machine, width):
    placed = notes.placement(workload)
    lines = [f"{machine}" + (f"; {placed}" if placed else "")] + [f"! {line}" for line in notes.caveats(workload)]
    return "\n".join(textwrap.fill(line, width, subsequent_indent="  ") for line in lines)


def draw_workload(workload, machine, looks, folder):
    shown = panels(workload)
    columns = 3
    rows = -(-(len(shown) + 1) // columns)
    figure, grid = plt.subplots(rows, columns, figsize=(13, 3.5 * rows + 1.1), squeeze=False)
    cells = list(grid.flat)
    for axes, metric in zip(cells, shown):
        panel.draw(axes, workload, metric, looks)
    for axes in cells[len(shown):]:
        axes.axis("off")
    below = caption(workload, machine, 195)
    foot = 0.17 * (below.count("\n") + 1) / figure.get_figheight()
    figure.text(0.015, 0.985, workload.name, fontsize=15, fontweight="bold", va="top")
    figure.text(0.015, 0.985 - 0.30 / figure.get_figheight(), how_drawn(workload), fontsize=9, va="top")
    figure.text(0.015, 0.012, below, fontsize=8, va="bottom", linespacing=1.35)
    figure.tight_layout(rect=(0.005, foot + 0.02, 1, 1 - 0.62 / figure.get_figheight()), h_pad=1.6, w_pad=1.4)
    legend(cells[len(shown)], legend_entries(workload, looks, shown), 46, loc="upper left", fontsize=9)
    save(figure, os.path.join(folder, workload.name), ("svg", "png"))


def draw_single_panels(workload, looks, folder):
    """The report puts these beside or below each other, as wide as the reader's screen allows."""
    for metric in panels(workload):
        figure, axes = plt.subplots(figsize=(4.6, 3.3))
        panel.draw(axes, workload, metric, looks)
        figure.tight_layout()
        save(figure, os.path.join(folder, f"{workload.name}-{metric.key}"), ("svg",), transparent=True)
    figure = plt.figure(figsize=(4.6, 0.1))
    key = legend(figure, legend_entries(workload, looks, panels(workload)), 46, loc="upper left", borderaxespad=0)
    figure.set_figheight(key.get_window_extent().height / figure.dpi)
    save(figure, os.path.join(folder, f"{workload.name}-legend"), ("svg",), transparent=True)


def draw_overview(workload, machine, looks, folder):
    entries = legend_entries(workload, looks, OVERVIEW_PANELS)
    head = 0.12 + 0.23 * -(-len(entries) // 2)  # inches, as is foot
    foot = 0.5
    height = 3.4 + head + foot
    figure, cells = plt.subplots(1, len(OVERVIEW_PANELS), figsize=(12, height))
    for axes, metric in zip(cells, OVERVIEW_PANELS):
        panel.draw(axes, workload, metric, looks)
    below = f"{how_drawn(workload)}\n{machine}; {notes.placement(workload)}"
    figure.text(0.015, 0.015, below, fontsize=8, va="bottom", linespacing=1.35)
    figure.tight_layout(rect=(0, foot / height, 1, 1 - head / height), w_pad=1.6)
    legend(figure, entries, 70, loc="upper left", bbox_to_anchor=(0.01, 1.0), ncol=2, fontsize=9)
    save(figure, os.path.join(folder, "overview"), ("svg", "png"))


def save(figure, stem, kinds, **options):
    if "png" in kinds:
        figure.savefig(f"{stem}.png", **options)
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None}, **options)
    with open(f"{stem}.svg", "w", encoding="utf-8") as file:
        file.write(text.getvalue().replace(*style.SVG_FONTS))
    plt.close(figure)


def draw_run(folder, output=None):
    """Draws everything into output, by default folder/charts, and returns that folder."""
    workloads = [workload for workload in points.load(folder) if workload.records]
    machine = environment.machine(environment.load(folder))
    looks = style.looks(workloads)
    charts = output or os.path.join(folder, "charts")
    single = os.path.join(charts, "panels")
    os.makedirs(single, exist_ok=True)
    with plt.rc_context(style.SETTINGS):
        for workload in workloads:
            draw_workload(workload, machine, looks, charts)
            draw_single_panels(workload, looks, single)
        named = [workload for workload in workloads if workload.name == OVERVIEW] or workloads[:1]
        for workload in named:
            draw_overview(workload, machine, looks, charts)
    return charts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="DIR", help="folder of a run")
    parser.add_argument("--output", metavar="DIR", help="where the charts go (default: DIR/charts)")
    arguments = parser.parse_args()
    try:
        print(draw_run(arguments.folder, arguments.output))
    except (points.BadInput, OSError) as error:
        print(f"plot.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
