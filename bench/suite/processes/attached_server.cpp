#include "bench/suite/processes/attached_server.hpp"

#include "bench/suite/processes/readiness.hpp"
#include "clients/load/meter/server_processes.hpp"
#include "clients/load/protocol/url.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace tvl::suite {

using namespace std::chrono_literals;

attached_server::attached_server(std::string name, std::string base, std::optional<pid_t> pid, const std::string& probe)
    : name_(std::move(name)), base_(std::move(base)) {
  if (pid) check_exists(*pid);
  const auto answer = ask(url(probe), 2s);
  if (!answer.ready) {
    throw server_failed(name_ + " does not answer " + url(probe) +
                        (answer.instead.empty() ? "" : ": " + answer.instead));
  }
  find_processes(pid);
  if (!metered_.empty()) process_ = load::read_process(metered_.front());
}

void attached_server::check_exists(pid_t pid) const {
  if (!load::read_process(pid)) throw server_failed(name_ + ": there is no process " + std::to_string(pid));
}

void attached_server::find_processes(std::optional<pid_t> pid) {
  auto where = load::parse_url(base_, true);
  where.choose_address();
  const auto found = pid ? load::processes_below(*pid, where.address, where.port)
                         : load::processes_listening_at(where.address, where.port);
  if (pid && found.roots.empty()) throw server_failed(name_ + ": " + found.why_none);
  metered_ = found.roots;
  if (!found.why_none.empty()) not_metered_ = "has no CPU and memory figures: " + found.why_none;
}

void attached_server::check_alive() {
  if (!process_) return;
  const auto now = load::read_process(process_->pid);
  if (!now || !now->same_as(*process_) || now->state == 'Z') {
    throw server_failed(name_ + ": process " + std::to_string(process_->pid) + " has ended");
  }
}

}  // namespace tvl::suite
