"""Changes in the tags of an SVG that matplotlib wrote, which leave its texts as they are."""

import re


def changed(text, change):
    """change: a tag -> the new one. In texts and attributes < and > are entities."""
    return re.sub("<[^>]*>", lambda tag: change(tag[0]), text)
