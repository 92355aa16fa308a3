"""A workload's tables for the report."""

from html import escape

import ratios
import table
from metrics import number


def numbers(workload):
    """Medians with their ratios, and a row for everything that has none."""
    ranked, columns = table.is_ranked(workload), table.columns(workload)
    heads = [(table.x_head(workload), False), *[("rank", False)] * ranked, ("contestant", True),
             *[(table.head(workload, metric), False) for metric in columns], ("limited by", True)]
    lines, last = [], ()
    for row in table.rows(workload):
        first = row.x != last
        size = "all" if row.x is None else f"{row.x:g}"
        rank = f"<td>{row.rank or 'n/a'}</td>" if not row.left_out else "<td></td>"
        lines.append(f'<tr{" class=first" if first else ""}><th scope="row">{escape(size)}</th>{rank * ranked}'
                     f'<td class="name">{escape(row.label)}</td>' + rest(row, len(columns) + 1) + "</tr>")
        last = row.x
    head = "".join(f'<th scope="col"{" class=name" if name else ""}>{escape(text)}</th>' for text, name in heads)
    return wide(f"Numbers of {workload.heading}", head, lines)


def rest(row, width):
    if row.left_out:
        return f'<td class="name left-out" colspan="{width}">{escape(row.left_out)}</td>'
    return "".join(map(html_cell, row.cells)) + f'<td class="name">{escape(row.limiter)}</td>'


def html_cell(cell):
    ratio = ""
    if cell.ratio:
        spread = f"({number(cell.ratio.low)} to {number(cell.ratio.high)})"
        ratio = f'<small class="{cell.verdict}">{escape(ratios.text(cell.ratio))} {spread}</small>'
    return f"<td>{escape(table.value_text(cell))}{ratio}</td>"


def matrices(workload):
    parts = []
    for title, (head, *rows) in table.matrices(workload).items():
        heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
        lines = [f'<tr><th scope="row">{escape(name)}</th>' + "".join(f"<td>{escape(text)}</td>" for text in cells)
                 + "</tr>" for name, *cells in rows]
        parts.append(f"<h3>{escape(title)}</h3>" + wide(title, heads, lines))
    return "".join(parts)


def wide(label, head, lines):
    """A table that scrolls by itself where the screen is too narrow for it."""
    return (f'<div class="wide" tabindex="0" role="region" aria-label="{escape(label)}">'
            f'<table><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>')
