#include "bench/suite/planning/command_values.hpp"

#include "clients/load/plan/process_shares.hpp"

namespace tvl::suite {

filling::filling(const manifest& m, const scheduled& s, const load::plan& p, int server_cores)
    : m_(m), connections_(static_cast<int>(load::connections_of(p))), active_(connections_ - p.crowd.connections()) {
  for (const auto& [name, standard] : standards(m, server_cores)) {
    const auto* given = tvl::suite::find(s.settings, name);
    const auto& text = (given != nullptr ? *given : standard).text;
    texts_[name] = text == one_each ? std::to_string(connections_) : text;
  }
}

int filling::processes() const { return takes(m_, "processes") && !m_.one_process ? number("processes") : 1; }

int filling::threads() const {
  if (m_.model == "threads") return connections_;
  return processes() * (takes(m_, "threads") ? number("threads") : 1);
}

room filling::at_once() const {
  room r{active_};
  // Each process (of asio_loops: each loop) has a pool of its own, each process an executor.
  const int parts = takes(m_, "processes") ? number("processes") : 1;
  if (takes(m_, "pool")) r.pool = parts * number("pool");
  if (takes(m_, "offload_threads")) r.offload_threads = processes() * number("offload_threads");
  // Of other models one thread serves many requests at once, or there are as many as connections.
  if (m_.model != "pool" && m_.model != "prefork") return r;
  for (const std::string name : {"threads", "processes"}) {
    if (takes(m_, name)) r.threads = r.threads.value_or(1) * number(name);
  }
  return r;
}

}  // namespace tvl::suite
