#include "clients/load/run/window_meter.hpp"

#include "clients/load/base/clock.hpp"

#include <utility>

namespace tvl::load {
namespace {

std::vector<meter::reading> read_all(const std::vector<const meter*>& meters) {
  std::vector<meter::reading> all;
  for (const auto* m : meters) all.push_back(m->read());
  return all;
}

// CPU time between two readings; none = unknown.
std::int64_t spent(const meter::reading& begin, const meter::reading& end) {
  return begin.cpu_ns && end.cpu_ns ? *end.cpu_ns - *begin.cpu_ns : 0;
}

}  // namespace

window_meter::window_meter(const watcher& w, std::vector<const meter*> generators)
    : watcher_(w), generators_(std::move(generators)), takes_(clock_now()) {
  read();
  takes_ = clock_now() - takes_;
}

window_meter::reading window_meter::read() const {
  reading now;
  now.host = read_host();
  if (watcher_.server) now.server = watcher_.server->read();
  now.services = read_all(watcher_.services);
  now.neighbours = read_all(watcher_.neighbours);
  now.generators = read_all(generators_);
  return now;
}

void window_meter::begin() {
  begin_ = read();
  last_ = begin_.server;
}

void window_meter::end_second(second& row) {
  if (!watcher_.server) return;
  const auto now = watcher_.server->read_cpu();
  row.server_cpu = watcher_.server->cost(*last_, now, 0).cpu_share;
  meter::add_size(now, row);
  last_ = now;
}

void window_meter::end() { end_ = read(); }

void window_meter::read_memory() {
  if (watcher_.server) watcher_.server->read_memory(memory_);
}

void window_meter::add_to(point& p) const {
  std::int64_t ours = 0;
  for (std::size_t i = 0; i < watcher_.services.size(); ++i) {
    const auto &begin = begin_.services[i], &end = end_.services[i];
    p.services_cpu_share.push_back(watcher_.services[i]->cost(begin, end, 0).cpu_share);
    if (p.services_cpu_share.back()) ours += spent(begin, end);
  }
  const auto add = [&](const std::vector<meter::reading>& begin, const std::vector<meter::reading>& end) {
    for (std::size_t i = 0; i < begin.size(); ++i) ours += spent(begin[i], end[i]);
  };
  add(begin_.neighbours, end_.neighbours);
  add(begin_.generators, end_.generators);
  if (!watcher_.server) return;
  p.server = watcher_.server->cost(*begin_.server, *end_.server, p.replies);
  p.server.rss_bytes = memory_.rss_bytes;
  p.server.pss_bytes = memory_.pss_bytes;
  p.server.kernel_bytes = memory_.kernel_bytes;
  p.server.threads = memory_.threads;
  p.server.processes = memory_.processes;
  if (!begin_.server->cpu_ns || !end_.server->cpu_ns) return;
  p.host.others_cpu_share = others_share(begin_.host, end_.host, ours + spent(*begin_.server, *end_.server));
}

}  // namespace tvl::load
