#pragma once
// Measures rounds of points: start, make sure that it answers rightly, load, stop, write down.

#include "bench/machine/cpus.hpp"
#include "bench/machine/idle_check.hpp"
#include "bench/machine/resource_limits.hpp"
#include "bench/suite/catalogue/catalogue.hpp"
#include "bench/suite/measuring/find_knee.hpp"
#include "bench/suite/measuring/google_benchmark_run.hpp"
#include "bench/suite/measuring/progress.hpp"
#include "bench/suite/output/point_record.hpp"
#include "bench/suite/output/points_file.hpp"
#include "bench/suite/processes/launched_server.hpp"
#include "bench/suite/services/services.hpp"
#include "clients/load/meter/watcher.hpp"
#include "clients/load/plan/plan.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tvl::suite {

// The same for all points of a run.
struct conditions {
  bool quick = false;
  cpu_split cpus;
  std::vector<int> service_cpus;
  std::filesystem::path bin;   // {bin}
  std::filesystem::path logs;  // what servers print
  std::uint32_t seed = 0;      // of every load, together with the repetition
  double idle_wait_s = 0;      // see idle_waiter
  std::size_t again = 0;       // points that may be measured once more, see quiet_again()
  std::stop_token stop;
};

class measurer {
 public:
  measurer(const catalogue&, conditions, services&, journal&, progress&);

  // One round, or those of one row, whose servers are loaded at the same time then (clients/load/run/concurrent.hpp):
  // no room, no shares of a knee, no services. Never throws for a contestant that fails: that one is left out of its
  // workload, with the reason in the journal; what was to be measured together with it has no number.
  std::vector<outcome> measure(const std::vector<scheduled>&);
  // Writes down why something is not measured.
  void leave_out(const left_out&);
  // In a run that goes on: what was found for this round's contestant.
  void knee_was(const scheduled&, double rate);

  bool somebody_failed() const { return somebody_failed_; }

 private:
  using line = std::tuple<std::string, std::string, std::optional<std::string>, std::optional<std::string>>;
  struct end {
    double x = 0;  // the first point that cannot be measured
    load::reason why;
  };

  struct ready;  // a server that answers, and what it is to be loaded with

  bool quiet_again();
  std::string why_skipped(const scheduled&);
  std::vector<outcome> measure_row(const std::vector<const scheduled*>&);
  std::vector<outcome> run_points(const std::vector<const scheduled*>&);
  ready prepare(const scheduled&);
  load::watcher watcher_of(const ready&);
  void load_together(std::vector<ready>&);
  void load_alone(ready&);
  outcome finish(ready&);
  outcome write_down(load::point&, const scheduled&, const circumstances&, const cpu_shares&);
  outcome write_down(const load::room_result&, const scheduled&, const circumstances&, const cpu_shares&);
  std::string exceeded_limit(const scheduled&);
  std::optional<load::reason> limit_of(const scheduled&) const;
  need need_of(const scheduled&) const;
  cpu_split cpus_of(const manifest&) const;
  const load_settings& settings_for(const scheduled&) const;
  int server_cores() const { return static_cast<int>(conditions_.cpus.server.size()); }
  service_names services_of(const scheduled&) const;
  bool lacks_services(const scheduled&);
  launch how_to_start(const scheduled&) const;
  // Without the knee that a workload is about, its rates are in percent.
  load::plan plan_of(const scheduled&, const std::string& url, std::optional<double> knee = {}) const;
  std::optional<double> knee_of(const scheduled&);
  void validate_once(const scheduled&);
  farewell end_in_order(running_server&);

  const catalogue& known_;
  conditions conditions_;
  services& services_;
  std::vector<limit> limits_;
  journal& journal_;
  progress& progress_;
  std::map<std::pair<std::string, std::string>, std::string> left_out_;    // workload, contestant -> reason
  std::map<line, end> ends_;                                               // of lines that a limit cuts short
  std::set<std::tuple<std::string, std::string, std::string>> validated_;  // workload, contestant, last endpoint
  idle_waiter waiter_;
  const scheduled* at_work_ = nullptr;       // whose failure it is
  int row_ = -1;                             // of the round before
  idle_check idle_;                          // before the row's first round, or before it was measured again
  std::map<std::string, knee_found> knees_;  // key_of_knee() -> it
  bool somebody_failed_ = false;
};

}  // namespace tvl::suite
