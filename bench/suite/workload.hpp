#pragma once
// A workload is one question: which endpoint, under which load, asked of which contestants, drawn how.

#include "bench/suite/variables.hpp"

#include <netinet/in.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct load_settings {
  std::vector<variable> variables;            // `connections` always; those with several values are crossed
  std::uint64_t requests_per_connection = 0;  // 0 = keep-alive without end
  std::vector<in_addr> sources;               // addresses connections come from; empty = the kernel's choice
  double seconds = 3;
  double warmup_s = 1;
  int repetitions = 5;
};

struct ceiling {
  enum class unit { server, connection, thread };

  std::string label;
  unit per = unit::server;
  double rate = 0;  // replies per second for each of them
};

struct workload {
  std::filesystem::path file;
  std::string name;  // = the file's stem
  std::string question;
  std::string endpoint;
  std::vector<std::string> contestants;  // the first is the baseline; "*" in a file = all others there are
  load_settings full;
  load_settings quick;      // `full` with the file's [quick] on top
  bool named_only = false;  // a quick run has it only when asked for it by name
  std::vector<ceiling> ceilings;
  std::vector<std::string> panels;
  std::string caption;
  std::string x = "connections";      // a variable; its values are numbers
  std::optional<std::string> series;  // a variable that [load] sweeps
};

// Throws bad_file.
workload read_workload(const std::filesystem::path& file);

// The path that is requested from a server with this path template.
std::string request_path(const std::string& path_template, const std::vector<setting>&);

// How many replies the server can be working on at once.
struct room {
  int connections = 0;
  std::optional<int> threads;  // each with one request, of all processes together; none = no such limit
};

// Replies per second that arithmetic allows; none = this ceiling says nothing about the contestant.
std::optional<double> ceiling_rate(const ceiling&, const room&);

}  // namespace tvl::suite
