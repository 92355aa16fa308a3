#pragma once
// A contestant that answers now, whoever started it.

#include "bench/suite/processes/errors.hpp"

#include <nlohmann/json.hpp>

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>

namespace tvl::suite {

struct farewell {
  nlohmann::json counters;      // what the server printed at its end, else null
  bool killed = false;          // it did not end within stop_limit of SIGTERM
  std::size_t left_behind = 0;  // children that outlived it, now killed
  std::string complaints;       // its last lines on stderr, as one; empty = none, or not ours to see
};

class running_server {
 public:
  running_server() = default;
  virtual ~running_server() = default;
  running_server(const running_server&) = delete;
  running_server& operator=(const running_server&) = delete;

  virtual const std::string& name() const = 0;
  virtual std::string url(const std::string& path) const = 0;
  // The root of its process tree; empty when it is not known.
  virtual std::optional<pid_t> pid() const = 0;
  // Throws contestant_failed when the server has ended.
  virtual void check_alive() = 0;
  // Ends it if it is ours.
  virtual farewell stop() = 0;
};

}  // namespace tvl::suite
