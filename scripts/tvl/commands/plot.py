"""Draws a run: one figure per workload and facet, its panels one by one for the report, NAME.KIND.{svg,png} for
what no panel shows (stalls, the run second by second, the knee, memory per connection, a soak), overview.{svg,png} and
matrix.{svg,png} (who leads where) for the README. Where tvl-primitives was measured too, its costs in
primitives*.{svg,png}.

    tvl-results plot results/2026-11-22-120000-host

Reads points.jsonl, and environment.json for the caption and primitives.json if they are there; measures nothing.
"""

import concurrent.futures
import functools
import glob
import io
import multiprocessing
import os
import textwrap

from matplotlib import pyplot as plt

from tvl.analysis import caveats
from tvl.charts import marks, style
from tvl.charts.figures import knee, legends, matrix_chart, memory, panel, primitives_chart, soak, stalls, timeline
from tvl.charts.scales import panels
from tvl.data import environment, metrics, points

OVERVIEW = "connections"
OVERVIEW_PANELS = (metrics.CPU, metrics.P99, metrics.MEMORY)
# NAME.KIND.svg and .png, for the workloads that each has something to show of.
EXTRAS = {"trace": stalls.figure, "strip": timeline.figure, "knee": knee.figure, "footprint": memory.figure,
          "soak": soak.figure}


def how_drawn(workload):
    spread = "" if panel.is_crowded(workload) else ", band: min to max, dots: single repetitions"
    return f"{caveats.heading(workload)}; line: median{spread}"


def caption(workload, machine, width):
    placed = caveats.placement(workload)
    lines = [f"{machine}" + (f"; {placed}" if placed else "")] + [f"! {line}" for line in caveats.caveats(workload)]
    return "\n".join(textwrap.fill(line, width, subsequent_indent="  ") for line in lines)


def draw_workload(workload, machine, looks, folder):
    """Few lines have their legend in a cell beside the panels, many have it above them."""
    shown = panels(workload)
    entries = legends.entries(workload, looks, shown)
    above = panel.is_crowded(workload)
    columns = 2 if len(shown) + (not above) == 4 else 3
    rows = -(-(len(shown) + (not above)) // columns)
    below = caption(workload, machine, 195)
    head, foot = 0.62, 0.17 * (below.count("\n") + 1) + 0.2  # inches
    size = 13, head + (4.4 if above else 3.5) * rows + foot
    figure, grid = plt.subplots(rows, columns, figsize=size, squeeze=False)
    cells = list(grid.flat)
    for axes in cells[len(shown):]:
        axes.axis("off")
    if above:
        head += legends.insert(figure, entries, 96, head)
    height = figure.get_figheight()
    figure.text(0.015, 1 - 0.12 / height, workload.heading, fontsize=15, fontweight="bold", va="top")
    figure.text(0.015, 1 - 0.42 / height, how_drawn(workload), fontsize=9, va="top")
    figure.text(0.015, 0.1 / height, below, fontsize=8, va="bottom", linespacing=1.35)
    draw_panels(figure, cells, workload, shown, looks, rect=(0.005, foot / height, 1, 1 - head / height),
                h_pad=1.6, w_pad=1.4)
    if not above:
        legends.draw(cells[len(shown)], entries, 46, loc="upper left", fontsize=9)
    save(figure, os.path.join(folder, workload.stem), ("svg", "png"))


def draw_panels(figure, cells, workload, shown, looks, **layout):
    for axes, metric in zip(cells, shown):
        panel.draw(axes, workload, metric, looks)
    figure.tight_layout(**layout)
    for axes, metric in zip(cells, shown):
        marks.draw_limits(axes, workload, metric, looks)


def draw_single_panels(workload, looks, folder):
    """For papers, and for a reader of the report who runs no scripts."""
    for key in ("legend*", *metrics.PANELS):  # of an earlier drawing, which may have had others
        for old in glob.glob(f"{glob.escape(os.path.join(folder, workload.stem))}-{key}.svg"):
            os.remove(old)
    for metric in panels(workload):
        figure, axes = plt.subplots(figsize=(4.6, 3.3))
        draw_panels(figure, [axes], workload, [metric], looks)
        save(figure, os.path.join(folder, f"{workload.stem}-{metric.key}"), ("svg",), transparent=True)
    for i, part in enumerate(legends.parts(legends.entries(workload, looks, panels(workload)))):
        figure = plt.figure(figsize=(4.6, 0.1))
        key = legends.draw(figure, part, 46, loc="upper left", borderaxespad=0)
        figure.set_figheight(key.get_window_extent().height / figure.dpi)
        save(figure, os.path.join(folder, f"{workload.stem}-legend{i or ''}"), ("svg",), transparent=True)


def draw_extras(workload, looks, folder):
    for kind, figure_of in EXTRAS.items():
        stem = os.path.join(folder, f"{workload.stem}.{kind}")
        for ending in ("svg", "png"):  # of an earlier drawing
            if os.path.exists(f"{stem}.{ending}"):
                os.remove(f"{stem}.{ending}")
        if figure := figure_of(workload, looks):
            save(figure, stem, ("svg", "png"))


def draw_overview(workload, machine, looks, folder):
    entries = legends.entries(workload, looks, OVERVIEW_PANELS)
    head, foot = 0.05, 0.5  # inches
    figure, cells = plt.subplots(1, len(OVERVIEW_PANELS), figsize=(12, 3.4 + head + foot))
    head += legends.insert(figure, entries, 88, head)
    height = figure.get_figheight()
    below = f"{how_drawn(workload)}\n{machine}; {caveats.placement(workload)}"
    figure.text(0.015, 0.015, below, fontsize=8, va="bottom", linespacing=1.35)
    draw_panels(figure, cells, workload, OVERVIEW_PANELS, looks, rect=(0, foot / height, 1, 1 - head / height),
                w_pad=1.6)
    save(figure, os.path.join(folder, "overview"), ("svg", "png"))


def save(figure, stem, kinds, **options):
    if "png" in kinds:
        figure.savefig(f"{stem}.png", **options)
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None}, **options)
    with open(f"{stem}.svg", "w", encoding="utf-8") as file:
        file.write(text.getvalue().replace(*style.SVG_FONTS))
    plt.close(figure)


def draw_all_of(workload, machine, looks, charts, single):
    draw_workload(workload, machine, looks, charts)
    draw_single_panels(workload, looks, single)
    draw_extras(workload, looks, charts)


def draw_run(folder, output=None):
    """Draws everything into output, by default folder/charts, and returns that folder."""
    workloads = [workload for workload in points.load(folder) if workload.records]
    machine = environment.machine(environment.load(folder))
    looks = style.looks(workloads)
    charts = output or os.path.join(folder, "charts")
    single = os.path.join(charts, "panels")
    os.makedirs(single, exist_ok=True)
    with plt.rc_context(style.SETTINGS):
        # Forked: what a run's charts share, fonts and settings, is loaded once.
        with concurrent.futures.ProcessPoolExecutor(len(os.sched_getaffinity(0)),
                                                    multiprocessing.get_context("fork")) as pool:
            list(pool.map(functools.partial(draw_all_of, machine=machine, looks=looks, charts=charts, single=single),
                          workloads))
        named = [workload for workload in workloads if workload.name == OVERVIEW] or workloads
        for workload in named[:1]:
            draw_overview(workload, machine, looks, charts)
        if figure := matrix_chart.figure(workloads, machine):
            save(figure, os.path.join(charts, "matrix"), ("svg", "png"))
        if os.path.exists(os.path.join(folder, "primitives.json")):
            for name, figure in primitives_chart.figures(folder):
                save(figure, os.path.join(charts, name), ("svg", "png"))
    return charts


def add_arguments(parser):
    parser.add_argument("folder", metavar="DIR", help="folder of a run")
    parser.add_argument("--output", metavar="DIR", help="where the charts go (default: DIR/charts)")


def main(arguments):
    print(draw_run(arguments.folder, arguments.output))
    return 0
