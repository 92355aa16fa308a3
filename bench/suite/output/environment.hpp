#pragma once
// environment.json: the conditions of a run, and what is the same for all of its points.

#include "bench/suite/catalogue/selection.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace tvl::suite {

// `command` as it was typed. Null = not known on this machine.
nlohmann::json environment(const std::string& command, bool quick);

// What is the same for all points of a workload or a contestant, and therefore not in their records:
// {"workloads": {NAME: {question, chart}}, "contestants": {NAME: {title, identity}}}, see identity.hpp.
nlohmann::json descriptions(const catalogue&, const selection&);

// The frozen rules of the claims: what results/rules.json has beside this folder of workloads, bench/workloads. Null
// when there is no such file.
nlohmann::json frozen_rules(const std::filesystem::path& workloads);

// Of a resumed run: the content of `file`, with the present differences appended to its "resumed". Throws bad_input
// when the run was begun on another machine, or with another manifest, command or program of a contestant.
nlohmann::json resumed_conditions(const std::filesystem::path& file, const nlohmann::json& now);

// "debug" or "release": how Google Benchmark was built.
std::optional<std::string> benchmark_build_type();

// The machine's name.
std::string host_name();

}  // namespace tvl::suite
