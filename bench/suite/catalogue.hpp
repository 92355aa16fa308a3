#pragma once
// What there is to measure, and what of it was asked for.

#include "bench/suite/manifest.hpp"
#include "bench/suite/schedule.hpp"
#include "bench/suite/workload.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tvl::suite {

struct catalogue {
  std::map<std::string, manifest> manifests;
  std::map<std::string, std::string> broken;  // name of an unreadable manifest -> what is wrong with it
  std::map<std::string, workload> workloads;
};

// FOLDER/*.toml and FOLDER/outsiders/*.toml of servers, FOLDER/*.toml of workloads. A broken manifest costs
// its contestant, a broken workload throws bad_file; so does a folder without any file.
catalogue read_catalogue(const std::filesystem::path& servers, const std::filesystem::path& workloads);

struct left_out {
  std::string workload, contestant;
  std::string status;  // not installed | not offered | failed
  std::string reason;
};

struct selection {
  std::vector<demand> demands;
  std::vector<left_out> missing;
};

struct wish {
  std::vector<std::string> workloads;    // empty = all
  std::vector<std::string> contestants;  // empty = those that each workload names
  bool quick = false;
  std::optional<int> repetitions;  // instead of the workload's
};

// Throws bad_file for an unknown workload, contestant or twin, with the nearest name.
selection select(const catalogue&, const wish&);

const load_settings& settings_of(const workload&, bool quick);

}  // namespace tvl::suite
