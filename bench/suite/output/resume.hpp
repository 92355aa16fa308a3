#pragma once
// A run that was cut off goes on: what it was to measure is in its run.json, what it has measured in its points.jsonl.

#include "bench/suite/planning/schedule.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tvl::suite {

// run.json. What it names is measured in this order.
struct run_order {
  std::vector<std::string> arguments;  // of tvl-suite
  std::uint32_t seed = 0;
  std::vector<std::string> rounds;  // "delay/asio_loop/64#0": the point's name and its repetition
};

std::vector<std::string> round_names(const std::vector<scheduled>&);

// Throws std::system_error.
void write_run_order(const std::filesystem::path& folder, const run_order&);
// Throws bad_input: what is missing or wrong in the folder.
run_order read_run_order(const std::filesystem::path& folder);

struct kept_points {
  std::uintmax_t bytes = 0;  // of points.jsonl that stay
  std::size_t points = 0;    // that stay
  std::size_t again = 0;     // of a row that was not complete: pairs are measured side by side, or they are none
  bool torn = false;         // the last line was written in part
  std::size_t next = 0;      // the first round to measure
  std::set<std::pair<std::string, std::string>> failed;  // workload, contestant: left out, and stays so
  std::map<std::size_t, double> knees;  // round -> its contestant's: the others have shares of the same
};

// Throws bad_input for a file that is not of these rounds.
kept_points read_kept_points(const std::filesystem::path& file, const std::vector<scheduled>& rounds);

// "37 points are kept, 2 of an incomplete repetition are measured again".
std::string to_text(const kept_points&);

}  // namespace tvl::suite
