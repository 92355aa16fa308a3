#pragma once
// Runs one load: opens the connections, warms up, measures one window, and returns the point.
//
//   tvl::load::plan p; p.url = "http://127.0.0.1:8080/plaintext"; p.connections = 64;
//   tvl::load::point result = tvl::load::run(p);
//
// One loop per generator thread, nothing shared between them until the end. Request bytes are built once; a reply that
// comes in one read allocates nothing, and the open loop's queues only as they grow.

#include "clients/load/meter.hpp"
#include "clients/load/plan.hpp"
#include "clients/load/point.hpp"
#include "clients/load/sources.hpp"

#include <functional>
#include <stdexcept>
#include <stop_token>
#include <vector>

namespace tvl::load {

// The plan cannot be run as asked: bad URL, nobody listens, too few descriptors or ports. what() is one clear line.
struct bad_plan : std::runtime_error {
  using std::runtime_error::runtime_error;
};

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

point run(const plan&, const watcher& = {});

// Throws bad_plan when the plan's processes or this machine cannot hold its connections: how many they can, which
// limit forbids.
budget check_limits(const plan&);

}  // namespace tvl::load
