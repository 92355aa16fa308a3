#pragma once
// Whether a point is valid, and what limited it: a pure function of the measurement.

#include "clients/load/point/point.hpp"

#include <cstddef>

namespace tvl::load {

// A share is of the cores that server or generator has.
struct thresholds {
  double server_full = 0.95;     // above: the server's CPU is the limit
  double generator_full = 0.90;  // above, and the server is not full: the generator was the limit
  double most_errors = 0.01;     // of the requests sent
  double least_rate_ratio = 0.99;
  // Requests. In flight at the window's end beyond those at its begin: chance, and more than 1 % of a window with few.
  double most_under_way = 3;
  // The same for several targets, of which one may block the rest: requests that wait at the window's end do not mean
  // that the server cannot keep up.
  double least_rate_ratio_of_a_mix = 0.9;
  // Requests that were overdue when the window began, relative to those that fell due in it. Above: what the window
  // shows is how the server works off the warm-up.
  double most_backlog = 0.01;
  double most_lag_us = 1000;        // p99 of pacing; above: the tail of the response times is not the server's
  double most_median_lag_us = 100;  // p50 of pacing; above: nor is their median
  // Of a generator that sleeps, as several processes on one core have to. Above most_lag_us it is a note: response
  // times are less exact, counts and memory are not affected.
  double most_lag_asleep_us = 5000, most_median_lag_asleep_us = 500;
  // Of the window, in which the generator stood still. Above: the tail of the response times is its own, and their
  // median.
  double most_paused = 0.01, most_paused_for_median = 0.1;
  // Cores, and of each measured core; above both: other processes disturbed the measurement. Two cores, the usual ones
  // of server and generator, have 0.2 together.
  double most_others = 0.2, most_others_of_a_core = 0.1;
  double most_little_error = 0.1;  // connections against throughput x response time, relative
};

// How many cores other processes may use of so many measured ones; 0 = not known.
double most_others(std::size_t cores, const thresholds& = {});

verdict judge(const point&, const thresholds& = {});

// Of a point that several generators measured: `whole`, of the sums, with the server and the machine, and what it lacks
// of `parts`, the worst verdict of each generator's part.
verdict with_parts(verdict whole, const verdict& parts);

}  // namespace tvl::load
