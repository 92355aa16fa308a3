#pragma once
// What the command line selects from the catalogue, and which of that cannot be measured here.

#include "bench/suite/catalogue/catalogue.hpp"
#include "bench/suite/planning/schedule.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct selection_request {
  std::vector<std::string> workloads;    // empty = all except those measured by name only
  std::vector<std::string> contestants;  // of the catalogue; empty = those that each workload names
  bool quick = false;
  std::optional<int> repetitions;  // instead of the workload's
  // User-supplied contestants, measured in addition. If `workloads` is empty, only workloads that at least one of them
  // has an endpoint for are selected.
  std::vector<std::string> user_contestants = {};
  std::filesystem::path bin = {};  // {bin}: a contestant whose program is not there is left out; empty = not checked
  bool only = false;               // none of the contestants that a workload names
  std::string baseline = {};       // measured first in every workload, in addition where one does not name it
};

struct left_out {
  std::string workload, contestant;
  std::string status;  // not installed | not offered | failed; limit: see limit_record()
  std::string reason;
  bool of_some_points = false;  // not offered: only the points whose variable `beside` is the missing endpoint
};

struct selection {
  std::vector<selected_workload> workloads;
  std::vector<left_out> missing;
};

// Throws bad_file for an unknown workload or contestant (with the nearest name), for a workload that names a contestant
// without its x axis, when no workload fits the user-supplied contestants, and for `only` without a contestant.
selection select(const catalogue&, const selection_request&);

// After set_seconds(): throws bad_file for a workload whose load changes or trace do not fit into the window.
void check_seconds(const catalogue&, const selection&, bool quick);

}  // namespace tvl::suite
