"""The report's HTML. Every text that a template in templates/ inserts is escaped, unless the template says `safe`."""

import functools
import os
import re

MARKS = re.compile(r"\\(?P<escaped>[!-/:-@\[-`{-~])|`(?P<code>[^`]*)`|(?P<tag></?code>)|(?P<strong>\*\*)|(?P<rest>.)")
FOLDER = os.path.join(os.path.dirname(__file__), "templates")


@functools.cache
def environment():
    import jinja2  # here, because the text tables do not need it

    made = jinja2.Environment(loader=jinja2.FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True,
                              lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    made.filters["marked"] = marked
    return made


def render(name, **values):
    """HTML that another template inserts as it is."""
    import markupsafe

    return markupsafe.Markup(environment().get_template(name).render(values))


def marked(line):
    """The Markdown of findings as tvl/text/markdown.py writes it: **strong**, code, and escaped characters."""
    import markupsafe

    html, is_strong = "", False
    for found in MARKS.finditer(line):
        escaped, code, tag, strong, rest = map(found.group, ("escaped", "code", "tag", "strong", "rest"))
        is_strong ^= bool(strong)
        html += (f"<code>{markupsafe.escape(code)}</code>" if code is not None else tag or strong and (
            "<strong>" if is_strong else "</strong>") or str(markupsafe.escape(escaped or rest)))
    return markupsafe.Markup(html)
