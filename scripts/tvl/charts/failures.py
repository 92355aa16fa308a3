"""Failed points in a chart: an × in the contestant's colour at the panel's edge, and the words once, in the legend."""

from matplotlib.lines import Line2D

from tvl.charts import glyphs, style

NAMED = 4  # contestants in a legend's text, at most
STEP, INWARD = 9, 7  # points: between marks at one x, and from the edge
WHOLE, PARTLY = 12, 8.5  # font size of the mark: every repetition failed, or some


def of(workload):
    """{(label, x): Failure} in chart order"""
    found = {(label, x): workload.failed(label, x) for label in workload.measured for x in workload.sizes}
    return {key: failure for key, failure in found.items() if failure}


def is_whole(failure):
    """Whether every repetition failed."""
    return bool(failure) and failure.count == failure.of


def entries(workload):
    """[(mark, text)] for a legend: "missed the rate: asio_loop at 100 (1 of 5), 120", one for each way to fail."""
    return [(Line2D([], [], color=style.INK, marker=glyphs.marker("×"), ms=7, linestyle=""), text)
            for text in texts(workload)]


def texts(workload):
    said = {}
    for (label, x), failure in of(workload).items():
        part = f"{x:g}" + ("" if is_whole(failure) else f" ({failure.count} of {failure.of})")
        said.setdefault(failure.text, {}).setdefault(label, []).append(part)
    return [f"{text}: {listed(found)}" for text, found in said.items()]


def listed(found):
    names = [f"{label} at {', '.join(parts)}" for label, parts in found.items()]
    return "; ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def draw(axes, found, at_top):
    """found: [(x, colour, Failure)] in the panel's order; those of one x are side by side."""
    places = {}
    for x, colour, failure in found:
        places.setdefault(x, []).append((colour, failure))
    step = min([STEP, *(gap / max(map(len, places.values())) for gap in gaps(axes, sorted(places)))])
    for x, those in places.items():
        for i, (colour, failure) in enumerate(those):
            aside = step * (i - (len(those) - 1) / 2)
            axes.annotate("×", (x, 1 if at_top else 0), xycoords=("data", "axes fraction"),
                          xytext=(aside, -INWARD if at_top else INWARD), textcoords="offset points", ha="center",
                          va="center", color=colour, fontweight="bold", zorder=6, annotation_clip=False,
                          fontsize=WHOLE if is_whole(failure) else PARTLY)


def gaps(axes, places):
    """Points between neighbours on the x axis as it is now."""
    pixels = [axes.transData.transform((x, 1))[0] for x in places]
    return [(after - before) * 72 / axes.figure.dpi for before, after in zip(pixels, pixels[1:])]
