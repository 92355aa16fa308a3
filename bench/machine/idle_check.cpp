#include "bench/machine/idle_check.hpp"

#include "bench/machine/host_noise.hpp"
#include "clients/load/analysis/verdict.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace tvl::suite {

bool idle_check::busy() const { return busy_share.value_or(0) > load::most_others(cores); }

idle_waiter::idle_waiter(double patience_s, busy_reader read, std::size_t cores)
    : patience_s_(patience_s), read_(std::move(read)), cores_(cores) {}

idle_check idle_waiter::wait(std::stop_token stop) {
  constexpr double retry_s = std::chrono::duration<double>(retry).count();
  const double patience_s = in_vain_ ? std::min(patience_s_, retry_s) : patience_s_;
  idle_check found{read_(look, stop), 0, cores_};
  while (found.busy() && found.waited_s < patience_s && !stop.stop_requested()) {
    found.busy_share = read_(retry, stop);
    found.waited_s += retry_s;
  }
  in_vain_ = found.busy();
  return found;
}

busy_reader read_busy(machine_files files, std::vector<int> cores) {
  return [files, measured = std::move(cores)](std::chrono::milliseconds time,
                                              const std::stop_token& stop) -> std::optional<double> {
    const auto ticks = [&] { return parse_cpu_ticks(files.text("/proc/stat").value_or(""), measured); };
    const auto counted = measured.empty() ? count_cpus(files.line("/sys/devices/system/cpu/online"))
                                          : std::optional<std::uint64_t>(measured.size());
    const auto begin = ticks();
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any().wait_for(lock, stop, time, [] { return false; });
    const auto load = counted ? load_between(begin, ticks(), *counted) : std::nullopt;
    return load ? std::optional(load->busy) : std::nullopt;
  };
}

}  // namespace tvl::suite
