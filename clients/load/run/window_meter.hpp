#pragma once
// Cost of a window: reads the machine, and the watched server and services, at both ends; the server also in between,
// for the timeline.

#include "clients/load/meter/host_cpu.hpp"
#include "clients/load/meter/watcher.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tvl::load {

class window_meter {
 public:
  // `generators` are this program's other processes: their CPU time does not count as that of other processes. Both
  // must outlive this. Reads once to measure its own duration: 5 ms for a server with 16,000 threads.
  explicit window_meter(const watcher& w, std::vector<const meter*> generators = {});

  // When to call begin() or sample() so that it ends by then: it would delay the requests of that moment.
  std::int64_t time_for(std::int64_t moment) const { return moment - takes_; }
  void begin(std::int64_t window_begin);
  // Reads the server's CPU time since the last reading, and its size, for that row of the timeline.
  void sample(std::size_t row);
  void end();
  // The server's memory and threads, while its connections are open; too slow for inside the window.
  void read_memory();
  // Fills server, services_cpu_share, host and the server's values of the timeline, whose last row has those of the
  // window's end; costs are per reply of the point.
  void add_to(point&) const;

 private:
  struct reading {
    host_reading host;
    std::optional<meter::reading> server;
    std::vector<meter::reading> services, neighbours, generators;
  };
  struct sampled_row {
    std::size_t index;
    timeline_row values;
  };
  reading read() const;
  timeline_row row_of(const meter::reading& before, const meter::reading& now) const;
  void add_samples(std::vector<timeline_row>& timeline) const;

  const watcher& watcher_;
  const std::vector<const meter*> generators_;
  std::int64_t takes_;  // of read(), nanoseconds
  reading begin_, end_;
  server_cost memory_;
  std::int64_t window_begin_ = 0;
  std::optional<meter::reading> last_;  // of the server
  std::vector<sampled_row> samples_;
  timeline_row at_end_;
};

}  // namespace tvl::load
