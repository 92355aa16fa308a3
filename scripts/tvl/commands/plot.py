"""Draws a run: one figure per workload and facet, its single panels, NAME.KIND.{svg,png} for what is not a metric
against x (stalls, timeline, knee, memory per connection, soak, costs of a request), and overview.{svg,png} and matrix.{svg,png} (the leading
models) for the README. primitives*.{svg,png} show the costs that tvl-primitives measured.

    tvl-results plot results/2026-11-22-120000-host

Reads points.jsonl, and environment.json for the caption, primitives.json and profiles/ if they are there; measures
nothing.
"""

import concurrent.futures
import glob
import io
import multiprocessing
import os
import textwrap
from functools import partial

from matplotlib import pyplot as plt

from tvl.analysis import caveats
from tvl.charts import annotations, failures, style, svg_tags
from tvl.charts.figures import (cost_chart, knee, legends, matrix_chart, memory, panel, primitives_chart, rows, soak,
                                stalls, timeline)
from tvl.charts.scales import is_crowded, is_in_rows, panels, single_x
from tvl.data import environment, metrics, points
from tvl.why import profiles

SINGLE = "panels"  # the folder of single panels
OVERVIEW = "connections"
OVERVIEW_PANELS = (metrics.CPU, metrics.P99, metrics.MEMORY)
# NAME.KIND.svg and .png; a function returns None for a workload that it does not suit.
FIGURES_BY_KIND = {"trace": stalls.figure, "timeline": timeline.figure, "knee": knee.figure, "footprint": memory.figure,
          "soak": soak.figure}
COSTS = "cost_bar"  # the same, of profiles


def how_drawn(workload):
    """One repetition has no band."""
    several = any(len(workload.repetitions(label, x)) > 1 for label in workload.measured for x in workload.sizes)
    how = "line: median" if several else "one repetition each"
    if several and is_in_rows(workload):
        how = "mark: median, whisker: min to max, dots: repetitions"
    elif several and not is_crowded(workload):
        how += ", band or whisker: min to max, dots: repetitions"
    failed = ", faint: failed" if any(map(failures.is_whole, failures.of(workload).values())) else ""
    at = f"{single_x(workload)}; " if is_in_rows(workload) and single_x(workload) else ""
    return f"{caveats.heading(workload)}; {at}{how}{failed}"


def caption(workload, machine, width):
    placed = caveats.placement(workload)
    lines = [f"{machine}" + (f"; {placed}" if placed else "")] + [f"! {line}" for line in caveats.caveats(workload)]
    return "\n".join(textwrap.fill(line, width, subsequent_indent="  ") for line in lines)


def workload_figure(workload, machine, line_styles):
    """The legend is in a cell of its own for few lines, above the panels for many and for rows."""
    shown = panels(workload)
    entries = legends.entries(workload, line_styles, shown)
    above = is_crowded(workload) or is_in_rows(workload)
    columns = 2 if len(shown) + (not above) == 4 else 3
    count = -(-(len(shown) + (not above)) // columns)
    below = caption(workload, machine, 195)
    how = textwrap.fill(how_drawn(workload), 165)
    head, foot = 0.62 + 0.17 * how.count("\n"), 0.17 * (below.count("\n") + 1) + 0.2  # inches
    tall = panel_height(workload, 4.4 if above else 3.5)
    size = 13, head + tall * count + foot
    figure, grid = plt.subplots(count, columns, figsize=size, squeeze=False)
    cells = list(grid.flat)
    for axes in cells[len(shown):]:
        axes.axis("off")
    if above:
        head += legends.insert(figure, entries, 96, head)
    height = figure.get_figheight()
    figure.text(0.015, 1 - 0.12 / height, workload.heading, fontsize=15, fontweight="bold", va="top")
    figure.text(0.015, 1 - 0.42 / height, how, fontsize=9, va="top")
    figure.text(0.015, 0.1 / height, below, fontsize=8, va="bottom", linespacing=1.35)
    draw_panels(figure, cells, workload, shown, line_styles, rect=(0.005, foot / height, 1, 1 - head / height),
                h_pad=1.6, w_pad=1.4)
    if not above:
        legends.draw(cells[len(shown)], entries, 46, loc="upper left", fontsize=9)
    return figure


def panel_height(workload, usual):
    """Inches"""
    return rows.height(workload) if is_in_rows(workload) else usual


def draw_panels(figure, cells, workload, shown, line_styles, **layout):
    for axes, metric in zip(cells, shown):
        panel.draw(axes, workload, metric, line_styles)
    figure.tight_layout(**layout)
    if is_crowded(workload):
        for axes, metric in zip(cells, shown):
            panel.name_lines(axes, workload, metric, line_styles)
        figure.tight_layout(**layout)  # the names need room
    for axes, metric in zip(cells, shown):
        annotations.draw_limits(axes, workload, metric, line_styles)


def panel_figure(workload, metric, line_styles):
    figure, axes = plt.subplots(figsize=(4.6, panel_height(workload, 3.3)))
    draw_panels(figure, [axes], workload, [metric], line_styles)
    return figure


def legend_figure(entries):
    figure = plt.figure(figsize=(4.6, 0.1))
    key = legends.draw(figure, entries, 46, loc="upper left", borderaxespad=0)
    figure.set_figheight(key.get_window_extent().height / figure.dpi)
    return figure


def overview_figure(workload, machine, line_styles):
    entries = legends.entries(workload, line_styles, OVERVIEW_PANELS)
    head, foot = 0.05, 0.5  # inches
    figure, cells = plt.subplots(1, len(OVERVIEW_PANELS), figsize=(12, panel_height(workload, 3.4) + head + foot))
    head += legends.insert(figure, entries, 88, head)
    height = figure.get_figheight()
    below = f"{how_drawn(workload)}\n{machine}; {caveats.placement(workload)}"
    figure.text(0.015, 0.015, below, fontsize=8, va="bottom", linespacing=1.35)
    draw_panels(figure, cells, workload, OVERVIEW_PANELS, line_styles, rect=(0, foot / height, 1, 1 - head / height),
                w_pad=1.6)
    return figure


def charts_of(workload, machine, line_styles):
    """{name in the folder of charts: function that returns the figure, or None when there is nothing to show}"""
    parts = legends.parts(legends.entries(workload, line_styles, panels(workload)))
    of_panel = {metric.key: partial(panel_figure, workload, metric, line_styles) for metric in panels(workload)}
    of_panel |= {f"legend{i or ''}": partial(legend_figure, part) for i, part in enumerate(parts)}
    by_kind = {kind: partial(figure_of, workload, line_styles) for kind, figure_of in FIGURES_BY_KIND.items()}
    return {workload.stem: partial(workload_figure, workload, machine, line_styles),
            **{f"{SINGLE}/{workload.stem}-{key}": make for key, make in of_panel.items()},
            **{f"{workload.stem}.{kind}": make for kind, make in by_kind.items()}}


def save(figure, charts, name):
    """Single panels, for papers and for the report without scripts, are SVG alone, without background."""
    path, single = os.path.join(charts, name), name.startswith(f"{SINGLE}/")
    if not single:
        figure.savefig(f"{path}.png")
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None}, transparent=single)
    with open(f"{path}.svg", "w", encoding="utf-8") as file:
        file.write(svg_tags.changed(text.getvalue(), lambda tag: tag.replace(*style.SVG_FONTS)))
    plt.close(figure)


def remove_earlier(workload, charts):
    """Charts of an earlier call, which may have had other panels and kinds."""
    kept = glob.escape(os.path.join(charts, workload.stem))
    single = glob.escape(os.path.join(charts, SINGLE, workload.stem))
    patterns = [f"{kept}.{kind}.{ending}" for kind in (*FIGURES_BY_KIND, COSTS) for ending in ("svg", "png")]
    for pattern in patterns + [f"{single}-{key}.svg" for key in ("legend*", *metrics.PANELS)]:
        for path in glob.glob(pattern):
            os.remove(path)


def draw_workload(workload, machine, line_styles, charts):
    remove_earlier(workload, charts)
    for name, make in charts_of(workload, machine, line_styles).items():
        if figure := make():
            save(figure, charts, name)


def draw_run(folder, output=None):
    """Draws everything into output, by default folder/charts, and returns that folder."""
    workloads = [workload for workload in points.load(folder) if workload.records]
    machine = environment.machine(environment.load(folder))
    line_styles = style.line_styles(workloads)
    charts = output or os.path.join(folder, "charts")
    os.makedirs(os.path.join(charts, SINGLE), exist_ok=True)
    with plt.rc_context(style.SETTINGS):
        # Forked, so that fonts and settings are loaded once.
        with concurrent.futures.ProcessPoolExecutor(len(os.sched_getaffinity(0)),
                                                    multiprocessing.get_context("fork")) as pool:
            list(pool.map(partial(draw_workload, machine=machine, line_styles=line_styles, charts=charts), workloads))
        for name, figure in figures_of_run(folder, workloads, machine, line_styles):
            save(figure, charts, name)
    return charts


def figures_of_run(folder, workloads, machine, line_styles):
    """(name, figure) of the charts that are not of one workload."""
    for workload in ([workload for workload in workloads if workload.name == OVERVIEW] or workloads)[:1]:
        yield "overview", overview_figure(workload, machine, line_styles)
    if figure := matrix_chart.figure(workloads, machine):
        yield "matrix", figure
    if os.path.exists(os.path.join(folder, "primitives.json")):
        yield from primitives_chart.figures(folder)
    for found in profiles.load(folder):
        if figure := cost_chart.figure(found, machine):
            yield f"{found.profiled.stem}.{COSTS}", figure


def add_arguments(parser):
    parser.add_argument("folder", metavar="DIR", help="folder of a run")
    parser.add_argument("--output", metavar="DIR", help="where the charts go (default: DIR/charts)")


def main(arguments):
    print(draw_run(arguments.folder, arguments.output))
    return 0
