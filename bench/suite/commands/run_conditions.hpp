#pragma once
// The builds of a run's contestants, and the content of its environment.json.

#include "bench/suite/catalogue/selection.hpp"
#include "bench/suite/commands/run_flags.hpp"
#include "bench/suite/planning/schedule.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <stop_token>
#include <vector>

namespace tvl::suite {

// Before conditions_of(), which has the hashes of the programs. A build that fails is said when its server is to start.
// Throws run_stopped.
void build_contestants(const catalogue&, const selection&, const std::filesystem::path& logs, std::stop_token);

// Throws bad_input when a resumed run cannot go on with these.
nlohmann::json conditions_of(const settings&, const catalogue&, const selection&, const std::vector<scheduled>&);

}  // namespace tvl::suite
