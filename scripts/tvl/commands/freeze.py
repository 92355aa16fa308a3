"""Freezes the rules that decide the claims: writes their hash and today's date to results/rules.json.

    tvl-results freeze

The rules are all [[claim]] tables of bench/workloads, the constants of a decision, and results/noise.json. Runs made
from now on carry the hash, and a test fails when the rules differ from it. Say in results/README.md what changed, and
why.

Exit code: 0 frozen, or frozen already.
"""

import datetime
import json

from tvl.conclusions.claims import claim_freeze


def add_arguments(_parser):
    pass


def main(_arguments):
    now, known = claim_freeze.digest(), claim_freeze.load()
    if known and known.sha256 == now:
        print(f"frozen already, on {known.frozen}: {now}")
        return 0
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    with open(claim_freeze.FILE, "w", encoding="utf-8") as file:
        json.dump({"sha256": now, "frozen": today}, file, indent=1)
        file.write("\n")
    print(f"frozen on {today}: {now}")
    return 0
