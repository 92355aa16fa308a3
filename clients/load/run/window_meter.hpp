#pragma once
// The machine and, as far as they are watched, the server and its services at both ends of a window: what it cost.

#include "clients/load/meter/host_cpu.hpp"
#include "clients/load/meter/watcher.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace tvl::load {

class bracket {
 public:
  // `generators` are other processes of ours: their CPU time is not somebody else's. Both have to outlive this.
  // Reads once, so as to know how long that takes: 5 ms of a server with 16,000 threads, which its reader's core
  // spends in the kernel.
  explicit bracket(const watcher& w, std::vector<const meter*> generators = {});

  // When begin() is to be called so that it is over when the window begins: it would make the first requests late.
  std::int64_t begin_before(std::int64_t window_begin) const { return window_begin - takes_; }
  void begin();
  // Fills what the row says about the server: since begin(), or since the last row.
  void end_second(second& row);
  void end();
  // The server's memory and threads, with its connections still there; it takes too long for inside the window.
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
  std::int64_t takes_;  // nanoseconds
  reading begin_, end_;
  server_cost memory_;
  std::optional<meter::reading> last_;
};

}  // namespace tvl::load
