#include "bench/machine/kernel_settings.hpp"

#include <cmath>
#include <cstdio>
#include <ctime>

namespace tvl::suite {
namespace {

using setting_value = std::optional<std::string>;

// "always [madvise] never" -> "madvise"
setting_value chosen(const setting_value& line) {
  const auto begin = line ? line->find('[') : std::string::npos;
  if (begin == std::string::npos) return std::nullopt;
  return line->substr(begin + 1, line->find(']', begin) - begin - 1);
}

host_fact congestion_control(const machine_files& files) {
  host_fact fact{"TCP congestion control", files.line("/proc/sys/net/ipv4/tcp_congestion_control")};
  // Measured on one machine, five interleaved rounds: BBR takes 2 % more CPU per request than cubic on a loop, 7 % with
  // a thread per connection.
  if (fact.value && *fact.value != "cubic")
    fact.warning =
        "costs another amount of CPU than cubic, the default of Linux: sysctl net.ipv4.tcp_congestion_control=cubic";
  return fact;
}

// The kernel's own words: "#1 SMP PREEMPT_DYNAMIC Debian ...". With PREEMPT_DYNAMIC the model is chosen at boot, and
// only debugfs tells which.
setting_value preemption(const machine_files& files) {
  if (const auto model = chosen(files.line("/sys/kernel/debug/sched/preempt"))) return model;
  const auto version = files.line("/proc/sys/kernel/version");
  if (!version) return std::nullopt;
  const auto begin = version->find("PREEMPT");
  return begin == std::string::npos ? "none or voluntary" : version->substr(begin, version->find(' ', begin) - begin);
}

// Kernel threads that sample which pages are in use.
setting_value damon(const machine_files& files) {
  bool any_thread = false;
  for (const auto& name : files.names("/proc")) {
    const auto command = files.line("/proc/" + name + "/comm");
    if (command.value_or("").starts_with("kdamond")) return "on";
    any_thread |= command.has_value();
  }
  return any_thread ? setting_value("off") : std::nullopt;
}

setting_value switched(const setting_value& line) {
  if (!line) return std::nullopt;
  return *line == "0" || *line == "0x0000" || *line == "N" ? "off" : "on";
}

setting_value stolen(const machine_files& files) {
  const auto ticks = parse_cpu_ticks(files.text("/proc/stat").value_or(""));
  if (!ticks || ticks->total == 0) return std::nullopt;
  char share[32];
  std::snprintf(share, sizeof share, "%.2f %% since boot",
                100 * static_cast<double>(ticks->steal) / static_cast<double>(ticks->total));
  return share;
}

// A coarse clock advances once per tick, so its resolution is 1 / HZ.
setting_value tick_rate() {
  timespec tick{};
  if (::clock_getres(CLOCK_MONOTONIC_COARSE, &tick) != 0 || tick.tv_nsec == 0) return std::nullopt;
  return std::to_string(std::lround(1e9 / static_cast<double>(tick.tv_nsec))) + " Hz";
}

}  // namespace

std::vector<host_fact> read_kernel_settings(const machine_files& files) {
  std::vector<host_fact> facts{congestion_control(files),
                               {"queueing discipline", files.line("/proc/sys/net/core/default_qdisc")}};
  for (const auto* name : {"tcp_autocorking", "tcp_fastopen", "tcp_moderate_rcvbuf", "tcp_notsent_lowat", "tcp_sack",
                           "tcp_slow_start_after_idle", "tcp_timestamps"})
    facts.push_back({name, files.line(std::string("/proc/sys/net/ipv4/") + name)});
  host_fact pages{"page sampling (DAMON)", damon(files)};
  if (pages.value == "on") pages.warning = "a kernel thread takes CPU time at any moment";
  facts.insert(facts.end(),
               {{"busy polling", files.line("/proc/sys/net/core/busy_poll")},
                {"preemption", preemption(files)},
                {"scheduler slice", files.line("/sys/kernel/debug/sched/base_slice_ns")},
                {"scheduler autogroups", switched(files.line("/proc/sys/kernel/sched_autogroup_enabled"))},
                {"scheduler extension (sched_ext)", files.line("/sys/kernel/sched_ext/state")},
                {"timer tick", tick_rate()},
                {"clock source", files.line("/sys/devices/system/clocksource/clocksource0/current_clocksource")},
                {"same-page merging (KSM)", switched(files.line("/sys/kernel/mm/ksm/run"))},
                pages,
                {"multi-generation LRU", switched(files.line("/sys/kernel/mm/lru_gen/enabled"))},
                {"stolen time", stolen(files)},
                {"microcode", files.field("/proc/cpuinfo", "microcode", ':')}});
  return facts;
}

}  // namespace tvl::suite
