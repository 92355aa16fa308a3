"""Many tests at once: which of them count.

    rejected([0.001, 0.2, 0.03])      [True, False, False]
    fewest(0.004, 700)                56

Benjamini and Hochberg: of what is rejected, 5 % on average is rejected by chance. Where nothing differs at all, the
probability of any rejection is at most 5 %. It holds for independent tests and for those that chance moves in the same
direction.
"""

import math

SHARE = 0.05  # of false ones among those rejected


def rejected(ps, share=SHARE):
    """[whether the test counts], in the order of the ps."""
    limit = max((p for rank, p in enumerate(sorted(ps), 1) if p <= rank * share / len(ps)), default=-1)
    return [p <= limit for p in ps]


def fewest(smallest, tests, share=SHARE):
    """How many of the tests must have the smallest p that they can have, until any of them counts."""
    return max(1, math.ceil(round(smallest * tests / share, 9)))
