#pragma once
// Whether a point may be believed, and what limited it: a pure function of what was measured.

#include "clients/load/point/point.hpp"

namespace tvl::load {

// Where the lines are drawn. A share is of the cores that side has.
struct thresholds {
  double server_full = 0.95;     // above: the server's CPU is the limit
  double generator_full = 0.90;  // above, and the server is not full: this was a measurement of the generator
  double most_errors = 0.01;     // of the requests sent
  double least_rate_ratio = 0.99;
  // Requests. So many more may be under way at the window's end than at its beginning, which is chance, and more than
  // one in a hundred where the window has few.
  double most_under_way = 3;
  // Of several targets, one of which may stop the others for a moment: what waits when the window ends in such a moment
  // is no sign that the server cannot keep up.
  double least_rate_ratio_of_a_mix = 0.9;
  double most_lag_us = 1000;  // p99 of pacing: later than this a request was not sent when it was due
  // Of a generator that sleeps, as several processes on one core have to. Beyond most_lag_us it is noted: response
  // times are no more exact than that, but how many were served, and in what memory, is as true.
  double most_lag_asleep_us = 5000;
  double most_others = 0.2;        // cores; above: the host was busy with something else
  double most_little_error = 0.1;  // connections against throughput x response time, relative
};

verdict judge(const point&, const thresholds& = {});

}  // namespace tvl::load
