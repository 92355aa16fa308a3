#pragma once
// What a run meters besides the load itself, and its callbacks.

#include "clients/load/meter/meter.hpp"
#include "clients/load/point/point.hpp"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

namespace tvl::load {

struct watcher {
  const meter* server = nullptr;  // fills point::server
  std::stop_token stop;           // ends the run early, with point::interrupted set
  // Called on the calling thread once per second of the window, for progress: without the server's values.
  std::function<void(const timeline_row&)> each_second;
  std::vector<const meter*> services = {};    // back ends of the server; fills point::services_cpu_share
  std::vector<const meter*> neighbours = {};  // servers loaded at the same time; not counted as interference
  std::vector<int> cores = {};     // of server, generator and services: others count there only; empty = all cores
  bool beside_other_work = false;  // others do not invalidate the point, which says so
  // Called when the connections are open: returns the begin of the warm-up, in steady_clock nanoseconds. None = now.
  std::function<std::int64_t()> start = {};
  // Called with the readings of `server` at both ends of the window.
  std::function<void(const meter::reading& begin, const meter::reading& end)> metered = {};
  std::function<void()> over = {};  // called when the window is over and the connections are still open
};

}  // namespace tvl::load
