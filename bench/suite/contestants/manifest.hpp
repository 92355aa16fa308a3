#pragma once
// A manifest describes one contestant: how to start or to find it, what it offers, which other one is its twin.

#include "bench/suite/config/variables.hpp"

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

// launch: we start it. attach: it runs already and we know its process. remote: we know its URL only, so its costs are
// null.
enum class contestant_kind { launch, attach, remote };

std::string to_text(contestant_kind);

struct manifest {
  std::filesystem::path file;  // absolute
  std::string name;            // = the file's stem in the catalogue
  std::string title;
  std::string model;
  std::optional<std::string> versus;
  // launch:
  // {port} {bin} {dir} {python}, services {redis} {postgres} {upstream}, and the variables that fill a command.
  std::vector<std::string> command;
  std::optional<int> port;  // where it listens, if it can neither be told a port nor print a ready line
  // attach and remote, instead of a command:
  std::optional<std::string> url;  // "http://HOST:PORT"
  std::optional<pid_t> pid;        // attach: the root of its process tree

  bool one_process = false;                      // its {processes} are threads that share one limit of descriptors
  std::vector<std::string> needs;                // programs and "python:MODULE"; see installed_programs.hpp
  std::map<std::string, quantity> defaults;      // of these variables, where the workload does not sweep them
  std::map<std::string, std::string> endpoints;  // name -> path template

  contestant_kind kind() const;
};

// A manifest of the catalogue, which has a title and a model, and its name from its file. Throws bad_file.
manifest read_manifest(const std::filesystem::path& file);

// Anybody's manifest: title = name and model = "other" unless it says so. Throws bad_file.
manifest read_brought_manifest(const std::filesystem::path& file);

// What fills the place of each variable in its command where the workload does not say.
std::map<std::string, quantity> standards(const manifest&, int server_cores);

// Does its command have a place for {name}?
bool takes(const manifest&, const std::string& name);

}  // namespace tvl::suite
