"""A workload's table for a terminal."""

from tvl.analysis import ratios, summary
from tvl.text import terminal

COLOURS = {"better": "\033[32m", "worse": "\033[31m", "": ""}
OFF = "\033[0m"


def plain(workload, colour=False, width=None):
    """No trailing newline; no ratios if they do not fit into `width` columns."""
    text, needed = laid_out(workload, colour, with_ratios=True)
    return text if width is None or needed <= width else laid_out(workload, colour, with_ratios=False)[0]


def laid_out(workload, colour, with_ratios):
    """(text, width); only the reason of a left-out contestant may exceed the width. A dash: there is no ratio, for a
    reason that stands below the table."""
    ranked, heads = summary.is_ranked(workload), [summary.head(workload, m) for m in summary.columns(workload)]
    lead = [summary.x_head(workload)] + ["rank"] * ranked + ["contestant"]
    head = lead + [text for name in heads for text in ([name, ""] if with_ratios else [name])] + ["limited by"]
    body, last = [], ()
    for row in summary.rows(workload):
        size = "" if row.x in (None, last) else f"{row.x:g}"
        last = row.x
        rank = [(f"{row.rank or 'n/a'}", "")] * ranked if not row.left_out else [("", "")] * ranked
        cells = [pair for cell in row.cells for pair in cell_texts(cell, with_ratios)]
        body.append(([(size, ""), *rank, (row.label, ""), *cells, (row.limiter, "")], row.left_out))
    widths = [max(terminal.width(text) for text in
                  [name] + [cells[i][0] for cells, out in body if not out or i < len(lead)])
              for i, name in enumerate(head)]
    left = {len(lead) - 1, len(head) - 1}

    def line(cells):
        padded = [(terminal.left if i in left else terminal.right)(text, w)
                  for i, ((text, _), w) in enumerate(zip(cells, widths))]
        dyed = [f"{COLOURS[how]}{text}{OFF}" if colour and how else text for text, (_, how) in zip(padded, cells)]
        return " ".join(dyed)

    lines = [line([(name, "") for name in head])]
    lines += [line(cells[:len(lead)]) + " " + out if out else line(cells) for cells, out in body]
    return "\n".join(text.rstrip() for text in lines), sum(widths) + len(widths) - 1


def cell_texts(cell, with_ratios):
    value = [(summary.value_text(cell), "" if with_ratios else cell.verdict)]
    return value + [(ratios.text(cell.metric, cell.ratio) or "-" * bool(cell.why), cell.verdict)] * with_ratios
