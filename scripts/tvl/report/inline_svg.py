"""A matplotlib chart as part of an HTML page: ids with a prefix, the page's colours, no external references."""

import re
from typing import NamedTuple

from tvl.charts import style, svg_tags


class Svg(NamedTuple):
    alt: str
    attributes: str  # of the svg element, with a blank before each
    content: str


def read(path, prefix, alt):
    """prefix: of all ids; letters, digits, dots and hyphens."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = svg_tags.changed(text, lambda tag: adapted(tag, prefix))
    attributes, content = re.search(r"<svg([^>]*)>(.*)</svg>", text, re.DOTALL).groups()
    return Svg(alt, re.sub(r'\s(width|height|version)="[^"]*"', "", attributes), content)


def adapted(tag, prefix):
    tag = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", tag).replace("xlink:href", "href")
    tag = re.sub(r'\bid="', f'id="{prefix}-', tag)
    tag = tag.replace("url(#", f"url(#{prefix}-").replace('href="#', f'href="#{prefix}-')
    return tag.replace(style.INK, "currentColor").replace(style.PAPER, "var(--paper)")
