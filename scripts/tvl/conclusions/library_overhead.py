"""Library overhead: the same model on bare system calls (posix_X) and with a library, and whether both show the same
difference between the models. Ratios of CPU per request with their intervals."""

from tvl.analysis import ratios
from tvl.data import metrics
from tvl.text.markdown import code, text


def overheads(workload):
    """Sentences of one facet of the workload library_price."""
    pairs = [(f"asio_{model}", f"posix_{model}") for model in ("threads", "loop")]
    paid = [said for pair in pairs + [("httplib_pool", "posix_threads")] if (said := against(workload, *pair))]
    if not paid:
        return []
    overhead = f"**Library overhead**, {where(workload)}, in CPU per request: {'; '.join(paid)}."
    return [overhead] + model_ratios(workload)


def model_ratios(workload):
    """The loop against the threads, per library: a difference that only one of them shows comes from the library."""
    pairs = [(f"{stack}_loop", f"{stack}_threads") for stack in ("posix", "asio")]
    said = [against(workload, *pair) for pair in pairs]
    if None in said:
        return []
    return [f"**The models without and with the library**, {where(workload)}: {'; '.join(said)}: "
            f"{shared(*([ratio for _, ratio in known(workload, *pair)] for pair in pairs))}."]


def shared(without, with_library):
    """Whether both worlds show the same, as far as their intervals tell."""
    words = [[ratios.verdict(metrics.CPU, ratio) or ratios.sameness(metrics.CPU, ratio) for ratio in found]
             for found in (without, with_library)]
    if {None, ratios.UNDECIDED} & {*words[0], *words[1]}:
        return "whether both show the same is not decided"
    return "both show the same" if words[0] == words[1] else "they show different things at some sizes"


def where(workload):
    """The facet as text, or "at saturation"."""
    return text(workload.heading.partition(", ")[2]) or "at saturation"


def against(workload, mine, base):
    """`asio_loop` / `posix_loop` 1.10x (1.08 to 1.12) at 64, the same at 1000; None when no size has both."""
    said = [f"{ratios.words(metrics.CPU, ratio, with_interval=True)} at {x:g}"
            for x, ratio in known(workload, mine, base)]
    return f"{code(mine)} / {code(base)} {', '.join(said)}" if said else None


def known(workload, mine, base):
    if not {mine, base} <= {*workload.measured}:
        return []
    found = [(x, ratios.compared(workload, metrics.CPU, mine, x, base=base).ratio) for x in workload.sizes]
    return [(x, ratio) for x, ratio in found if ratio]
