#pragma once
// A workload is one question: which endpoint, under which load, asked of which contestants, drawn how.

#include <netinet/in.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tvl::suite {

struct load_settings {
  std::vector<int> connections;               // one point each
  std::uint64_t requests_per_connection = 0;  // 0 = keep-alive without end
  std::vector<in_addr> sources;               // addresses connections come from; empty = the kernel's choice
  double seconds = 3;
  double warmup_s = 1;
  int repetitions = 5;
};

struct ceiling {
  std::string label;
  bool per_connection = false;  // else per server
  double rate = 0;              // replies per second for each of them
};

struct workload {
  std::filesystem::path file;
  std::string name;  // = the file's stem
  std::string question;
  std::string endpoint;
  std::map<std::string, std::string> parameters;
  std::vector<std::string> contestants;  // the first is the baseline
  load_settings full;
  load_settings quick;  // `full` with the file's [quick] on top
  std::vector<ceiling> ceilings;
  std::vector<std::string> panels;
  std::string caption;
};

// Throws bad_file.
workload read_workload(const std::filesystem::path& file);

// The path that is requested from a server with this path template; throws bad_file when a parameter is
// missing.
std::string request_path(const workload&, const std::string& path_template);

// Replies per second that arithmetic allows under this many connections.
double ceiling_rate(const ceiling&, int connections);

}  // namespace tvl::suite
