"""The keys of a [[claim]]: a rule that decides a claim by a run.

    [[claim]]
    guide     = "threads are expensive: CPU per request"   # what is claimed, in words
    source    = "guide"          # of the guide, with the sentence that it stands for; or "own" (default)
    quote     = "Threads are expensive (CPU)"              # exact
    metric    = "cpu"            # a key of metrics.py, or one of claims alone: "server_share" (% of its cores),
                                 # "answered" (% of the requests due that was answered in time; of invalid points too),
                                 # "largest" (x served; by a late generator too)
    of        = "asio_loop"      # a contestant, every line of it; or one line: "asio_loop beside:block"
    expect    = "lower"          # than the threshold; or "higher", or "equal": from 1 / threshold to threshold
    threshold = 0.9              # of the ratio or share

and one of these, the reference of the ratio:

    versus    = "asio_threads"   # another line at the same size
    versus_x  = 0                # the line itself at that size
    share_of  = "threads / delay" # the [[ceiling]] or [[expected]] of that label; a ceiling only where it is the lowest
    limit     = 4                # a number in the metric's unit; then threshold may be left out, it is 1

and

    decide_at = 1000             # the size that decides; the others are shown. Not needed where one size remains

and optionally:

    slope     = true             # the metric's growth per unit of x (memory: KiB); with versus: ratio of the slopes
    at        = [1]              # these sizes only
    from      = 64               # from this size on
    until     = 1000             # up to this size
    facet     = "rate:2000"      # this facet only
"""

import json
import math
from dataclasses import dataclass
from typing import Optional

from tvl.data import metrics
from tvl.data.records import BadInput, is_number


def of_its_cores(record):
    used, cores = metrics.at(record, "server", "cpu_share"), metrics.at(record, "cpus", "server")
    return 100 * used / len(cores) if used is not None and cores else None


def of_those_due(record):
    """In percent. Requests that were overdue when the window began were not answered in time, whenever they were."""
    due, ok, overdue = (metrics.at(record, "requests", key) for key in ("scheduled", "ok", "unsent_at_start"))
    return 100 * max(0, ok - (overdue or 0)) / due if due and ok is not None else None


SERVER_SHARE = metrics.Metric("server_share", "Share of its cores", "%", None, of_its_cores, "CPU %", metrics.COST)
ANSWERED = metrics.Metric("answered", "Share of the requests due that was answered in time", "%", metrics.HIGHER,
                          of_those_due, "answered %")
LARGEST = metrics.Metric("largest", "Largest size served", "", metrics.HIGHER, lambda record: None, "largest")
METRICS = {metric.key: metric for metric in vars(metrics).values() if isinstance(metric, metrics.Metric)}
METRICS |= {metric.key: metric for metric in (SERVER_SHARE, ANSWERED, LARGEST)}
REQUIRED = ("guide", "metric", "of", "expect")
EXPECTATIONS = ("higher", "lower", "equal")
REFERENCES = ("versus", "versus_x", "share_of", "limit")
GUIDE, OWN = SOURCES = ("guide", "own")
KINDS = {"guide": str, "source": str, "quote": str, "metric": str, "of": str, "expect": str, "versus": str,
         "share_of": str, "facet": str, "threshold": float, "versus_x": float, "limit": float, "from": float,
         "until": float, "decide_at": float, "slope": bool, "at": list}
# 0 is a usual value of these: beside a limit, their distance from it counts and not how many times it they are.
FROM_ZERO = (metrics.RECOVERY.key, metrics.ALL_SERVED.key, ANSWERED.key)


@dataclass(frozen=True)
class Rule:
    guide: str
    source: str  # GUIDE or OWN
    quote: Optional[str]
    metric: metrics.Metric
    of: str
    expect: str  # lower, higher or equal
    bounds: tuple  # (low, high): the guide's side of the threshold
    reference: str  # one of REFERENCES
    value: object  # its value
    slope: bool
    at: Optional[tuple]
    first: float
    last: float
    facet: Optional[str]
    decide_at: Optional[float]

    @property
    def is_of_the_sweep(self):
        """Whether the effect is one of all sizes together."""
        return self.slope or self.metric is LARGEST

    @property
    def is_linear(self):
        """Whether the effect counts on a linear scale; else its logarithm counts."""
        return self.reference == "limit" and self.metric.key in FROM_ZERO

    @property
    def effect(self):
        """What is compared, as text: rules with the same one have the same noise."""
        where = "slope" if self.slope else f"at {self.decide_at:g}" if self.decide_at is not None else "at its size"
        return f"{self.metric.key} of {self.of}, {self.reference} {self.value}, {where}"

    def is_about(self, x):
        """Whether the claim has an effect at this size."""
        return (self.first <= x <= self.last and (self.at is None or x in self.at)
                and not (self.reference == "versus_x" and x == self.value))

    def side(self, low, high):
        """Of an interval of the effect. True: the claim's; False: the other; None: it contains a threshold."""
        least, most = self.bounds
        if least <= low and high <= most:
            return True
        return False if high < least or low > most else None

    def margin(self, value):
        """How far an effect is on the claim's side; less than 0 on the other."""
        least, most = self.bounds
        return min(value - least, most - value)


def read(table, where):
    """where: the prefix of error messages. Raises BadInput."""
    if not isinstance(table, dict):
        raise BadInput(f"{where}: not a table")
    for key, value in table.items():
        if key not in KINDS:
            raise BadInput(f"{where}: unknown key '{key}', there are {', '.join(KINDS)}")
        if not is_number(value) if KINDS[key] is float else not isinstance(value, KINDS[key]):
            raise BadInput(f"{where}: '{key}' must be {'a number' if KINDS[key] is float else KINDS[key].__name__}")
    references = [key for key in REFERENCES if key in table]
    for key in REQUIRED:
        if not table.get(key):
            raise BadInput(f"{where}: missing key '{key}'")
    if len(references) != 1:
        raise BadInput(f"{where}: needs one of {', '.join(REFERENCES)}, has {' and '.join(references) or 'none'}")
    if table["metric"] not in METRICS:
        raise BadInput(f"{where}: unknown metric '{table['metric']}', there are {', '.join(METRICS)}")
    reference = references[0]
    check_source(table, where)
    check_combination(table, reference, where)
    rule = Rule(table["guide"], table.get("source", OWN), table.get("quote"), METRICS[table["metric"]], table["of"],
                table["expect"], bounds(table, reference, where), reference, table[reference],
                table.get("slope", False), tuple(table["at"]) if "at" in table else None,
                table.get("from", -math.inf), table.get("until", math.inf), table.get("facet"), table.get("decide_at"))
    if rule.decide_at is not None and (rule.is_of_the_sweep or not rule.is_about(rule.decide_at)):
        raise BadInput(f"{where}: 'decide_at' must be a size that the claim is about")
    return rule


def check_source(table, where):
    if table.get("source", OWN) not in SOURCES:
        raise BadInput(f"{where}: 'source' must be one of {', '.join(SOURCES)}")
    if (table.get("source") == GUIDE) != bool(table.get("quote")):
        raise BadInput(f"{where}: 'quote' is needed where 'source' is guide, and only there")


def check_combination(table, reference, where):
    if table.get("slope") and reference not in ("versus", "limit"):
        raise BadInput(f"{where}: 'slope' needs 'versus' or 'limit'")
    if table["metric"] == ANSWERED.key and (reference != "limit" or table.get("slope")):
        raise BadInput(f"{where}: metric 'answered' needs 'limit'")
    if table["metric"] == LARGEST.key and (reference != "versus" or table.get("slope")):
        raise BadInput(f"{where}: metric 'largest' needs 'versus'")
    if "at" in table and not all(map(is_number, table["at"])):
        raise BadInput(f"{where}: 'at' must be a list of numbers")
    if reference == "limit" and table["limit"] <= 0:
        raise BadInput(f"{where}: 'limit' must be more than 0")


def bounds(table, reference, where):
    expect, threshold = table["expect"], table.get("threshold", 1 if reference == "limit" else None)
    if threshold is None:
        raise BadInput(f"{where}: missing key 'threshold'")
    if threshold <= 0:
        raise BadInput(f"{where}: 'threshold' must be more than 0")
    if expect == "equal" and threshold <= 1:
        raise BadInput(f"{where}: 'threshold' must be more than 1 where 'expect' is equal")
    known = {"higher": (threshold, math.inf), "lower": (-math.inf, threshold), "equal": (1 / threshold, threshold)}
    if expect not in EXPECTATIONS:
        raise BadInput(f"{where}: 'expect' must be one of {', '.join(EXPECTATIONS)}")
    return known[expect]


def words():
    """What tvl-suite checks a workload against before it measures; compiled into it."""
    return {"panels": [*metrics.PANELS, *metrics.FIGURES], "metrics": list(METRICS), "required": REQUIRED,
            "expectations": EXPECTATIONS, "sources": SOURCES,
            "claim": {key: kind.__name__ for key, kind in KINDS.items()}}


if __name__ == "__main__":
    print(f'R"({json.dumps(words(), indent=1)})"')
