#pragma once
// What is watched while a load runs, and who is told.

#include "clients/load/meter/meter.hpp"
#include "clients/load/point/point.hpp"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

namespace tvl::load {

struct watcher {
  const meter* server = nullptr;                   // fills point::server
  std::stop_token stop;                            // ends the run early, with point::interrupted set
  std::function<void(const second&)> each_second;  // called on the calling thread, once a second of the window
  std::vector<const meter*> services = {};         // what the server calls; fills point::services_cpu_share
  std::vector<const meter*> neighbours = {};       // servers that are loaded at the same time: not somebody else
  // Called when the connections are open: returns when the warm-up begins, in nanoseconds of steady_clock. None = now.
  std::function<std::int64_t()> start = {};
  std::function<void()> over = {};  // called when the window is over and the connections are still open
};

}  // namespace tvl::load
