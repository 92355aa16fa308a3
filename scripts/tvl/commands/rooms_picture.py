"""The rooms of scripts/layers.toml as an SVG, with the path of a request and that of a point.

Each room may use those below it in its tree. A badge is a step of CONTRIBUTING.md: a number for the path of a point, a
letter for that of a request.
"""

import os
import tomllib
from html import escape

from tvl import ROOT

COLUMNS = (("bench", "clients"), ("servers", "scripts"))
TITLES = {"bench": "bench: the suite", "clients": "clients: the load generator", "servers": "servers",
          "scripts": "scripts/tvl: the results"}
POINT = ("bench/suite/config", "bench/suite/catalogue", "bench/suite/planning", "bench/suite/measuring",
         "bench/suite/processes", "clients/load/run", "clients/load/meter", "clients/load/analysis", "bench/suite/output",
         "scripts/tvl/data", "scripts/tvl/analysis", "scripts/tvl/conclusions", "scripts/tvl/report")
REQUEST = ("clients/load/engine", "servers/runtime", "servers/handler", "servers", "servers/waits/awaiting",
           "servers/drivers", "clients/load/protocol")
WIDTH, HEIGHT, GAP, HEAD = 236, 24, 4, 26  # of a column, of a row, between boxes, of a title
STYLE = """svg { font: 11px sans-serif; --ink: #1f2328; --box: #f6f8fa; --line: #d0d7de; --point: #0969da; --way: #bc4c00; --on: #fff }
@media (prefers-color-scheme: dark) {
  svg { --ink: #e6edf3; --box: #161b22; --line: #3d444d; --point: #79c0ff; --way: #ffa657; --on: #0d1117 } }
text { fill: var(--ink) } .title { font-weight: bold; font-size: 13px }
.room { fill: var(--box); stroke: var(--line) } .point { fill: var(--point) } .way { fill: var(--way) }
.step { fill: var(--on); font-weight: bold; text-anchor: middle }"""


def badges(room):
    """[(class, text)] of the steps that are in this room."""
    return ([("point", str(number)) for number, there in enumerate(POINT, 1) if there == room]
            + [("way", chr(ord("A") + number)) for number, there in enumerate(REQUEST) if there == room])


def label(room, tree):
    """The room without the prefix in the title."""
    return room.removeprefix(f"{tree}/").removeprefix("load/").removeprefix("tvl/")


def boxes(rooms, tree, x, y):
    width = (WIDTH - GAP * (len(rooms) - 1)) / len(rooms)
    for number, room in enumerate(rooms):
        left = x + number * (width + GAP)
        yield f'<rect class="room" x="{left:g}" y="{y}" width="{width:g}" height="{HEIGHT}" rx="4"/>'
        yield f'<text x="{left + 6:g}" y="{y + 16}">{escape(label(room, tree))}</text>'
        for place, (kind, text) in enumerate(badges(room), 1):
            middle = left + width - 20 * place + 6
            yield (f'<circle class="{kind}" cx="{middle:g}" cy="{y + 12}" r="9"/>' if kind == "point" else
                   f'<rect class="{kind}" x="{middle - 8:g}" y="{y + 4}" width="16" height="16" rx="3"/>')
            yield f'<text class="step" x="{middle:g}" y="{y + 16}">{text}</text>'


def batches(rooms):
    """Up to three side by side, more of them in pairs."""
    size = 3 if len(rooms) < 4 else 2
    return [rooms[i:i + size] for i in range(0, len(rooms), size)]


def svg():
    with open(os.path.join(ROOT, "scripts", "layers.toml"), "rb") as file:
        order = tomllib.load(file)["order"]
    shapes, bottom = [], 0
    for column, trees in enumerate(COLUMNS):
        x, y = GAP + column * (WIDTH + 6 * GAP), GAP
        for tree in trees:
            shapes.append(f'<text class="title" x="{x}" y="{y + 14}">{TITLES[tree]}</text>')
            y += HEAD
            for rooms in order:
                for row in batches(rooms) if rooms[0].split("/")[0] == tree else ():
                    shapes += boxes(row, tree, x, y)
                    y += HEIGHT + GAP
            y += HEAD - HEIGHT + 2 * GAP
        bottom = max(bottom, y)
    width = len(COLUMNS) * (WIDTH + 6 * GAP)
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {bottom}" width="{width}" height="{bottom}" '
                      'role="img"><title>Rooms in their order, path of a point (1 to 13) and of a request (A to G)</title>',
                      f"<style>{STYLE}</style>", *shapes, "</svg>"])
