"""Texts for the variables of a workload. The suite writes them as "rate:2000 threads:4", null = none."""

import re

AXES = {"rate": "requests/s offered", "ms": "ms per wait", "us": "µs per request",
        "percent": "% of all requests that interfere", "pool": "connections in the pool",
        "offload_threads": "threads of the executor", "fetch n": "calls per request",
        "slow_senders": "slow senders", "slow_readers": "slow readers", "greedy": "pipelining clients",
        "garbage": "clients that send garbage",
        "idle": "idle keep-alive connections", "idle_websockets": "idle WebSockets",
        "percent_of_knee": "% of the knee offered"}

UNITS = {None: 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


NAMES = {"beside": "interfering"}  # of variables whose key is not their name


def parts(text):
    """{"rate:2000", "threads:4"}, empty for nothing."""
    return frozenset(text.split()) if text else frozenset()


def words(text):
    """rate:2000 threads:4 -> 2,000 requests/s offered, threads 4"""
    return ", ".join(map(word, text.split())) if text else ""


def word(part):
    variable, _, value = part.partition(":")
    if variable != "rate":
        return f"{NAMES.get(variable, variable)} {value}".rstrip()
    return "at saturation" if value == "saturation" else f"{rate(float(value))} offered"


def name(part):
    return part.partition(":")[0]


def rate(value, what="requests"):
    return f"{value:,g} {what}/s" if value < 1e6 else f"{value:,.0f} {what}/s"


def offers_rate(text):
    return any(part.startswith("rate:") and part != "rate:saturation" for part in parts(text))


def axis(name, endpoint=None):
    """The axis title; a parameter's depends on the endpoint."""
    return AXES.get(f"{endpoint} {name}") or AXES.get(name, name)


def order(text):
    """Sorts processes:2 before processes:16, stack:256KiB before stack:8MiB, and nothing before everything."""
    return [order_of(piece) for piece in re.split(r"[: ]", text or "")]


def order_of(piece):
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([KMG]iB)?", piece)
    return (0, float(found[1]) * UNITS[found[2]], "") if found else (1, 0, piece)


def slug(*texts):
    """A name for a file or an HTML id: models, rate:2000 -> models-rate-2000"""
    return re.sub(r"[^\w.]+", "-", "-".join(text for text in texts if text)).strip("-")
