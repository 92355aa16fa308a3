"""A character as a marker, for legends that name a mark which is a character in the chart."""

from matplotlib.path import Path
from matplotlib.textpath import TextPath


def marker(character):
    """A path with its middle at 0, 0. (matplotlib's own way is a formula, "$×$", and formulas are off.)"""
    shape = TextPath((0, 0), character)
    middle = (shape.vertices.min(axis=0) + shape.vertices.max(axis=0)) / 2
    return Path(shape.vertices - middle, shape.codes)
