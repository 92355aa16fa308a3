#pragma once
// What there is to measure, and what of it was asked for.

#include "bench/suite/config/workload.hpp"
#include "bench/suite/contestants/manifest.hpp"
#include "bench/suite/planning/schedule.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tvl::suite {

struct catalogue {
  std::map<std::string, manifest> manifests;
  std::map<std::string, std::string> broken;  // name of an unreadable manifest -> what is wrong with it
  std::vector<std::string> in_order;          // names of both: ours, then the outsiders
  std::map<std::string, workload> workloads;
};

// FOLDER/*.toml and FOLDER/outsiders/*.toml of servers, no workload. A broken manifest costs its contestant; a folder
// without any file throws bad_file.
catalogue read_manifests(const std::filesystem::path& servers);

// Also FOLDER/*.toml of workloads, where a broken one throws bad_file.
catalogue read_catalogue(const std::filesystem::path& servers, const std::filesystem::path& workloads);

// Throws bad_file for a name that is not there, with the nearest one.
void check_contestants(const catalogue&, const std::vector<std::string>& names, const std::string& where = "");

struct left_out {
  std::string workload, contestant;
  // not installed | not offered | failed: of the whole workload, but see below; limit: see limit_record()
  std::string status;
  std::string reason;
  bool of_some_points = false;  // not offered: of those with this endpoint beside the other
};

struct selection {
  std::vector<demand> demands;
  std::vector<left_out> missing;
};

struct wish {
  std::vector<std::string> workloads;    // empty = all but those that are measured by name only
  std::vector<std::string> contestants;  // empty = those that each workload names
  bool quick = false;
  std::optional<int> repetitions;  // instead of the workload's
  // Measured beside the contestants above. Without workloads above, only those that one of them has an endpoint for.
  std::vector<std::string> brought = {};
  std::filesystem::path bin = {};  // {bin}: whose program is not there is not measured; empty = not looked at
};

// Throws bad_file for an unknown workload or contestant, with the nearest name, for a workload whose x axis one of its
// contestants does not know, and when there is no workload for what was brought.
selection select(const catalogue&, const wish&);

const load_settings& settings_of(const workload&, bool quick);

// The window of every workload, instead of its own: --seconds.
void set_seconds(catalogue&, double seconds);
// After that: throws bad_file for a workload whose changes or trace do not fit into such a window.
void check_seconds(const catalogue&, const selection&, bool quick);

}  // namespace tvl::suite
