#pragma once
// The machine and, as far as they are watched, the server and its services at both ends of a window: what it cost.

#include "clients/load/host.hpp"
#include "clients/load/load.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace tvl::load {

class bracket {
 public:
  // `generators` are other processes of ours: their CPU time is not somebody else's. Both have to outlive this.
  explicit bracket(const watcher& w, std::vector<const meter*> generators = {})
      : watcher_(w), generators_(std::move(generators)) {}

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
    std::vector<meter::reading> services, generators;
  };
  reading read() const;

  const watcher& watcher_;
  const std::vector<const meter*> generators_;
  reading begin_, end_;
  server_cost memory_;
  std::optional<meter::reading> last_;
};

}  // namespace tvl::load
