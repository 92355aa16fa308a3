#include "clients/load/meter/meter.hpp"

#include "clients/load/meter/taskstats.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <time.h>

namespace tvl::load {

namespace {

using member = meter::reading::member;

// THREAD_SIZE of Linux on x86-64 and arm64 (without KASAN), as /proc/meminfo's KernelStack counts it per thread.
#if defined(__x86_64__) || defined(__aarch64__)
constexpr std::optional<std::uint64_t> kernel_stack_bytes = 16 * 1024;
#else
constexpr std::optional<std::uint64_t> kernel_stack_bytes;
#endif

std::int64_t now_ns() { return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::optional<std::int64_t> cpu_clock_ns(pid_t pid) {
  clockid_t clock{};
  timespec t{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0) return std::nullopt;
  return t.tv_sec * 1'000'000'000 + t.tv_nsec;
}

// No member has ended or was waited for since its `who` was read, so each nanosecond is counted exactly once.
bool unchanged(const std::vector<member>& tree) {
  return std::all_of(tree.begin(), tree.end(), [](const member& m) {
    const auto again = read_process(m.who.pid);
    return again && again->same_as(m.who) && again->waited_faults == m.who.waited_faults;
  });
}

bool read_cpu_once(const std::vector<pid_t>& roots, meter::reading& r) {
  r.tree.clear();
  for (const auto& who : process_trees(roots)) r.tree.push_back({who, 0});
  r.at_ns = now_ns();
  r.cpu_ns.reset();
  if (r.tree.empty()) return true;

  std::int64_t sum = 0;
  for (auto& m : r.tree) {
    const auto cpu = cpu_clock_ns(m.who.pid);
    if (!cpu) return false;
    m.cpu_ns = *cpu;
    sum += m.cpu_ns + m.who.waited_cpu_ns;
  }
  r.cpu_ns = sum;
  return unchanged(r.tree);
}

std::optional<living_threads> threads_of(const std::vector<member>& tree) {
  living_threads all;
  for (const auto& m : tree) {
    const auto threads = read_threads(m.who.pid);
    if (!threads) return std::nullopt;
    all.ids.insert(all.ids.end(), threads->ids.begin(), threads->ids.end());
    all.cpu_ns += threads->cpu_ns;
    add(all.counts, threads->counts);
  }
  std::sort(all.ids.begin(), all.ids.end());
  return all;
}

void read_scheduling(meter::reading& r) {
  constexpr std::uint64_t few_threads = 64;  // three files each
  if (r.tree.empty()) return;
  r.counts = no_counts_yet;
  std::uint64_t threads = 0;
  for (const auto& m : r.tree) {
    add(r.counts, taskstats_counts(m.who.pid));
    threads += m.who.threads;
  }
  if (threads <= few_threads || !r.counts.voluntary || !r.counts.slices) r.threads = threads_of(r.tree);
}

void read_all_faults(meter::reading& r) {
  page_faults sum;
  for (const auto& m : r.tree) {
    const auto faults = read_faults(m.who.pid);
    if (!faults) return;
    add(sum, *faults);
  }
  r.faults = sum;
}

const member* find(const std::vector<member>& tree, const process& who) {
  const auto it = std::find_if(tree.begin(), tree.end(), [&who](const member& m) { return m.who.same_as(who); });
  return it == tree.end() ? nullptr : &*it;
}

bool same_root(const meter::reading& begin, const meter::reading& end) {
  return begin.cpu_ns && end.cpu_ns && begin.tree.front().who.same_as(end.tree.front().who);
}

std::optional<std::int64_t> cpu_between(const meter::reading& begin, const meter::reading& end) {
  if (!same_root(begin, end)) return std::nullopt;
  std::int64_t gone = 0;
  for (const auto& m : begin.tree)
    if (!find(end.tree, m.who)) gone += m.cpu_ns + m.who.waited_cpu_ns;
  std::int64_t inherited = 0, rounding = 0;
  for (const auto& m : end.tree) {
    const auto* earlier = find(begin.tree, m.who);
    inherited += m.who.waited_cpu_ns - (earlier ? earlier->who.waited_cpu_ns : 0);
    rounding += 2 * tick_ns;
  }
  if (gone > inherited + rounding || *end.cpu_ns < *begin.cpu_ns) return std::nullopt;
  return *end.cpu_ns - *begin.cpu_ns;
}

bool a_process_ended(const meter::reading& begin, const meter::reading& end) {
  for (const auto& m : begin.tree)
    if (!find(end.tree, m.who)) return true;
  return std::any_of(end.tree.begin(), end.tree.end(), [&begin](const member& m) {
    const auto* earlier = find(begin.tree, m.who);
    return m.who.waited_faults != (earlier ? earlier->who.waited_faults : 0);
  });
}

// The living threads account for all that was counted if they are the same at both readings and no thread started and
// ended in between: its CPU time would be the process's but not theirs. 2 % allows for reading them one by one.
bool no_thread_ended(const meter::reading& begin, const meter::reading& end, std::int64_t cpu_ns) {
  if (!begin.threads || !end.threads || begin.threads->ids != end.threads->ids) return false;
  return static_cast<double>(end.threads->cpu_ns - begin.threads->cpu_ns) >= 0.98 * static_cast<double>(cpu_ns);
}

// Counts of the window, in which no process ended.
scheduling_counts counts_between(const meter::reading& begin, const meter::reading& end, std::int64_t cpu_ns) {
  const auto counts = difference(begin.counts, end.counts);
  if (!no_thread_ended(begin, end, cpu_ns)) return counts;
  return completed(counts, difference(begin.threads->counts, end.threads->counts));
}

std::optional<std::uint64_t> kib(const std::optional<std::string>& text, std::string_view key) {
  const auto value = text ? proc_field(*text, key) : std::nullopt;
  return value ? std::optional(*value * 1024) : std::nullopt;
}

}  // namespace

meter::reading meter::read() const {
  auto r = read_cpu();
  if (!r.cpu_ns) return r;
  read_scheduling(r);
  read_all_faults(r);
  return r;
}

meter::reading meter::read_cpu() const {
  reading r;
  // A server that forks for each request may change during several readings in a row.
  for (int attempt = 0; attempt < 20; ++attempt)
    if (read_cpu_once(roots_, r)) return r;
  r.cpu_ns.reset();
  return r;
}

void meter::read_memory(server_cost& into) const {
  std::optional<std::uint64_t> rss = 0, pss = 0, kernel = 0, threads = 0;
  std::uint64_t processes = 0;
  for (const auto& p : process_trees(roots_)) {
    const auto folder = "/proc/" + std::to_string(p.pid);
    const auto status = read_proc(folder + "/status");
    const auto resident = kib(status, "VmRSS");
    if (!resident) continue;  // ended: it has no memory
    const auto its_threads = proc_field(*status, "Threads");
    add(rss, resident);
    add(pss, kib(read_proc(folder + "/smaps_rollup"), "Pss"));
    add(threads, its_threads);
    add(kernel, kib(status, "VmPTE"));
    add(kernel, its_threads && kernel_stack_bytes ? std::optional(*its_threads * *kernel_stack_bytes) : std::nullopt);
    ++processes;
  }
  if (processes == 0) return;
  into.rss_bytes = rss;
  into.pss_bytes = pss;
  into.kernel_bytes = kernel;
  into.threads = threads;
  into.processes = processes;
}

void meter::add_size(const reading& r, timeline_row& row) {
  constexpr std::size_t most_processes = 1000;
  if (r.tree.empty()) return;
  row.rss = 0;
  row.threads = 0;
  if (r.tree.size() <= most_processes) row.descriptors = 0;
  for (const auto& m : r.tree) {
    if (m.who.state == 'Z') continue;
    add(row.rss, std::optional(m.who.rss_bytes));
    add(row.threads, std::optional(m.who.threads));
    if (row.descriptors) add(row.descriptors, count_descriptors(m.who.pid));
  }
}

server_cost meter::cost(const reading& begin, const reading& end, std::uint64_t replies) const {
  server_cost c;
  const auto cpu_ns = cpu_between(begin, end);
  if (!cpu_ns || end.at_ns <= begin.at_ns) return c;
  c.cpu_share = static_cast<double>(*cpu_ns) / static_cast<double>(end.at_ns - begin.at_ns);
  if (replies == 0) return c;
  c.cpu_us_per_request = static_cast<double>(*cpu_ns) / 1000 / static_cast<double>(replies);

  if (a_process_ended(begin, end)) return c;
  const auto per_request = [replies](std::optional<std::uint64_t> count) -> std::optional<double> {
    if (!count) return std::nullopt;
    return static_cast<double>(*count) / static_cast<double>(replies);
  };
  const auto counts = counts_between(begin, end, *cpu_ns);
  c.switches_per_request = {per_request(counts.voluntary), per_request(counts.involuntary)};
  c.slices_per_request = per_request(counts.slices);
  c.migrations_per_request = per_request(counts.migrations);
  if (const auto waited_ns = per_request(counts.waited_ns)) c.run_queue_us_per_request = *waited_ns / 1000;
  if (!begin.faults || !end.faults) return c;
  c.faults_per_request = {per_request(end.faults->minor - begin.faults->minor),
                          per_request(end.faults->major - begin.faults->major)};
  return c;
}

}  // namespace tvl::load
