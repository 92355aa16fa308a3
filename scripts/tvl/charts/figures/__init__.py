"""Figures drawn with matplotlib, into files only."""

import warnings

import matplotlib

matplotlib.use("Agg")
warnings.filterwarnings("ignore", "Glyph .* missing from")  # a picture has a box there, an SVG has the text
matplotlib.rcParams["text.parse_math"] = False  # a $ in a title is no formula
