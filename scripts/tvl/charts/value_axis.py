"""The axis of a panel that has the metric's values: vertical in most, horizontal where contestants have a row each."""

import math

from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from tvl.charts.scales import is_log
from tvl.data import metrics


def scale(axes, which, values):
    """which: "x" or "y". values: all that the panel shows."""
    axis = getattr(axes, f"{which}axis")
    if is_log(values):
        axes.set(**{f"{which}scale": "log"})
        decades = math.log10(max(values) / min(values))
        axis.set_major_locator(LogLocator(subs=(1,) if decades > 2.5 else (1, 3)))
        axis.set_minor_formatter(NullFormatter())
        axes.set(**{f"{which}lim": (min(values) / 1.6, max(values) * 2)})
    else:
        axes.set(**{f"{which}lim": (0, max(values, default=0) * 1.18 or 1)})
    axis.set_major_formatter(FuncFormatter(lambda value, _: metrics.tick(value)))
