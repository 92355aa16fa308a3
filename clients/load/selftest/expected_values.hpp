#pragma once
// What arithmetic says a load run must show against servers of known behaviour: the expected values of the self-test.
// Pure functions; times are seconds, rates are per second.

#include <vector>

namespace tvl::load::truth {

// The q quantile of the response time when requests are due at a constant rate for `window_s` and the server stands
// still once for `stall_s`, replying at once before and after. A request due u after the stall began waits S - u, so a
// share (S - x) / T of all waits longer than x: S - (1 - q) T, and never below 0. `load` is the offered rate over the
// rate at which the server works off what piled up: while it does, requests wait too, which makes that share larger
// by 1 / (1 - load). 0 = worked off in no time.
double stall_quantile(double q, double stall_s, double window_s, double load = 0);

// Mean wait before service of M/D/1: Poisson arrivals, one worker, each request takes `service_s` exactly.
// Infinite from rate * service_s = 1 on.
double md1_mean_wait(double rate, double service_s);

// Replies a second of `connections` clients that send, wait for the reply, think, and send again, to one worker with a
// fixed service time: min(N / (s + z), 1 / s).
double closed_loop_throughput(double connections, double service_s, double think_s);

// The q quantile of a service time that takes each value with its weight (weights need no sum of 1): the lowest
// value that at least q of all do not exceed. Just at a step a sample may fall on either side: ask beside it.
struct component {
  double weight = 0;
  double value = 0;
};
double mixture_quantile(std::vector<component> components, double q);

// Kolmogorov-Smirnov against the exponential distribution of a known rate: are these the gaps of a Poisson process? One
// in a hundred true ones does not pass. The limit is Stephens' (1974) for a fully known distribution, good from
// five gaps on; with fewer nothing passes.
struct goodness {
  double statistic = 0;  // the largest distance between the two distribution functions
  double limit = 0;
  bool pass = false;
};
goodness exponential_gaps(std::vector<double> gaps_s, double rate);

}  // namespace tvl::load::truth
