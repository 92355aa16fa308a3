#pragma once
// A manifest describes one contestant: how to start or reach it, its endpoints, its counterpart.

#include "bench/suite/config/variables.hpp"
#include "clients/load/plan/plan.hpp"

#include <sys/types.h>

#include <chrono>
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
  std::string place_of_versus;  // for a message: "mine.toml:4: 'versus' "
  // launch:
  // Placeholders: {port} {socket} {bin} {dir} {python} {redis} {postgres} {upstream}, and command_variables().
  std::vector<std::string> command;
  std::optional<int> port;                                 // of a server that takes no {port} and prints no ready line
  std::map<std::string, std::string> env;                  // in addition to the suite's; placeholders as in `command`
  std::filesystem::path cwd;                               // absolute; empty = the suite's
  std::vector<std::vector<std::string>> build;             // commands that are run once, before the first start
  std::optional<std::chrono::milliseconds> start_timeout;  // until it answers; none = the suite's
  // attach and remote, instead of a command:
  std::optional<std::string> url;  // "http://HOST:PORT"
  std::optional<pid_t> pid;        // attach: the root of its process tree

  bool one_process = false;                      // its {processes} are threads, with one descriptor table
  std::vector<std::string> needs;                // programs, "python:MODULE", "/FILE"; see installed_programs.hpp
  std::map<std::string, quantity> defaults;      // of command variables that the workload does not sweep
  std::optional<double> warmup_s;                // at least this long, in every workload
  std::map<std::string, std::string> endpoints;  // name -> path template
  std::vector<std::string> headers;              // "Name: value", of every request
  // How to ask for an endpoint, and the reply, where that is not the suite's own way: routes of the user, and endpoints
  // that are more than a path. The paths are in `endpoints`; `headers` are included.
  std::map<std::string, load::target> requests;

  contestant_kind kind() const;
};

// A manifest of the catalogue: title and a known model are required, and the name is that of the file. Throws bad_file.
manifest read_manifest(const std::filesystem::path& file);

// A user's manifest: defaults are title = name and model = "other". Throws bad_file.
manifest read_user_manifest(const std::filesystem::path& file);

// Values of the command variables that the workload does not set.
std::map<std::string, quantity> standards(const manifest&, int server_cores);

// A request for this endpoint; its path is a template.
load::target request_for(const manifest&, const std::string& endpoint);

// Whether its command or environment has the placeholder {name}.
bool takes(const manifest&, const std::string& name);

}  // namespace tvl::suite
