#pragma once
// Analytic values for load runs against the reference server. Pure functions; times in seconds, rates per second.

#include <vector>

namespace tvl::load::analytic {

// The q quantile of the response time when requests are due at a constant rate for `window_s` and the server stalls
// once for `stall_s`, replying at once before and after. A request due u after the stall began waits S - u, so a
// fraction (S - x) / T of all waits longer than x: the quantile is max(0, S - (1 - q) T). `load` = offered rate / rate
// at which the server drains its queue; requests due meanwhile wait too, so the fraction grows by 1 / (1 - load). 0 =
// at once.
double stall_quantile(double q, double stall_s, double window_s, double load = 0);

// Mean wait before service of M/D/1: Poisson arrivals, one worker, constant service time.
// Infinite for rate * service_s >= 1.
double md1_mean_wait(double rate, double service_s);

// Replies a second of a closed loop: `connections` clients with think time, one worker with constant service time:
// min(N / (s + z), 1 / s).
double closed_loop_throughput(double connections, double service_s, double think_s);

// The q quantile of a discrete distribution (weights of any sum): the lowest value that at least q of all do not
// exceed. Do not use it exactly at a step, where a sample may fall on either side.
struct component {
  double weight = 0;
  double value = 0;
};
double mixture_quantile(std::vector<component> components, double q);

// Kolmogorov-Smirnov test at 1 % of gaps against the exponential distribution of a known rate (a Poisson process). The
// limit is Stephens' (1974) for a fully known distribution, valid from five gaps on; fewer never pass.
struct goodness {
  double statistic = 0;  // the largest distance between the two distribution functions
  double limit = 0;
  bool pass = false;
};
goodness exponential_gaps(std::vector<double> gaps_s, double rate);

}  // namespace tvl::load::analytic
