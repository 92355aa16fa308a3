#pragma once
// Under which conditions the numbers of a run came about: environment.json.

#include "bench/suite/catalogue/catalogue.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace tvl::suite {

// `command` as it was typed. What this machine does not tell is null.
nlohmann::json environment(const std::string& command, bool quick);

// What is the same for all points of a workload or a contestant, and so is not in their records:
// {"workloads": {NAME: {question, chart}}, "contestants": {NAME: {title}}}.
nlohmann::json descriptions(const catalogue&, const selection&);

// Of a run that goes on: what `file` says, with what is different now behind its "resumed". Throws bad_input when it
// was begun on another machine.
nlohmann::json resumed_conditions(const std::filesystem::path& file, const nlohmann::json& now);

// "debug" or "release": how Google Benchmark was built.
std::optional<std::string> benchmark_build_type();

// The machine's name.
std::string host_name();

}  // namespace tvl::suite
