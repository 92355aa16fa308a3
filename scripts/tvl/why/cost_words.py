"""Costs by class in words: a sentence for a pair, and what a reader must know beside a bar.

    cost_words.sentence(found, pair)     At 1000 connections a request of asio_threads costs 9.10 µs (7.05 to 10.2) more
                                         CPU than one of asio_loop: 2.48 (1.87 to 2.87) scheduler, ...
    cost_words.notes(found, bar)         ["21.0 µs (18.1 to 23.3) of CPU per request: ...", "! the 2 passes differ ..."]
"""

import re

from tvl.analysis import ratios
from tvl.data import metrics, validity, variables
from tvl.data.metrics import number
from tvl.why import cost_classes

LEAST, MOST = 0.05, 5  # of the difference, and number of its parts that are in the sentence, of either sign
MOST_OTHER = 0.1  # of the samples, before a note says so
CAVEAT = ("A class is sound, a single function is not: samples come from a timer's interrupt, so code that runs with "
          "interrupts off counts where they come back on, a few functions later.")


def classes():
    """Of cost_classes.py, in drawing order."""
    return cost_classes.table().classes


def titles():
    return {one.key: one.title for one in classes()}


def load(workload, x):
    """1000 connections"""
    return f"{x:g} {variables.axis(workload.x_name, (workload.sample() or {}).get('endpoint'))}"


def bounds(estimate):
    """(16.9 to 18.4)"""
    return f"({number(estimate.low)} to {number(estimate.high)})"


def with_bounds(value, estimate, level):
    """17.7 (16.9 to 18.4); 17.7 of a single repetition"""
    return f"{value} {bounds(estimate)}" if level else value


def sentence(found, pair):
    where, more, less = load(found.profiled, pair.more.x), pair.more.label, pair.less.label
    if pair.total is None:
        return f"At {where} {more} and {less} are not compared: {pair.why}."
    amount = with_bounds(f"{number(pair.total.value)} µs", pair.total, pair.level)
    if not pair.level:
        said = f"At {where} a request of {more} cost {amount} more CPU than one of {less} in the only repetition"
    elif pair.is_decided:
        said = f"At {where} a request of {more} costs {amount} more CPU than one of {less}"
    else:
        said = f"At {where} the CPU of a request of {more} and of {less} is {ratios.UNDECIDED}: {amount}"
    return f"{said}{': ' if pair.is_decided or not pair.level else '; '}{named_parts(pair)}."


def finding(found, pairs):
    """A title: the largest difference to the baseline; without one, the largest of all; without any, what the bars are."""
    decided = [pair for pair in pairs if pair.is_decided]
    if not decided:
        return f"{found.profiled.heading}: where the CPU time of a request goes"
    of_baseline = [pair for pair in decided if found.profiled.baseline in (pair.more.label, pair.less.label)]
    pair = max(of_baseline or decided, key=lambda pair: pair.total.value)
    key, largest = max(pair.by_class.items(), key=lambda item: item[1].value)
    part = f", {number(largest.value)} of it {titles()[key]}" if largest.is_decided else ""
    return (f"{found.profiled.heading}: at {load(found.profiled, pair.more.x)} a request of {pair.more.label} costs "
            f"{number(pair.total.value)} µs more CPU than one of {pair.less.label}{part}")


def named_parts(pair):
    """2.42 (1.94 to 2.77) scheduler, 1.36 (...) futex; less 0.582 (...) epoll"""
    named = {True: [], False: []}
    for key, one in sorted(pair.by_class.items(), key=lambda item: -abs(item[1].value)):
        if one.is_decided and abs(one.value) >= LEAST * abs(pair.total.value):
            low, high = sorted(map(abs, (one.low, one.high)))
            named[one.value > 0].append(f"{number(abs(one.value))} ({number(low)} to {number(high)}) {titles()[key]}")
    said = [", ".join(named[True][:MOST])] + ["less " + ", ".join(named[False][:MOST])] * bool(named[False])
    return "; ".join(filter(None, said)) or "no large class is told apart"


def notes(found, bar):
    """A line each; those that begin with "!" are beside every figure of the bar."""
    if not bar.parts:
        return [f"! {no_samples(found, bar)}", *missing(bar)]
    return [cost(bar), samples(bar), slowdown(bar), seen(bar), agreement(bar), other(bar), *missing(bar)]


def marked(found, bars):
    """The notes with "!" of all bars, each with its contestants and loads; those that differ in numbers alone are one."""
    alike = {}
    for bar in bars:
        for text in notes(found, bar):
            if text.startswith("! "):
                where = alike.setdefault(re.sub(r"[\d.,]+", "#", text), (text, {}))[1]
                where.setdefault(bar.label, []).append(f"{bar.x:g}")
    return [f"! {places(where)}: {text.removeprefix('! ')}{first(where)}" for text, where in alike.values()]


def places(where):
    """{"asio_loop": ["64", "1000"]} -> asio_loop at 64, 1000"""
    return "; ".join(f"{label} at {', '.join(loads)}" for label, loads in where.items())


def first(where):
    count = sum(map(len, where.values()))
    return f" (the first of {count} like it)" * (count > 1)


def no_samples(found, bar):
    why = [validity.why_not(record, metrics.CPU) for record in found.profiled.repetitions(bar.label, bar.x)]
    return f"no valid profile: {next(filter(None, why))}" if not bar.passes else "no samples"


def cost(bar):
    if not bar.cost:
        return "! CPU per request was not measured, so there are shares alone"
    interval = bar.cost.interval
    amount = with_bounds(f"{number(interval.median)} µs", bar.cost.estimate, interval.level)
    plural = "s" * (interval.n > 1)
    whose = f"{interval.n} repetition{plural} of the run" if bar.cost.of_run else \
        f"{interval.n} plain point{plural} beside the profiled"
    level = f", {ratios.level(interval.level)}" if interval.level else ""
    return f"{amount} of CPU per request: median of {whose}{level}"


def samples(bar):
    rates = " and ".join(f"{hz:g}" for hz in bar.hz)
    plural = "es" * (bar.passes > 1)
    return (f"{bar.samples:,} samples in {bar.passes} pass{plural} at {rates} Hz; beside them {count(bar.elsewhere)} of "
            f"other processes on its cores, {count(bar.idle)} idle, {count(bar.lost)} lost")


def count(value):
    return "n/a" if value is None else f"{value:,}"


def slowdown(bar):
    if not bar.slowdown:
        return "slowdown by profiling: n/a, no pass has the CPU per request of both points"
    span = f" ({ratios.bounds(bar.slowdown)})" if bar.slowdown.level else ""
    return f"slowdown by profiling: {ratios.times(bar.slowdown.median)}{span} the CPU per request"


def seen(bar):
    if bar.seen is None:
        return "samples against CPU time: n/a, the server's CPU time is not known"
    return f"{'! ' * bar.is_off}the samples stand for {ratios.times(bar.seen)} the server's CPU time in their windows"


def agreement(bar):
    if not bar.agreement:
        return "agreement of passes: n/a with one pass" if bar.passes < 2 else "agreement of passes: n/a, too few samples"
    found = bar.agreement
    wider = f"; {number(found.dispersion)} samples count as one" if found.dispersion > 1 else ""
    which = f", apart in {', '.join(titles()[key] for key in found.apart)}" if found.apart else ""
    said = f"! the {bar.passes} passes differ" if found.differs else f"the {bar.passes} passes agree"
    return f"{said} (p {found.p:.2g}){which}{wider}"


def other(bar):
    return f"{'! ' * (bar.other > MOST_OTHER)}other: {100 * bar.other:.1f} % of the samples"


def missing(bar):
    return [f"! {text}" for text in bar.missing]
