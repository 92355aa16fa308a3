#pragma once
// For tests only: a correct manifest and workloads, to be changed line by line.

#include "bench/suite/config/toml_reader.hpp"
#include "bench/suite/config/workload.hpp"
#include "bench/suite/processes/test_support.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tvl::suite {

inline constexpr char good_manifest[] = R"(name    = "mine"
title   = "my server"
model   = "loop"
versus  = "yours"
command = ["{bin}/mine", "--port", "{port}"]
needs   = ["sh"]
[endpoints]
plaintext = "/hello"
delay     = "/sleep?for={ms}"
)";

inline constexpr char good_workload[] = R"(question    = "How long?"
endpoint    = "delay"
parameters  = { ms = 50 }
contestants = ["mine", "yours"]
[load]
connections = [1, 64]
requests_per_connection = 0
sources = "127.0.0.1-127.0.0.3"
seconds = 3
warmup_s = 1.5
repetitions = 5
[quick]
connections = [8]
seconds = 0.5
[[ceiling]]
label = "connections / delay"
per   = "connection"
rate  = 20.0
[chart]
panels  = ["throughput", "p99"]
caption = "Look here."
)";

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

template <class Read>
std::string error_of(const Read& read, const std::string& name, const std::string& text) {
  const temporary_folder folder;
  try {
    read(folder.write(name, text));
  } catch (const bad_file& error) {
    return error.what();
  }
  return "no error";
}

inline constexpr char with_others[] = R"(question    = "How long?"
endpoint    = "plaintext"
contestants = ["mine", "yours"]
[beside]
endpoints  = ["block", "cpu"]
parameters = { ms = 100, us = [5, 7] }
percent    = [0, 0.1, 1]
[load]
connections = 64
seconds = 2
trace_s = 0.01
[quick]
percent = 1
[chart]
x       = "percent"
series  = "beside"
panels  = ["p99"]
caption = "Look here."
)";

inline std::string workload_error(const std::string& from, const std::string& to) {
  return error_of(read_workload, "wait.toml", replaced(good_workload, from, to));
}

inline std::vector<std::string> values_of(const load_settings& settings, const std::string& name) {
  std::vector<std::string> values;
  for (const auto& v : settings.variables) {
    if (v.name != name) continue;
    for (const auto& value : v.values) values.push_back(value.text);
  }
  return values;
}

}  // namespace tvl::suite
