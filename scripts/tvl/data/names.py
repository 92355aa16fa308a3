"""Names that a caller asks for: only a whole name is one."""

import difflib

from tvl.data.records import BadInput


def check(asked, known, what):
    """Raises BadInput unless the name is one of those known; with those like it, else with all. what: "contestant"."""
    known = sorted(set(known))
    if asked in known:
        return
    like = dict.fromkeys([*(name for name in known if asked and asked in name),
                          *difflib.get_close_matches(asked, known)])
    said = f"did you mean {' or '.join(like)}?" if like else f"there are {', '.join(known) or 'none'}"
    raise BadInput(f"no {what} {asked}: {said}")
