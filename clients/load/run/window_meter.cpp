#include "clients/load/run/window_meter.hpp"

#include "clients/load/base/clock.hpp"

#include <algorithm>
#include <thread>
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
  now.host = read_host(watcher_.cores);
  if (watcher_.server) now.server = watcher_.server->read();
  now.services = read_all(watcher_.services);
  now.neighbours = read_all(watcher_.neighbours);
  now.generators = read_all(generators_);
  return now;
}

void window_meter::begin(std::int64_t window_begin) {
  window_begin_ = window_begin;
  begin_ = read();
  last_ = begin_.server;
}

void window_meter::sample(std::size_t row) {
  if (!watcher_.server) return;
  auto now = watcher_.server->read_cpu();
  samples_.push_back({row, row_of(*last_, now)});
  last_ = std::move(now);
}

timeline_row window_meter::row_of(const meter::reading& before, const meter::reading& now) const {
  timeline_row row;
  if (now.tree.empty()) return row;  // the server has ended
  // A window that was interrupted before its begin has no time of its own.
  row.sampled_s = static_cast<double>(std::max(now.at_ns - window_begin_, std::int64_t{0})) / 1e9;
  row.server_cpu = watcher_.server->cost(before, now, 0).cpu_share;
  meter::add_size(now, row);
  return row;
}

void window_meter::end() {
  end_ = read();
  if (!watcher_.server) return;
  at_end_ = row_of(*last_, *end_.server);
  if (watcher_.metered) watcher_.metered(*begin_.server, *end_.server);
}

void window_meter::read_memory() {
  if (watcher_.server) watcher_.server->read_memory(memory_);
}

void window_meter::add_samples(std::vector<timeline_row>& timeline) const {
  const auto add = [](const timeline_row& values, timeline_row& into) {
    into.sampled_s = values.sampled_s;
    into.server_cpu = values.server_cpu;
    into.rss = values.rss;
    into.threads = values.threads;
    into.descriptors = values.descriptors;
  };
  if (timeline.empty()) return;
  add(at_end_, timeline.back());
  // An interrupted window may have fewer rows, and a sample of its last one.
  for (const auto& s : samples_)
    if (s.index < timeline.size()) add(s.values, timeline[s.index]);
}

void window_meter::add_to(point& p) const {
  p.host.beside_other_work = watcher_.beside_other_work;
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
  add_samples(p.timeline);
  p.server = watcher_.server->cost(*begin_.server, *end_.server, p.replies);
  p.server.rss_bytes = memory_.rss_bytes;
  p.server.pss_bytes = memory_.pss_bytes;
  p.server.kernel_bytes = memory_.kernel_bytes;
  p.server.threads = memory_.threads;
  p.server.processes = memory_.processes;
  if (!begin_.server->cpu_ns || !end_.server->cpu_ns) return;
  p.host.cores = watcher_.cores.empty() ? std::thread::hardware_concurrency() : watcher_.cores.size();
  p.host.others_cpu_share = others_share(begin_.host, end_.host, ours + spent(*begin_.server, *end_.server));
}

}  // namespace tvl::load
