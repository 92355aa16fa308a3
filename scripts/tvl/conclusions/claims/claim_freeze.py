"""The frozen rules: results/rules.json has a hash over everything that decides a verdict, and the date it was frozen.

A run's environment.json has a copy of that file, so that a reader sees whether the rules are older than the figures. A
rule that is changed without `tvl-results freeze` fails a test.
"""

import hashlib
import json
import os
from typing import NamedTuple, Optional

from tvl import ROOT
from tvl.conclusions.claims import claim_noise, claim_verdicts, claims
from tvl.conclusions.claims.claim_wellposed import DISTANCE
from tvl.data.records import BadInput
from tvl.stats import moderated

FILE = os.path.join(ROOT, "results", "rules.json")


class Frozen(NamedTuple):
    sha256: str
    frozen: str  # YYYY-MM-DD


def decisive():
    """All claims, the constants of a decision, and the recorded noise."""
    return {"claims": claims.of_files(),
            "constants": {"standard errors": moderated.ERRORS, "prior": moderated.PRIOR,
                          "effects for a noise factor": moderated.LEAST, "repetitions": claim_verdicts.LEAST,
                          "repetitions without recorded noise": claim_verdicts.LEAST_ALONE,
                          "noise factor": "unbiased",
                          "about the threshold": claim_verdicts.NEAR, "given up": claim_verdicts.GIVEN_UP,
                          "well posed": DISTANCE},
            "noise": sorted([*map(str, key), sd] for key, sd in claim_noise.load().items())}


def digest():
    text = json.dumps(decisive(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def load(path=None) -> Optional[Frozen]:
    """None without the file."""
    path = path or FILE
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
        return Frozen(found["sha256"], found["frozen"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput(f"{path}: not what tvl-results freeze writes") from None


def remark(machine):
    """One sentence when the run was not made under the rules that judge it, else "". machine: of environment.load()."""
    now, then = load(), machine.get("rules")
    if now is None or now.sha256 != digest():
        return "Judged by rules that are not frozen."
    judged = f"Judged by the rules frozen on {now.frozen}"
    if not isinstance(then, dict) or not then.get("sha256"):
        return f"{judged}; the run was made before, without frozen rules."
    if then["sha256"] != now.sha256:
        return f"{judged}; the run was made under others, frozen on {then.get('frozen') or 'an unknown day'}."
    return ""
