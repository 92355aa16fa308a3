"""results/noise.json: how much one repetition of each claim's effect varies, from recorded runs.

    recorded = claim_noise.load()
    recorded.get(claim_noise.key(workload, rule))       # 0.12: standard deviation on the effect's scale

A claim that is missing there has no recorded noise. The file is part of the rules (claim_freeze.py): it is written from
earlier runs, before the run that it judges.
"""

import json
import os

from tvl import ROOT
from tvl.conclusions.claims import claim_intervals
from tvl.data.records import BadInput
from tvl.stats import moderated

FILE = os.path.join(ROOT, "results", "noise.json")


def key(workload, rule):
    return workload.name, workload.facet, rule.effect


def load(path=FILE):
    """{key: standard deviation}; empty without the file."""
    try:
        with open(path, encoding="utf-8") as file:
            return {(one["workload"], one["facet"], one["effect"]): one["sd"] for one in json.load(file)["claims"]}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(f"{path}: not what tvl-results noise writes") from None


def factor(cases, recorded):
    """The noise factor of a run. cases: its (workload, rule, deciding Effect) with at least three repetitions."""
    return moderated.noise_factor([(claim_intervals.deviation(rule, effect), recorded.get(key(workload, rule)),
                                    len(effect.values) - 1) for workload, rule, effect in cases])


def pooled(runs):
    """The entries of noise.json. runs: a list of (workload, rule, deciding Effect) for each run."""
    samples, guides = {}, {}
    for run in runs:
        for workload, rule, effect in run:
            values = None if effect.exact else claim_intervals.scaled(rule, effect)
            if values:
                samples.setdefault(key(workload, rule), []).append(values)
                guides[key(workload, rule)] = rule.guide
    found = []
    for one in sorted(samples, key=lambda name: (name[0], name[1] or "", name[2])):
        if sd := moderated.pooled(samples[one]):
            found.append({"workload": one[0], "facet": one[1], "effect": one[2], "claim": guides[one],
                          "sd": float(f"{sd[0]:.4g}"), "freedom": sd[1]})
    return found
