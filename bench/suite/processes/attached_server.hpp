#pragma once
// A server that the suite did not start: used and watched, but not pinned, signalled or stopped.

#include "bench/suite/processes/running_server.hpp"
#include "clients/load/meter/process_tree.hpp"
#include "clients/load/protocol/url.hpp"

#include <optional>
#include <string>

namespace tvl::suite {

class attached_server : public running_server {
 public:
  // `base` is "http://HOST:PORT" or "unix:/SOCKET"; `probe` a path. Throws server_failed when the process does not
  // exist or the server does not answer.
  attached_server(std::string name, std::string base, std::optional<pid_t> pid, const std::string& probe);

  const std::string& name() const override { return name_; }
  std::string url(const std::string& path) const override { return load::url_at(base_, path); }
  std::optional<pid_t> pid() const override;
  std::optional<std::string> congestion_control() const override { return std::nullopt; }
  void check_alive() override;
  exit_status stop() override { return {}; }

 private:
  std::string name_, base_;
  std::optional<load::process> process_;
};

}  // namespace tvl::suite
