"""Annotations of a panel: ceilings and expected values, lower bounds, incomplete reach, and limits of this machine."""

from tvl.charts import style
from tvl.data import metrics, until

HIGHEST_NAME, NAME_ROOM = 0.93, 0.08  # of a ceiling, as parts of the panel's height
NOTE_POINTS = 9  # height of a note at the end of a line

# Short names of limits, by code.
LIMITS = {"cgroup pids.max": "pids.max", "vm.max_map_count": "max_map_count", "kernel.threads-max": "threads-max",
          "kernel.pid_max": "pid_max", "RLIMIT_NOFILE hard": "descriptors", "fs.nr_open": "descriptors",
          "fs.file-max": "descriptors", "net.ipv4.ip_local_port_range": "ports", "RLIMIT_NPROC soft": "threads",
          "vm.overcommit_memory": "memory", "MemAvailable": "memory"}


def draw_arithmetic(axes, kind, named):
    """named: of ceilings() or expected(). A name is written once, at the right-most point in the panel where it does not
    cover another name."""
    taken = []
    for name, lines in sorted(named.items(), key=lambda item: len(set(item[1][0].values()))):  # flat first
        for rates in lines:
            at = sorted(rates)
            ends = at if len(at) > 1 else [at[0] / 1.5, at[0] * 1.5]  # a line needs two
            axes.plot(ends, [rates.get(x, rates[at[0]]) for x in ends], color=style.INK, ls="--", lw=1.1, zorder=1)
        free = [(x, rate) for rates in lines for x, rate in rates.items() if height(axes, x, rate) < HIGHEST_NAME
                and all(abs(height(axes, x, rate) - other) > NAME_ROOM for other in taken)]
        if free:
            taken.append(height(axes, *max(free)))
            axes.annotate(f"{kind}: {name}", max(free), xytext=(-5, 5), textcoords="offset points", ha="right",
                          va="bottom", fontsize=8)


def height(axes, x, y):
    """0 at the panel's bottom, 1 at its top."""
    return axes.transAxes.inverted().transform(axes.transData.transform((x, y)))[1]


def ceilings(workload):
    """{name: [{x: rate}, ...]}, one per distinct curve."""
    return merged(workload.ceilings(label) for label in workload.measured)


def expected(workload):
    """The same in milliseconds."""
    return merged(workload.expected(label) for label in workload.measured)


def merged(of_lines):
    found = {}
    for of_line in of_lines:
        for name, rates in of_line.items():
            known = found.setdefault(name, [])
            same = next((other for other in known if all(other.get(x, rates[x]) == rates[x] for x in rates)), None)
            if same is None:
                known.append(dict(rates))
            else:
                same.update(rates)  # this line may have been measured at more sizes
    return found


def draw_lower_bounds(axes, workload, metric, line_styles):
    """An arrow ('at least') where the server was not the limit, or what a time is told of did not happen."""
    for label in workload.measured:
        for x in workload.sizes:
            if workload.is_lower_bound(metric, label, x) and (seen := workload.spread(metric, label, x)):
                axes.annotate("↑", (x, seen.median), xytext=(0, 4), textcoords="offset points", ha="center",
                              color=line_styles[label].color, fontsize=9, fontweight="bold")


def draw_reach(axes, workload, line_styles):
    """Members that were not reached have no delivery time, so a fast delivery to few is marked."""
    for label in workload.measured:
        for x in workload.sizes:
            reach, seen = (workload.spread(metric, label, x) for metric in (metrics.REACH, metrics.DELIVERY_P95))
            if reach and seen and reach.low < 100:
                axes.plot(x, seen.median, "x", color=style.INK, ms=9, mew=1.6, zorder=5)
                axes.annotate(f"reach {percent(reach.median)}", (x, seen.median), xytext=(-7, 5), zorder=5,
                              textcoords="offset points", ha="right", color=line_styles[label].color, fontsize=7.5)


def notes(workload, metric, label, x):
    """The same of one point, in words: ["↑", "not recovered in 2 of 5 repetitions", "reach 98 %"]"""
    reach = workload.spread(metrics.REACH, label, x)
    found = ["↑"] * workload.is_lower_bound(metric, label, x)
    if late := workload.late(metric, label, x):
        found.append(until.words(metric, late, len(workload.values(metric, label, x))))
    found += [f"reach {percent(reach.median)}"] if metric is metrics.DELIVERY_P95 and reach and reach.low < 100 else []
    return found + [short(reason) for (name, _), reason in workload.limits.items() if name == label][:1]


def percent(value):
    """99.98 %; 100 % only for exactly 100."""
    digits = next(n for n in range(0, 7) if n == 6 or round(value, n) < 100)
    return f"{value:.{digits}f} %"


def draw_limits(axes, workload, metric, line_styles):
    """'limit: descriptors' at the end of a line that a limit of this machine ended. The panel must have its final size,
    which decides the distance between notes."""
    ends = {}
    for label, reason in {label: reason for (label, _), reason in workload.limits.items()}.items():
        known = [(x, s.median) for x in workload.sizes if (s := workload.spread(metric, label, x))]
        if known:
            ends.setdefault(known[-1][0], []).append((known[-1][1], label, short(reason)))
    step = NOTE_POINTS * axes.figure.dpi / 72
    for x, notes in ends.items():
        last, free = x == workload.sizes[-1], float("-inf")
        for y, label, text in sorted(notes):
            pixel = axes.transData.transform((x, y))[1]
            free = max(pixel, free + step)
            axes.annotate(text, (x, y), xytext=(-6 if last else 6, (free - pixel) * 72 / axes.figure.dpi),
                          textcoords="offset points", ha="right" if last else "left", va="center",
                          color=line_styles[label].color, fontsize=7, zorder=5,
                          bbox={"facecolor": style.PAPER, "alpha": 0.75, "edgecolor": "none", "pad": 0.5})


def short(reason):
    """limit: descriptors; the whole reason is below the chart"""
    return f"limit: {LIMITS[reason.code]}" if reason.code in LIMITS else "limit"
