"""Captions and alternative texts of the charts that are not a metric against x: NAME.KIND.svg and .png in charts. Each
kind's module in figures/ decides which workloads have it."""

WORDS = {
    "trace": "How long the innocent requests that were due in each moment had to wait at most, on one scale for all: a "
             "server that is blocked answers nobody, and what falls due meanwhile waits until it is free again.",
    "strip": "The same run second by second: what clients saw above, what it cost the server below. Beside each name: "
             "how long after the last change response times were as before.",
    "knee": "Up to its knee a server answers at once; beyond it requests arrive faster than they are served, and each "
            "waits for those before it.",
    "footprint": "What one more connection takes is the slope of memory over the sizes that were measured. What "
                 "follows beyond the last of them is arithmetic, not measurement.",
    "soak": "Whatever a server does not give back shows as a slope, however small, once it has settled.",
}
ALT = {"trace": "stalls of innocent requests over time", "strip": "the run second by second",
       "knee": "response time against the offered rate", "footprint": "memory per connection, and extrapolated",
       "soak": "memory, threads and descriptors over time"}
