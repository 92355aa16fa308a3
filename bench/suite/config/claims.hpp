#pragma once
// The tables [[claim]] of a workload. What their keys mean, scripts/tvl/conclusions/claims/claim_rules.py says.

#include "bench/suite/config/toml_reader.hpp"

#include <nlohmann/json.hpp>

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tvl::suite {

// The sizes that a claim is about, and the one that decides it.
struct claim_sizes {
  std::string place;                      // "wait.toml:22: 'decide_at' in [[claim]] "
  std::optional<std::vector<double>> at;  // none = all
  double from = 0;
  double until = std::numeric_limits<double>::infinity();
  std::optional<double> versus_x;  // is compared with, and not decided at
  std::optional<double> decide_at;
  bool of_the_sweep = false;  // a slope, or the largest size that was served: all sizes together decide
};

struct claims {
  nlohmann::json tables = nlohmann::json::array();  // as they stand there
  // Contestants that they name: {where, name}, such as {"wait.toml:12: 'of' in [[claim]] names an ", "asio_loop"}.
  std::vector<std::pair<std::string, std::string>> contestants;
  std::vector<claim_sizes> sizes;  // one for each table
};

// Throws bad_file: an unknown key, metric, source or expectation, a missing key, a value of another type.
claims read_claims(table_reader& top);

// Throws bad_file when a claim with several of these sizes has no decide_at, or when its decide_at is not one of them.
void check_sizes(const claims&, const std::vector<quantity>& x);

// Words that [chart] may have among its panels.
std::vector<std::string> known_panels();

}  // namespace tvl::suite
