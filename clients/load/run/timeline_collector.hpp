#pragma once
// Merges the rows of all generator threads into the timeline of a point, and into a row a second for progress.

#include "clients/load/analysis/timeline_grid.hpp"
#include "clients/load/engine/recorder.hpp"
#include "clients/load/point/point.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace tvl::load {

// Which rows belong together is decided by their number, not by when they were collected: a thread that was late ends
// its rows late.
class timeline_collector {
 public:
  timeline_collector(timeline_grid grid, std::size_t threads) : grid_(std::move(grid)), ended_(threads) {}

  // The rows that a thread ended since the last call. `no_more`: they are its last.
  void add(std::size_t thread, std::vector<thread_row> rows, bool no_more);
  // What was added since the last call; `t` seconds since the window began.
  timeline_row take_progress(double t);
  // All rows, after a window of `window_s`. Every thread must have added its last.
  std::vector<timeline_row> finish(double window_s);

 private:
  void close_complete();

  const timeline_grid grid_;
  std::vector<std::size_t> ended_;  // rows of each thread so far
  std::vector<timeline_row> closed_;
  std::int64_t begin_ = 0;       // of the first open row
  std::deque<thread_row> open_;  // those that not all threads have ended yet
  thread_row progress_;
};

}  // namespace tvl::load
