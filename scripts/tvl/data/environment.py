"""environment.json as text: the line under a chart and the rows of the report."""

import os

from tvl.data.records import SCHEMA, BadInput
from tvl.text import outside


def load(folder):
    """{} when the run has none."""
    path = os.path.join(folder, "environment.json")
    if not os.path.exists(path):
        return {}
    try:
        with open(path, encoding="utf-8") as file:
            found = outside.parsed(file.read())
    except ValueError:
        raise BadInput(f"{path}: not JSON") from None
    if not isinstance(found, dict):
        raise BadInput(f"{path}: not an object")
    if found.get("schema", SCHEMA) != SCHEMA:
        raise BadInput(f"{path}: schema {found['schema']}, this program reads schema {SCHEMA}")
    return found


def machine(environment):
    """CPU, cores, kernel, system, date, commit: the known ones, as one line."""
    cores = environment.get("cores")
    parts = [environment.get("cpu_model"), cores and f"{cores} cores",
             environment.get("kernel") and "Linux " + environment["kernel"].removeprefix("Linux "),
             environment.get("os"), (environment.get("created") or "")[:10], commit(environment)]
    return ", ".join(part for part in parts if part) or "machine not recorded (no environment.json)"


def commit(environment):
    name = environment.get("commit")
    return name and f"commit {name[:10]}" + (" with local changes" if environment.get("dirty") else "")


def rows(environment):
    """[(name, value)] of everything recorded, nested names joined with a dot."""
    flat = []
    for key, value in environment.items():
        if key in ("workloads", "contestants"):
            continue  # not conditions
        if isinstance(value, dict):
            flat += [(f"{key}.{name}", inner) for name, inner in rows(value)]
        else:
            flat.append((key, value))
    return [(key, text(key, value)) for key, value in flat]


def text(key, value):
    if value is None:
        return "n/a"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(map(str, value))
    if key.endswith("_bytes") and isinstance(value, int):
        return f"{value / 2**30:.1f} GiB"
    return str(value)
