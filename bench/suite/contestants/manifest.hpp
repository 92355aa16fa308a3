#pragma once
// A manifest describes one contestant: how to start or reach it, its endpoints, its counterpart.

#include "bench/suite/config/variables.hpp"

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

// launch: the suite starts it. attach: it already runs, its process is given. remote: only its URL is given; its costs
// are null unless its processes are found on this machine, by the port.
enum class contestant_kind { launch, attach, remote };

std::string to_text(contestant_kind);

struct manifest {
  std::filesystem::path file;  // absolute
  std::string name;            // = the file's stem in the catalogue
  std::string title;
  std::string model;
  std::optional<std::string> versus;
  // launch:
  // Placeholders: {port} {bin} {dir} {python} {redis} {postgres} {upstream}, and command_variables().
  std::vector<std::string> command;
  std::optional<int> port;  // of a server that takes no {port} and prints no ready line
  // attach and remote, instead of a command:
  std::optional<std::string> url;  // "http://HOST:PORT"
  std::optional<pid_t> pid;        // attach: the root of its process tree

  bool one_process = false;                      // its {processes} are threads, with one descriptor table
  std::vector<std::string> needs;                // programs and "python:MODULE"; see installed_programs.hpp
  std::map<std::string, quantity> defaults;      // of command variables that the workload does not sweep
  std::map<std::string, std::string> endpoints;  // name -> path template

  contestant_kind kind() const;
};

// A manifest of the catalogue: title and model are required, and the name is that of the file. Throws bad_file.
manifest read_manifest(const std::filesystem::path& file);

// A user's manifest: defaults are title = name and model = "other". Throws bad_file.
manifest read_user_manifest(const std::filesystem::path& file);

// Values of the command variables that the workload does not set.
std::map<std::string, quantity> standards(const manifest&, int server_cores);

// Whether its command has the placeholder {name}.
bool takes(const manifest&, const std::string& name);

}  // namespace tvl::suite
