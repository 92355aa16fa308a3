#include "bench/primitives/support/footprint.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <malloc.h>
#include <string>
#include <string_view>

// By default TSan ends a forked child of a multi-threaded parent that starts threads. Unused in other builds.
extern "C" const char* __tsan_default_options() { return "die_after_fork=0"; }  // NOLINT(bugprone-reserved-identifier)

namespace tvl::primitives {
namespace {

std::int64_t kibibytes(const char* file, std::string_view key) {
  std::ifstream in(file);
  for (std::string word; in >> word;) {
    std::int64_t value = 0;
    if (word == key && in >> value) return value << 10;
  }
  return 0;
}

footprint present(std::int64_t items) {
  const auto heap = ::mallinfo2();
  return {items, static_cast<std::int64_t>(heap.uordblks + heap.hblkhd), kibibytes("/proc/self/smaps_rollup", "Rss:"),
          kibibytes("/proc/self/status", "VmPTE:") + kibibytes("/proc/meminfo", "KernelStack:")};
}

footprint operator-(const footprint& a, const footprint& b) {
  return {a.items - b.items, a.heap - b.heap, a.resident - b.resident, a.kernel - b.kernel};
}

}  // namespace

std::optional<footprint> taken_in_a_child(const std::function<void(const std::function<void(std::int64_t)>&)>& make) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) return std::nullopt;
  const pid_t child = ::fork();
  if (child == 0) {
    ::malloc_trim(0);  // otherwise freed memory would be reused
    const auto before = present(0);
    make([&](std::int64_t items) {
      const auto taken = present(items) - before;
      ::_exit(::write(pipe[1], &taken, sizeof taken) == sizeof taken ? 0 : 1);
    });
    ::_exit(1);
  }
  ::close(pipe[1]);
  footprint taken;
  const bool whole = ::read(pipe[0], &taken, sizeof taken) == sizeof taken;
  ::close(pipe[0]);
  if (child > 0) ::waitpid(child, nullptr, 0);
  if (!whole) return std::nullopt;
  return taken;
}

double slope(const std::vector<footprint>& sizes, std::int64_t footprint::*of) {
  const auto number = static_cast<double>(sizes.size());
  double items = 0, bytes = 0, both = 0, squares = 0;
  for (const auto& s : sizes) {
    items += static_cast<double>(s.items) / number;
    bytes += static_cast<double>(s.*of) / number;
  }
  for (const auto& s : sizes) {
    const double from_mean = static_cast<double>(s.items) - items;
    both += from_mean * (static_cast<double>(s.*of) - bytes);
    squares += from_mean * from_mean;
  }
  return both / squares;
}

}  // namespace tvl::primitives
