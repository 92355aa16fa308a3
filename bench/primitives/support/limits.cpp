#include "bench/primitives/support/limits.hpp"

#include "bench/machine/resource_limits.hpp"
#include "clients/load/plan/source_addresses.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace tvl::primitives {
namespace {

std::string too_much(std::uint64_t wanted, const std::string& what, const std::string& limit, std::uint64_t there) {
  return "skipped: " + std::to_string(wanted) + " " + what + " need more than " + limit + " " + std::to_string(there);
}

std::string too_many_threads(const std::vector<suite::limit>& limits, std::uint64_t threads) {
  for (const auto& l : limits)
    if (l.sure && l.threads && *l.threads < threads)
      return too_much(threads, "threads", l.name, l.value.value_or(0)) + ", which leaves " + std::to_string(*l.threads);
  return "";
}

std::string too_many_descriptors(std::uint64_t wanted) {
  const auto open = std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  const auto most = load::claim_budget(0).open_files;
  const bool fit = wanted + static_cast<std::uint64_t>(open) <= most;
  return fit ? "" : too_much(wanted, "descriptors", "RLIMIT_NOFILE", most);
}

// The sizes are estimates, so a quarter stays unused.
std::string too_many_bytes(const std::vector<suite::limit>& limits, std::uint64_t bytes) {
  for (const auto& l : limits) {
    const bool of_memory = l.name == "MemAvailable" || l.name == "cgroup memory.max";
    if (of_memory && l.value && *l.value != suite::unlimited && *l.value / 4 * 3 < bytes)
      return too_much(bytes, "bytes", "3/4 of " + l.name, *l.value);
  }
  return "";
}

}  // namespace

std::string lacking(const resources& wanted) {
  const auto limits = suite::read_limits(suite::machine_files());
  for (const auto& why : {too_many_threads(limits, wanted.threads), too_many_descriptors(wanted.descriptors),
                          too_many_bytes(limits, wanted.bytes)})
    if (!why.empty()) return why;
  return "";
}

bool fits(benchmark::State& state, const resources& wanted) {
  const auto why = lacking(wanted);
  if (why.empty()) return true;
  state.SkipWithError(why.c_str());
  return false;
}

}  // namespace tvl::primitives
