#include "bench/suite/processes/attached_server.hpp"

#include "bench/support/http_client.hpp"

#include <chrono>
#include <utility>

namespace tvl::suite {

using namespace std::chrono_literals;

attached_server::attached_server(std::string name, std::string base, std::optional<pid_t> pid, const std::string& probe)
    : name_(std::move(name)), base_(std::move(base)) {
  if (pid) {
    process_ = load::read_process(*pid);
    if (!process_) throw server_failed(name_ + ": there is no process " + std::to_string(*pid));
  }
  if (!http_answers(url(probe), 2s)) throw server_failed(name_ + " does not answer " + url(probe));
}

std::optional<pid_t> attached_server::pid() const { return process_ ? std::optional(process_->pid) : std::nullopt; }

void attached_server::check_alive() {
  if (!process_) return;
  const auto now = load::read_process(process_->pid);
  if (!now || !now->same_as(*process_) || now->state == 'Z') {
    throw server_failed(name_ + ": process " + std::to_string(process_->pid) + " has ended");
  }
}

}  // namespace tvl::suite
