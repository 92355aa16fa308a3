#pragma once
// A running contestant or service, whether started by the suite or not.

#include "bench/suite/processes/errors.hpp"

#include <nlohmann/json.hpp>

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

struct exit_status {
  nlohmann::json counters;      // printed by the server at its end, else null
  bool killed = false;          // it did not end within stop_limit of the stop signal
  std::size_t left_behind = 0;  // processes that outlived it; now killed
  std::string trouble;          // these two in words that follow the server's name, with a remedy; empty = neither
  std::string complaints;       // the last lines on stderr, joined; empty = none or unknown
};

class running_server {
 public:
  running_server() = default;
  virtual ~running_server() = default;
  running_server(const running_server&) = delete;
  running_server& operator=(const running_server&) = delete;

  virtual const std::string& name() const = 0;
  virtual std::string url(const std::string& path) const = 0;
  // The roots of the process trees that have its costs, for load::meter; empty = unknown.
  virtual const std::vector<pid_t>& metered() const = 0;
  // Why they are unknown, in words that follow its name; empty = they are known, or it is on another machine.
  virtual const std::string& not_metered() const = 0;
  // Of TCP, of its connections; empty = unknown.
  virtual std::optional<std::string> congestion_control() const = 0;
  // Throws server_failed when the server has ended.
  virtual void check_alive() = 0;
  // Ends it, if the suite started it.
  virtual exit_status stop() = 0;
};

}  // namespace tvl::suite
