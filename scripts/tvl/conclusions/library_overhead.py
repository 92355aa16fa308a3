"""Library overhead: the same model on bare system calls (posix_X) and with a library, and whether both show the same
difference between the models. Ratios of CPU per request with their range over the repetitions."""

from tvl.analysis import ratios
from tvl.data import metrics


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
    verdicts = [[ratios.verdict(metrics.CPU, ratio) for _, ratio in known(workload, *pair)] for pair in pairs]
    shared = "both show the same direction" if verdicts[0] == verdicts[1] else "the directions differ at some sizes"
    return [f"**The models without and with the library**, {where(workload)}: {'; '.join(said)}: {shared}."]


def where(workload):
    """The facet as text, or "at saturation"."""
    return workload.heading.partition(", ")[2] or "at saturation"


def against(workload, mine, base):
    """`asio_loop` 1.10x (1.08 to 1.12) at 64 of `posix_loop`; None when no size has both."""
    said = [f"{text(ratio)} at {x:g}" for x, ratio in known(workload, mine, base)]
    return f"`{mine}` takes {', '.join(said)} of `{base}`" if said else None


def known(workload, mine, base):
    found = [(x, workload.ratio(metrics.CPU, mine, x, base=base)) for x in workload.sizes]
    return [(x, ratio) for x, ratio in found if ratio]


def text(ratio):
    if ratios.is_same(ratio):
        return "the same"
    return f"{ratios.times(ratio.median)} ({ratio.low:.2f} to {ratio.high:.2f})"
