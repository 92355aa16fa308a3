"""An invented run whose names, titles and messages mean something to matplotlib, HTML, Markdown, spreadsheets and
terminals.

    cd scripts; python3 -m tvl.testing.synthetic_hostile /tmp/hostile; ./tvl-results plot /tmp/hostile
"""

import os
import sys

from tvl.testing import synthetic_failures, synthetic_primitives, synthetic_waits
from tvl.testing.synthetic_points import ENVIRONMENT, left_out, point, write

# Bytes of each medium; as they are shown, see tvl/text/outside.py.
TEXT = "=1+1 $x_1$ \\frac{ </script><b id=\"i\">|`*_[a](b)\n\x1b[31m\u202e\ud800 日本 #1b1f24"
SHOWN = "=1+1 $x_1$ \\frac{ </script><b id=\"i\">|`*_[a](b) \\x1b[31m\\u202e\ufffd 日本 #1b1f24"
# A name begins with an underscore, which matplotlib leaves out of legends.
PREFIX = "_$&lt;|`"
OUTSIDE = ("title", "caption", "question", "text", "reason", "label", "slo", "command", "cpu_model", "os", "host")
NAMES = ("contestant", "versus")


def hostile(value, key=None):
    """The same record with such names and texts."""
    if isinstance(value, dict):
        return {name: hostile(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [hostile(one, key) for one in value]
    if not isinstance(value, str):
        return value
    if key in NAMES:
        return PREFIX + value
    if key == "series":
        return value + PREFIX
    return f"{value} {TEXT}" if key in OUTSIDE or key == "reasons" else value


def records():
    ok = [point(contestant=name, x=x, repetition=r, position=p, cpu=20.0 - p, question="q",
                chart={"caption": "c", "panels": ["throughput", "p50", "p99", "cpu", "memory"]},
                ceilings=[{"label": "c", "rate": 2000.0}], expected=[{"label": "e", "ms": 1.0}],
                limiter="generator" if x == 1 else "server-cpu")
          for x in (1, 64, 1000) for r in range(5) for p, name in enumerate(("asio_threads", "asio_loop"))]
    bad = [point(contestant="asio_pool", x=64, repetition=r, valid=False, reasons=["3 resets"]) for r in range(5)]
    more = [left_out(), left_out(contestant="asio_threads", status="limit", reason="no more", x=4000)]
    two = ("asio_threads", "asio_loop")
    return [hostile(record) for record in (
        *ok, *bad, *more, *synthetic_failures.memory(), *synthetic_failures.hockey_stick(),
        *synthetic_failures.overload(two), *synthetic_failures.soak(), *synthetic_waits.trap(two),
        *synthetic_waits.gather())]


def write_run(folder):
    machine = {**hostile(ENVIRONMENT), "compiler_flags": TEXT, TEXT: {"a": TEXT}}
    write(folder, records(), machine)
    listed = [{**one, "name": one["name"], "asyncio": one["asyncio"] + TEXT,
               "rows": [{**row, "what": row["what"] + TEXT} for row in one["rows"]]}
              for one in synthetic_primitives.LISTED]
    return synthetic_primitives.write(folder, listed=listed, compiler=TEXT)


if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    write_run(sys.argv[1])
