"""The table of system calls per request, from the syscalls.json that tvl-results syscalls writes."""

import os

from tvl.data import points
from tvl.text import markdown as md, outside


def markdown(folder):
    path = os.path.join(folder, "syscalls.json")
    try:
        with open(path, encoding="utf-8") as file:
            data = outside.parsed(file.read())
        head = f"| system calls per request, {data['connections']} connections | total | which |"
        return "\n".join([head, "|:--|--:|:--|", *(row(result) for result in data["contestants"])])
    except FileNotFoundError:
        raise points.BadInput(f"{path} is missing: scripts/tvl-results syscalls --json {path}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise points.BadInput(f"{path}: not as scripts/tvl-results syscalls writes it: {error!r}") from None


def row(result):
    if result["status"] != "measured":
        why = ": ".join(text for text in (result["status"], result["reason"]) if text)
        return md.row([md.text(result["name"]), "n/a", md.text(why)])
    which = ", ".join(f"{md.text(name)} {value:.2f}" for name, value in result["by_name"].items())
    return md.row([md.text(result["name"]), f"{result['total']:.2f}", which])
