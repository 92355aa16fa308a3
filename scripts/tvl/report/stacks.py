"""The stacks of a run's profiles for the report: a tree of frames for each point.

    {"names": [frame, ...], "classes": [key, ...], "classOf": [place in classes or null, for each name],
     "points": [{"name", "file", "us", "samples", "tree": [[place in names, samples, [children]], ...]}]}

us: CPU per request in microseconds, null = not known. The passes of a point are one tree. Frames with less than 0.2 % of
its samples are left out: they stay a part of their caller.
"""

from tvl.charts.figures import cost_chart
from tvl.report import chart_data
from tvl.report.templates import render
from tvl.why import cost_bar, cost_classes, profiles

LEAST = 0.002  # of the samples


def section(folder):
    """The HTML; empty of a run without profiles."""
    found = of_run(folder)
    return render("stacks.html", data=chart_data.text(found)) if found else ""


def palette():
    """The style sheet of the classes' colours."""
    return ":root {" + "".join(f" --cost-{key}: {colour};" for key, colour in cost_chart.colours().items()) + " }\n"


def of_run(folder):
    """None of a run without profiles."""
    found = [(one, bar) for one in profiles.load(folder) for bar in cost_bar.bars(one) if bar.samples]
    if not found:
        return None
    names = {}
    drawn = [point(one, bar, names) for one, bar in found]
    table = cost_classes.table()
    keys = [one.key for one in table.classes]
    return {"names": list(names), "classes": keys, "classOf": [class_of(table, name, keys) for name in names],
            "points": drawn}


def point(found, bar, names):
    name = f"{found.profiled.heading} {bar.x:g}, {bar.label}"
    tree = {}
    for stack, count in found.stacks(bar.label, bar.x).items():
        inside = tree
        for frame in stack.split(";"):
            node = inside.setdefault(frame, [0, {}])
            node[0] += count
            inside = node[1]
    return {"name": name, "file": f"{found.profiled.stem}-{bar.label}-{bar.x:g}", "samples": bar.samples,
            "us": bar.cost and round(bar.cost.estimate.value, 3), "tree": pruned(tree, bar.samples * LEAST, names)}


def pruned(tree, least, names):
    return [[names.setdefault(frame, len(names)), count, *filter(None, [pruned(inner, least, names)])]
            for frame, (count, inner) in sorted(tree.items(), key=lambda item: -item[1][0]) if count >= least]


def class_of(table, name, keys):
    """Of a rule that holds under any caller."""
    for rule in table.rules_of(name)[1]:
        if rule.under is None:
            return keys.index(rule.key)
    return None
