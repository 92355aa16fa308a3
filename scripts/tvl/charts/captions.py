"""Captions and alternative texts of the charts that are not a metric against x: NAME.KIND.svg and .png. The
kind's module in figures/ decides which workloads have it."""

CAPTIONS = {
    "trace": "The longest response time of the foreground requests due in each moment, on one scale for all. A blocked "
             "server answers no request: those that fall due meanwhile wait until it is free again.",
    "timeline": "One run over time: response times and replies above, the server's resources below. Below each name: "
                "the time to recover after the last change, or ×: how it failed.",
    "knee": "Up to its knee a server answers at once. Beyond it requests arrive faster than they are served, and queue.",
    "footprint": "Memory per connection is the slope of memory over the measured sizes. Values beyond the largest size "
                 "are extrapolated.",
    "soak": "A leak shows as a slope once the server has settled.",
    "cost_bar": "The CPU time of a request, by class of cost: the classes' shares of a profile's samples, times the CPU per "
                "request of points that were not profiled.",
}
ALT_TEXTS = {"trace": "stalls of foreground requests over time", "timeline": "the run over time",
             "knee": "response time against the offered rate", "footprint": "memory per connection, and extrapolated",
             "soak": "memory, threads and descriptors over time",
             "cost_bar": "the CPU time of a request by class of cost"}
