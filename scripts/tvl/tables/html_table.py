"""A workload's tables for the report. Rows name their contestant and cells their value, for the page's script to filter
and to sort by."""

from html import escape

from tvl.analysis import ratios, summary
from tvl.data.metrics import number


def numbers(workload):
    """Medians with their ratios, and a row for everything that has none."""
    ranked, columns = summary.is_ranked(workload), summary.columns(workload)
    heads = [(summary.x_head(workload), False), *[("rank", False)] * ranked, ("contestant", True),
             *[(summary.head(workload, metric), False) for metric in columns], ("limited by", True)]
    lines, last = [], ()
    for row in summary.rows(workload):
        lines.append(line(workload, row, ranked, len(columns) + 1, first=row.x != last))
        last = row.x
    head = "".join(f'<th scope="col"{" class=name" if name else ""}>{escape(text)}</th>' for text, name in heads)
    return wide(f"Numbers of {workload.heading}", head, lines, "numbers")


def line(workload, row, ranked, width, first):
    size = "all" if row.x is None else f"{row.x:g}"
    contestant = workload.lines[row.label].contestant if row.label in workload.lines else row.label
    rank = f"<td{data(row.rank)}>{'' if row.left_out else row.rank or 'n/a'}</td>" * ranked
    return (f'<tr{" class=first" if first else ""} data-contestant="{escape(contestant)}">'
            f'<th scope="row"{data(row.x)}>{escape(size)}</th>{rank}'
            f'<td class="name who" data-value="{escape(row.label)}">{escape(row.label)}</td>{rest(row, width)}</tr>')


def data(value):
    """Nothing is sorted to the end."""
    return f' data-value="{"" if value is None else format(value, ".6g")}"'


def rest(row, width):
    if row.left_out:
        return f'<td class="name left-out" colspan="{width}" data-value="">{escape(row.left_out)}</td>'
    limiter = f'<td class="name" data-value="{escape(row.limiter)}">{escape(row.limiter)}</td>'
    return "".join(map(html_cell, row.cells)) + limiter


def html_cell(cell):
    ratio = ""
    if cell.ratio:
        spread = f"({number(cell.ratio.low)} to {number(cell.ratio.high)})"
        ratio = f'<small class="{cell.verdict}">{escape(ratios.text(cell.ratio))} {spread}</small>'
    return f"<td{data(cell.value and cell.value.median)}>{escape(summary.value_text(cell))}{ratio}</td>"


def matrices(workload):
    parts = []
    for title, (head, *rows) in summary.matrices(workload).items():
        heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
        lines = [f'<tr><th scope="row">{escape(name)}</th>' + "".join(f"<td>{escape(text)}</td>" for text in cells)
                 + "</tr>" for name, *cells in rows]
        parts.append(f'<div data-contestant="{escape(title.partition(",")[0])}"><h3>{escape(title)}</h3>'
                     + wide(title, heads, lines) + "</div>")
    return "".join(parts)


def wide(label, head, lines, kind="grid"):
    """A table that scrolls by itself where the screen is too narrow for it."""
    return (f'<div class="wide" tabindex="0" role="region" aria-label="{escape(label)}"><table class="{kind}">'
            f'<thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>')
