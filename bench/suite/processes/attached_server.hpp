#pragma once
// A server that somebody else started: used, watched, and otherwise left alone. It is not pinned, not signalled and
// not stopped.

#include "bench/suite/processes/running_server.hpp"
#include "clients/load/meter/process_tree.hpp"

#include <optional>
#include <string>

namespace tvl::suite {

class attached : public running_server {
 public:
  // `base` is "http://HOST:PORT"; `probe` a path of it. Throws contestant_failed when there is no such process or
  // no answer.
  attached(std::string name, std::string base, std::optional<pid_t> pid, const std::string& probe);

  const std::string& name() const override { return name_; }
  std::string url(const std::string& path) const override { return base_ + path; }
  std::optional<pid_t> pid() const override;
  void check_alive() override;
  farewell stop() override { return {}; }

 private:
  std::string name_, base_;
  std::optional<load::process> process_;
};

}  // namespace tvl::suite
