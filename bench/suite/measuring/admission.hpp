#pragma once
// Whether a point may be measured: selected, not failed before, services available, within the machine's limits.

#include "bench/machine/resource_limits.hpp"
#include "bench/suite/catalogue/selection.hpp"
#include "bench/suite/measuring/prepared_point.hpp"
#include "bench/suite/measuring/progress.hpp"
#include "bench/suite/output/points_file.hpp"

#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace tvl::suite {

class admission {
 public:
  admission(const catalogue&, services&, journal&, progress&, std::stop_token);

  // From now on these contestants are not measured in these workloads, unless only some points are left out. Writes a
  // record of each, and a note of each reason.
  void leave_out(const std::vector<left_out>&);
  // Why the point is not measured; empty = it is. Leaves out what lacks a service or exceeds a limit.
  std::string why_skipped(const prepared_point&);

  // For points that could not be measured: none, unless a service that they need has ended. It is started again, once
  // in a repetition, and is absent from then on. The result is why they are skipped now; empty = they can be measured.
  std::optional<std::string> replace_ended_service(const std::vector<prepared_point>&);

  bool some_failed() const { return some_failed_; }

 private:
  // Workload, contestant, series, facet: the points of one line in a chart.
  using line = std::tuple<std::string, std::string, std::optional<std::string>, std::optional<std::string>>;
  struct end {
    double x = 0;  // the first point that cannot be measured
    load::reason why;
  };

  bool lacks_services(const prepared_point&);
  std::string exceeded_limit(const prepared_point&);
  std::optional<load::reason> limit_of(const prepared_point&) const;

  const catalogue& known_;
  services& services_;
  journal& journal_;
  progress& progress_;
  const std::stop_token stop_;
  const std::vector<limit> limits_;
  std::map<std::pair<std::string, std::string>, std::string> left_out_;  // workload, contestant -> reason
  std::map<line, end> ends_;                                             // of lines cut short by a limit
  std::set<std::pair<int, std::string>> restarted_;                      // repetition, service
  bool some_failed_ = false;
};

}  // namespace tvl::suite
