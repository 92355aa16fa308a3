#pragma once
// All known contestants and workloads.

#include "bench/suite/config/workload.hpp"
#include "bench/suite/contestants/manifest.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tvl::suite {

struct catalogue {
  std::map<std::string, manifest> manifests;
  std::map<std::string, std::string> broken;  // name of an unreadable manifest -> error
  std::vector<std::string> in_order;          // names of both: servers/, then servers/outsiders/; what "*" stands for
  std::map<std::string, workload> workloads;
};

// FOLDER/*.toml, FOLDER/outsiders/*.toml and FOLDER/ablations/*.toml of servers, no workloads. An unreadable manifest
// is listed as broken; a folder without any file throws bad_file.
catalogue read_manifests(const std::filesystem::path& servers);

// Also FOLDER/*.toml of workloads, where an unreadable one throws bad_file.
catalogue read_catalogue(const std::filesystem::path& servers, const std::filesystem::path& workloads);

// Throws bad_file for an unknown name, with the nearest known one.
void check_contestants(const catalogue&, const std::vector<std::string>& names, const std::string& where = "");

const load_settings& settings_of(const workload&, bool quick);

// --why: the workloads that have points to profile, with the contestants and load of those points.
catalogue points_to_profile(catalogue);

// --seconds: the length of every workload's window, instead of its own.
void set_seconds(catalogue&, double seconds);

}  // namespace tvl::suite
