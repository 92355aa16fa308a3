#pragma once
// Cost of a window: reads the machine, and the watched server and services, at both ends.

#include "clients/load/meter/host_cpu.hpp"
#include "clients/load/meter/watcher.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace tvl::load {

class window_meter {
 public:
  // `generators` are this program's other processes: their CPU time does not count as that of other processes. Both
  // must outlive this. Reads once to measure its own duration: 5 ms for a server with 16,000 threads.
  explicit window_meter(const watcher& w, std::vector<const meter*> generators = {});

  // When to call begin() so that it ends before the window: it would delay the first requests.
  std::int64_t begin_before(std::int64_t window_begin) const { return window_begin - takes_; }
  void begin();
  // Fills the row's values of the server: since begin(), or since the last row.
  void end_second(second& row);
  void end();
  // The server's memory and threads, while its connections are open; too slow for inside the window.
  void read_memory();
  // Fills server, services_cpu_share and host; costs are per reply of the point.
  void add_to(point&) const;

 private:
  struct reading {
    host_reading host;
    std::optional<meter::reading> server;
    std::vector<meter::reading> services, neighbours, generators;
  };
  reading read() const;

  const watcher& watcher_;
  const std::vector<const meter*> generators_;
  std::int64_t takes_;  // of read(), nanoseconds
  reading begin_, end_;
  server_cost memory_;
  std::optional<meter::reading> last_;
};

}  // namespace tvl::load
