"""The report's HTML. Every text that a template in templates/ inserts is escaped, unless the template says `safe`."""

import functools
import os
import re

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
    """The Markdown of findings: **strong** and `code`."""
    import markupsafe

    text = re.sub(r"\*\*(.*?)\*\*", r"<strong>\1</strong>", str(markupsafe.escape(line)))
    return markupsafe.Markup(re.sub("`(.*?)`", r"<code>\1</code>", text))
