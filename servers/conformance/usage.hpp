#pragma once
// Resources of a server process, from /proc.

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tvl::conformance {

struct usage {
  std::ptrdiff_t descriptors = 0;
  std::ptrdiff_t threads = 0;
  bool operator==(const usage&) const = default;
  bool within(const usage& other) const { return descriptors <= other.descriptors && threads <= other.threads; }
};
inline std::ostream& operator<<(std::ostream& to, const usage& u) {
  return to << u.descriptors << " descriptors and " << u.threads << " threads";
}

inline std::vector<pid_t> children_of(pid_t process) {
  const auto id = std::to_string(process);
  std::ifstream children("/proc/" + id + "/task/" + id + "/children");
  return {std::istream_iterator<pid_t>(children), {}};
}

// Including its children.
inline usage usage_of(pid_t process) {
  const auto folder = "/proc/" + std::to_string(process);
  const auto count = [&](const char* what) {
    const std::filesystem::directory_iterator all(folder + what);
    return std::distance(begin(all), end(all));
  };
  usage sum{count("/fd"), count("/task")};
  for (const pid_t child : children_of(process)) {
    const auto its = usage_of(child);
    sum.descriptors += its.descriptors;
    sum.threads += its.threads;
  }
  return sum;
}

// Waits until it is stable: a ready server may still be starting threads, a busy one ending some.
inline usage settled_usage_of(pid_t process) {
  using namespace std::chrono_literals;
  auto last = usage_of(process);
  for (int same = 0; same < 5;) {
    std::this_thread::sleep_for(50ms);
    const auto now = usage_of(process);
    same = now == last ? same + 1 : 0;
    last = now;
  }
  return last;
}

// AddressSanitizer keeps freed memory, some hundred MB; ThreadSanitizer a few KiB for every connection's socket, thread
// and memory. The server's sanitizers; these tests have none.
inline constexpr std::string_view sanitizers = TVL_SANITIZE;
inline constexpr bool frees_late = sanitizers.find("address") != sanitizers.npos;
inline constexpr bool keeps_history = sanitizers.find("thread") != sanitizers.npos;

// Including its children; 0 for an ended process.
inline long resident_kib(pid_t process) {
  const auto folder = "/proc/" + std::to_string(process);
  std::ifstream status(folder + "/status");
  long kib = 0;
  for (std::string word; status >> word;)
    if (word == "VmRSS:" && status >> kib) break;
  for (const pid_t child : children_of(process)) kib += resident_kib(child);
  return kib;
}

// Polls until it holds; false after half a minute.
template <class Condition>
bool eventually(Condition condition) {
  using namespace std::chrono_literals;
  const auto end = std::chrono::steady_clock::now() + 30s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(10ms);
  }
  return true;
}

}  // namespace tvl::conformance
