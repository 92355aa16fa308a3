"""Findings of a run as sentences: what is the same, wins of either model, and what is not told apart. A contestant that
failed is in none."""

from tvl.analysis import memory_per_connection, ranking, ratios, summary
from tvl.conclusions import library_overhead
from tvl.data import metrics, variables
from tvl.data.metrics import number
from tvl.text.markdown import code


def findings(workloads):
    """One sentence each, as far as the run measured it."""
    named = {w.name: w for w in workloads if w.records and w.facet is None}
    said = []
    if "connections" in named:
        said += [one_connection(named["connections"]), many_connections(named["connections"]),
                 memory(named["connections"])]
    if "delay" in named:
        said.append(waiting(named["delay"]))
    if "churn" in named:
        said.append(churn(named["churn"]))
    for workload in workloads:
        if workload.name == "models":
            said.append(cheapest(workload))
        if workload.name == "library_price":
            said += library_overhead.overheads(workload)
    return [sentence for sentence in said if sentence]


def twin(workload):
    """The contestant the baseline is compared with, if there is one."""
    return next((name for name in workload.measured if name != workload.baseline), None)


def cpu_ratios(workload):
    """'0.67x at 64, the same at 256, not told apart (0.91 to 1.30) at 1000': CPU per request against the baseline;
    empty when there is no pair."""
    found = [(x, summary.cell(workload, metrics.CPU, twin(workload), x).ratio) for x in workload.sizes if x > 1]
    return ", ".join(f"{ratios.words(metrics.CPU, ratio)} at {x:g}" for x, ratio in found if ratio)


def one_connection(workload):
    """A tie only where the response time and the CPU per request are the same within their margins."""
    if not twin(workload) or 1 not in workload.sizes:
        return None
    found = {metric: summary.cell(workload, metric, twin(workload), 1).ratio for metric in (metrics.P50, metrics.CPU)}
    if None in found.values():
        return None
    said = [ratios.sameness(metric, ratio) for metric, ratio in found.items()]
    if set(said) == {ratios.SAME}:
        return "**One connection is a tie**: the same median response time, the same CPU per request."
    latency, cpu = (ratios.words(metric, ratio) for metric, ratio in found.items())
    return (f"**With one connection**, {code(twin(workload))} / {code(workload.baseline)}: median response time "
            f"{latency}, CPU per request {cpu}.")


def many_connections(workload):
    base, other = workload.baseline, twin(workload)
    found = cpu_ratios(workload) if other else ""
    if not found:
        return None
    switches = workload.spread(metrics.SWITCHES, base, workload.sizes[-1])
    tail = ""
    if switches:
        tail = f" A request costs {code(base)} {switches.median:.2f} context switches, independent of their number."
    return f"**With more connections** {code(other)} takes, of the CPU per request of {code(base)}: {found}.{tail}"


def memory(workload):
    lines = []
    for name in workload.measured:
        found = memory_per_connection.of(workload, name)
        if found is None:
            continue
        kernel = found.kernel.median * 1024
        in_kernel = f" + {number(kernel)} KiB in the kernel" if kernel >= 0.1 else ""
        lines.append(f"{code(name)} {number(found.user.median * 1024)} KiB{in_kernel}")
    return lines and f"**A connection takes** {' and '.join(lines)} of memory, sockets not counted."


def waiting(workload):
    ceilings = next(iter(workload.ceilings(workload.baseline).values()), None)
    if not ceilings:
        return None
    parts = []
    for name in workload.measured:
        shares = {x: workload.spread(metrics.THROUGHPUT, name, x) for x in sorted(ceilings)}
        full = [x for x, spread in shares.items() if spread and spread.median >= 0.97 * ceilings[x]]
        if full:
            parts.append(f"{code(name)} reaches the calculated maximum up to {full[-1]:g} connections")
    said = f"**Waiting is cheap in both models until the core is full**: at 50 ms per request {', '.join(parts)}."
    return said if parts else None


def churn(workload):
    found = cpu_ratios(workload) if twin(workload) else ""
    return (f"**One request per connection**, so one thread per request: {code(twin(workload))} takes, of the CPU per "
            f"request of {code(workload.baseline)}: {found}.") if found else None


def cheapest(workload):
    """The lowest and the highest CPU per request at an equal offered rate, per size; None for a closed loop."""
    if workload.rate is None:
        return None
    said = []
    for x in workload.sizes:
        ranks = ranking.ranks(workload, x)
        cost = {label: workload.spread(metrics.CPU, label, x).median for label in ranks}
        first = sorted((label for label in ranks if ranks[label] == 1), key=cost.get)
        if len(ranks) > len(first):
            last = max(ranks, key=cost.get)
            about = [f"{number(cost[first[0]])} µs", *beside(workload, first, x),
                     f"highest of {len(ranks)}: {code(last)}, {number(cost[last])} µs"]
            said.append(f"{code(first[0])} at {x:g} ({'; '.join(about)})")
    return (f"**Lowest CPU per request at {variables.rate(workload.rate)}**: {', '.join(said)}."
            if said else None)


def beside(workload, first, x):
    """["the same: `nginx`", "not told apart: `asio_loop` and `asio_uring`"]: the others of the first rank."""
    named = {ratios.SAME: [], ratios.UNDECIDED: []}
    for label in first[1:]:
        ratio = ratios.compared(workload, metrics.CPU, label, x, base=first[0]).ratio
        said = ratio and ratios.sameness(metrics.CPU, ratio)
        named[said if said in named else ratios.UNDECIDED].append(f"{code(label)}")
    words = {ratios.SAME: "the same", ratios.UNDECIDED: ratios.UNDECIDED}
    return [f"{words[said]}: {' and '.join(labels)}" for said, labels in named.items() if labels]
