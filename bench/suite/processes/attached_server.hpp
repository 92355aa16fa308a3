#pragma once
// A server that the suite did not start: used and watched, but not pinned, signalled or stopped.

#include "bench/suite/processes/running_server.hpp"
#include "clients/load/meter/process_tree.hpp"
#include "clients/load/protocol/url.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tvl::suite {

class attached_server : public running_server {
 public:
  // `base` is "http://HOST:PORT" or "unix:/SOCKET"; `probe` a path. `pid` is the root of a process tree that listens
  // there; without it the processes are those of this machine that listen there, if there are any. Throws server_failed
  // when that process does not exist or does not listen there, or the server does not answer.
  attached_server(std::string name, std::string base, std::optional<pid_t> pid, const std::string& probe);

  const std::string& name() const override { return name_; }
  std::string url(const std::string& path) const override { return load::url_at(base_, path); }
  const std::vector<pid_t>& metered() const override { return metered_; }
  const std::string& not_metered() const override { return not_metered_; }
  std::optional<std::string> congestion_control() const override { return std::nullopt; }
  void check_alive() override;
  exit_status stop() override { return {}; }

 private:
  void check_exists(pid_t) const;
  void find_processes(std::optional<pid_t>);

  std::string name_, base_;
  std::vector<pid_t> metered_;
  std::string not_metered_;
  std::optional<load::process> process_;  // the first of them
};

}  // namespace tvl::suite
