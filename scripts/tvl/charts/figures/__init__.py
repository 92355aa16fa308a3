"""Figures drawn with matplotlib, into files only."""

import matplotlib

matplotlib.use("Agg")
