#pragma once
// Resuming an interrupted run: run.json has its rounds, points.jsonl its results.

#include "bench/suite/planning/schedule.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tvl::suite {

// run.json: the rounds in the order of measurement.
struct run_order {
  std::vector<std::string> arguments;  // of tvl-suite
  std::uint32_t seed = 0;
  std::vector<std::string> rounds;  // "delay/asio_loop/64#0": the point's name and its repetition
  std::string folder = {};          // the working folder, which names of files are relative to; empty = not recorded
};

std::vector<std::string> round_names(const std::vector<scheduled>&);

// Without secrets in the arguments. Throws std::system_error.
void write_run_order(const std::filesystem::path& folder, const run_order&);
// Throws bad_input: run.json is missing or wrong, or an argument was a secret, so that it is not there.
run_order read_run_order(const std::filesystem::path& folder);

// Why a run whose rounds are `recorded` does not go on with those `planned` now, for the user.
std::string why_rounds_differ(const std::vector<std::string>& recorded, const std::vector<std::string>& planned);

struct kept_points {
  std::uintmax_t bytes = 0;  // of points.jsonl that stay
  std::size_t points = 0;    // that stay
  std::size_t again = 0;     // of an incomplete row, which is measured again as a whole: its points are pairs; and
                             // one that was interrupted
  bool torn = false;         // the last line was written in part
  std::size_t next = 0;      // the first round to measure
  std::set<std::pair<std::string, std::string>>
      failed;                           // {workload, contestant}, left out for the rest of the run, too
  std::map<std::size_t, double> knees;  // round -> the knee of its contestant, in requests per second
};

// Throws bad_input for a file that is not of these rounds.
kept_points read_kept_points(const std::filesystem::path& file, const std::vector<scheduled>& rounds);

// "37 points are kept, 2 of an incomplete repetition are measured again".
std::string to_text(const kept_points&);

}  // namespace tvl::suite
