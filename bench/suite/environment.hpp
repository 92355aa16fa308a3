#pragma once
// Under which conditions the numbers of a run came about: environment.json.

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace tvl::suite {

// `command` as it was typed. What this machine does not tell is null.
nlohmann::json environment(const std::string& command, bool quick);

// "debug" or "release": how Google Benchmark was built.
std::optional<std::string> benchmark_build_type();

// The machine's name.
std::string host_name();

}  // namespace tvl::suite
