#include "bench/suite/planning/command_values.hpp"

#include "clients/load/plan/process_shares.hpp"

namespace tvl::suite {

command_values::command_values(const manifest& m, const scheduled& s, const load::plan& p, int server_cores)
    : m_(m), connections_(static_cast<int>(load::connections_of(p))), active_(connections_ - p.crowd.connections()) {
  for (const auto& [name, standard] : standards(m, server_cores)) {
    const auto* given = tvl::suite::find(s.settings, name);
    const auto& text = (given != nullptr ? *given : standard).text;
    texts_[name] = text == one_each ? std::to_string(connections_) : text;
  }
}

int command_values::processes() const { return takes(m_, "processes") && !m_.one_process ? number("processes") : 1; }

int command_values::threads() const {
  if (m_.model == "threads") return connections_;
  return processes() * (takes(m_, "threads") ? number("threads") : 1);
}

concurrency_slots command_values::slots() const {
  concurrency_slots r{active_};
  // Every process (in asio_loops: every loop) has its own connection pool; every process has its own executor.
  const int parts = takes(m_, "processes") ? number("processes") : 1;
  if (takes(m_, "pool")) r.pool = parts * number("pool");
  if (takes(m_, "offload_threads")) r.offload_threads = processes() * number("offload_threads");
  // In other models a thread serves many requests at once, or every connection has a thread.
  if (m_.model != "pool" && m_.model != "prefork") return r;
  for (const std::string name : {"threads", "processes"}) {
    if (takes(m_, name)) r.threads = r.threads.value_or(1) * number(name);
  }
  return r;
}

}  // namespace tvl::suite
