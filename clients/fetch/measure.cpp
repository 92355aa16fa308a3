#include "clients/fetch/measure.hpp"

#include <sys/resource.h>

namespace tvl::fetch {
namespace {

std::chrono::microseconds length(const timeval& t) {
  return std::chrono::seconds(t.tv_sec) + std::chrono::microseconds(t.tv_usec);
}

rusage usage() {
  rusage now{};
  ::getrusage(RUSAGE_SELF, &now);  // exited threads included
  return now;
}

}  // namespace

measured measure(const way& w, const settings& s, const std::stop_token& stop, const job::listener& ended) {
  // Read once: a joined thread of an earlier way may still be listed for a moment.
  static const auto others = threads_now() - 1;
  job j(s, stop, ended);
  const auto cpu = usage();
  const auto begun = clock::now();
  w.run(j);
  measured m{.way = w.name, .wall = clock::now() - begun, .downloads = j.results()};
  const auto cpu_after = usage();
  m.user = length(cpu_after.ru_utime) - length(cpu.ru_utime);
  m.system = length(cpu_after.ru_stime) - length(cpu.ru_stime);
  m.threads = j.peak_threads() > others ? j.peak_threads() - others : 1;
  for (const auto& d : m.downloads) {
    m.bytes += d.bytes;
    if (d.how == download::end::none)
      ++m.not_done;
    else
      ++(d.how == download::end::ok ? m.ok : m.failed), m.own += d.time;
  }
  return m;
}

}  // namespace tvl::fetch
