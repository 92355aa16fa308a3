"""What two runs measured: whether a contestant's manifest, command and program are the same in both.

    for line in identities.sentences(identities.changes(old, new)):     of environment.load()
        print(line)                changed: asio_loop (program a13f5d0c / 77e0b1d2)
"""

from tvl.data.metrics import at

PARTS = ("manifest", "command", "url", "program", "files")


def changes(old, new):
    """{contestant of both runs: [what differs] or None where a run did not record it}"""
    before, now = ((run.get("contestants") or {}) for run in (old, new))
    return {name: differences(at(before, name, "identity"), at(now, name, "identity"))
            for name in before if name in now}


def differences(old, new):
    if not isinstance(old, dict) or not isinstance(new, dict):
        return None
    found = []
    for part in PARTS:
        found += [text for text in [of_files(old, new) if part == "files" else of_part(part, old, new)] if text]
    return found


def of_part(part, old, new):
    """Of what both recorded; a hash is shown by its first digits."""
    a, b = old.get(part), new.get(part)
    if a is None or b is None:
        return None
    if isinstance(a, dict):
        return of_file(part, a, b)
    return part if a != b else None


def of_file(name, a, b):
    """The hash decides; of a file that was too large for one, the size. A version says more than a hash."""
    for key in ("sha256", "bytes"):
        if a.get(key) is not None and b.get(key) is not None:
            if a[key] == b[key]:
                return None
            shown = [(one.get("version") or str(one[key])[:8]) for one in (a, b)]
            return f"{name} {' / '.join(shown if shown[0] != shown[1] else [str(one[key])[:8] for one in (a, b)])}"
    return None


def of_files(old, new):
    """The files that a command names, such as a script: those of the same name."""
    named = {short(one.get("path")): one for one in old.get("files") or ()}
    found = [of_file(short(one.get("path")), named[short(one.get("path"))], one) for one in new.get("files") or ()
             if short(one.get("path")) in named]
    return ", ".join(filter(None, found))


def short(path):
    """A file of another commit lies in another folder."""
    return str(path).rsplit("/", 1)[-1]


def sentences(found):
    """One line for those that changed, one for those that did not, one for those that a run did not record."""
    changed = [f"{name} ({', '.join(what)})" for name, what in found.items() if what]
    same = [name for name, what in found.items() if what == []]
    unknown = [name for name, what in found.items() if what is None]
    return [f"{said}: {', '.join(names)}" for said, names in (
        ("changed between the runs", changed), ("the same in both runs", same),
        ("not recorded whether it changed", unknown)) if names]
