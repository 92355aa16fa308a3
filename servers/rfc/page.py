"""The page README.md: a table for each RFC, a row for each rule, a column for each server.

    written(rules, {"nginx": [answer, ...]})    the page
    answers(page)                               {"nginx": [answer, ...]} of a page
"""

import itertools

INTRODUCTION = """# What the RFCs require, and what is answered

Rules of RFC 9110, 9112 and 6455 with MUST or MUST NOT that apply to an origin server and that a client can see. The third
column shows what is sent. The columns behind it show what came back: the replies in order, then whether the connection
was `open`, `closed` or `reset`, or the server did not answer (`hangs`). *n/a*: the server has no such endpoint. **Bold**: not what the rule requires.

`ours` are all contestants with our handler; the test `rfc.NAME` plays every rule against each of them and compares the
answers with this page. `httplib_pool` has its library's HTTP. nginx answers with its
[configuration](../outsiders/nginx.conf) here; where only the framing of `/echo` counts, it is asked for `/plaintext`.

This page is generated: `servers/rfc/table.py build/bin`.
"""
NOT_OFFERED = "n/a"
LONGEST = 90  # characters of what is sent


def written(rules, answers):
    """answers: {column: one for each rule, in order; None: not offered}"""
    said = [INTRODUCTION]
    rows = list(zip(rules, *answers.values()))
    for title, group in itertools.groupby(rows, key=lambda row: row[0].rfc):
        said += [f"## {title}\n", f"| | a server must | sent | {' | '.join(answers)} |",
                 "|:--|:--|:--|" + ":--|" * len(answers)]
        said += [row(*one) for one in group]
        said.append("")
    return "\n".join(said)


def row(rule, *answers):
    must = rule.must + f"; ours do not: {rule.reason}" * bool(rule.reason)
    sent = rule.shown if len(rule.shown) <= LONGEST else f"{rule.shown[:LONGEST]} …"
    cells = [f"[{rule.section}]({rule.url})", cell(must), code(sent), *(shown(rule, answer) for answer in answers)]
    return f"| {' | '.join(cells)} |"


def shown(rule, answer):
    if answer is None:
        return NOT_OFFERED
    return code(answer) if rule.is_kept(answer) else f"**{code(answer)}**"


def code(text):
    return f"`{cell(text)}`"


def cell(text):
    return text.replace("|", "\\|")


def answers(page):
    """The answers of each column, without what row() adds."""
    found = {}
    for line in page.splitlines():
        cells = line.strip("| ").split(" | ")
        if line.startswith("| | a server must"):
            names = cells[2:]
        elif line.startswith("| ["):
            for name, text in zip(names, cells[3:]):
                answer = None if text == NOT_OFFERED else text.strip("*").strip("`")
                found.setdefault(name, []).append(answer)
    return found
