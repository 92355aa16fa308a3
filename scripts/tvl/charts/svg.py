"""A chart of matplotlib as a part of an HTML page: one namespace for ids, the page's own colours, no reference outside."""

import re
from html import escape

from tvl.charts import style


def inline(path, prefix, description):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    text = text[text.index("<svg"):]
    text = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", text).replace("xlink:href", "href")
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = text.replace("url(#", f"url(#{prefix}-").replace('href="#', f'href="#{prefix}-')
    text = text.replace(style.INK, "currentColor").replace(style.PAPER, "var(--paper)")
    attributes = f' role="img" aria-label="{escape(description)}"'
    return re.sub(r"<svg([^>]*)>", lambda tag: "<svg" + without_size(tag.group(1)) + attributes + ">", text, count=1)


def without_size(attributes):
    return re.sub(r'\s(width|height|version)="[^"]*"', "", attributes)
