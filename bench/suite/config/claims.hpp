#pragma once
// The tables [[claim]] of a workload. What their keys mean, scripts/tvl/conclusions/claim_rules.py says.

#include "bench/suite/config/toml_reader.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace tvl::suite {

struct claims {
  nlohmann::json tables = nlohmann::json::array();  // as they stand there
  // Contestants that they name: {where, name}, such as {"wait.toml:12: 'of' in [[claim]] names an ", "asio_loop"}.
  std::vector<std::pair<std::string, std::string>> contestants;
};

// Throws bad_file: an unknown key, metric or expectation, a missing key, a value of another type.
claims read_claims(table_reader& top);

// Words that [chart] may have among its panels.
std::vector<std::string> known_panels();

}  // namespace tvl::suite
