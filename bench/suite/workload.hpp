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
  double trace_s = 0;  // see load::plan
};

struct ceiling {
  enum class unit { server, connection, thread, pool, offload_thread };

  std::string label;
  unit per = unit::server;
  double rate = 0;  // replies per second for each of them
};

// What arithmetic expects of the median response time: the product of these variables, in milliseconds.
struct expectation {
  std::string label;
  std::vector<std::string> product;
};

struct workload {
  std::filesystem::path file;
  std::string name;  // = the file's stem
  std::string question;
  std::string endpoint;
  // Of these are the requests beside those of `endpoint`: one of them for each value of the variable `beside`, as many
  // of all requests as the variable `percent` says. Empty = there are no others, and no such variables.
  std::vector<std::string> beside;
  std::vector<std::string> contestants;  // the first is the baseline; "*" in a file = all others there are
  load_settings full;
  load_settings quick;      // `full` with the file's [quick] on top
  bool named_only = false;  // a quick run has it only when asked for it by name
  std::vector<ceiling> ceilings;
  std::vector<expectation> expected;
  std::vector<std::string> panels;
  std::string caption;
  std::string x = "connections";      // a variable; its values are numbers
  std::optional<std::string> series;  // a variable that [load] sweeps
};

// Throws bad_file.
workload read_workload(const std::filesystem::path& file);

// The path that is requested from a server with this path template.
std::string request_path(const std::string& path_template, const std::vector<setting>&);

// The endpoints that requests with these settings are of; the first is the one that the workload is about.
std::vector<std::string> endpoints_of(const workload&, const std::vector<setting>&);

// How many replies the server can be working on at once.
struct room {
  int connections = 0;
  // Of all processes together; none = no such limit.
  std::optional<int> threads = std::nullopt;          // each with one request
  std::optional<int> pool = std::nullopt;             // connections to one service, each with one request
  std::optional<int> offload_threads = std::nullopt;  // each with one request
};

// How many of the ceiling's unit there are, each with one request; none = it says nothing about the contestant.
std::optional<int> units(const ceiling&, const room&);

// Replies per second that arithmetic allows; none as above.
std::optional<double> ceiling_rate(const ceiling&, const room&);

// Milliseconds; none = a variable does not apply to the contestant.
std::optional<double> expected_ms(const expectation&, const std::vector<setting>&);

}  // namespace tvl::suite
