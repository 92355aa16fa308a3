"""Plays every rule of the RFCs against one server, and compares its answers with the page.

    rfc_test.py ours build/bin/asio_loop
    rfc_test.py ours build/bin/asio_pool --per-request
    rfc_test.py httplib_pool build/bin/httplib_pool

Exit code: 0 passed, 1 failed.
"""

import os
import sys

import page
import rules
import servers


def problems(found, column, answers, text):
    """Lines about answers that break a rule, or are not those of the page."""
    recorded = page.answers(text)
    for rule, answer, known in zip(found, answers, recorded[column], strict=True):
        name = f"{rule.rfc}, {rule.section}: {rule.must}"
        if answer is None:
            continue
        if answer != known:
            yield f"{name}: {answer}, on the page: {known}"
        elif column == "ours" and rule.is_kept(answer) == bool(rule.reason):
            yield f"{name}: {answer}, " + ("but a reason for not keeping it" if rule.reason else "which breaks it")
    if page.written(found, recorded) != text:
        yield "README.md is not up to date: servers/rfc/table.py build/bin"


def main():
    column, *command = sys.argv[1:]
    with open(os.path.join(rules.HERE, "README.md"), encoding="utf-8") as file:
        text = file.read()
    found = rules.load()
    said = list(problems(found, column, servers.answers_of(found, command), text))
    print("\n".join(said) or f"{len(found)} rules, {' '.join(command)}: as on the page")
    return 1 if said else 0


sys.exit(main())
