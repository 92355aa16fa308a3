#pragma once
// What a server process holds, from /proc.

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <thread>

namespace tvl::conformance {

struct usage {
  std::ptrdiff_t descriptors = 0;
  std::ptrdiff_t threads = 0;
  bool within(const usage& other) const { return descriptors <= other.descriptors && threads <= other.threads; }
};
inline std::ostream& operator<<(std::ostream& to, const usage& u) {
  return to << u.descriptors << " descriptors and " << u.threads << " threads";
}

// Its children's included.
inline usage usage_of(pid_t process) {
  const auto folder = "/proc/" + std::to_string(process);
  const auto count = [&](const char* what) {
    const std::filesystem::directory_iterator all(folder + what);
    return std::distance(begin(all), end(all));
  };
  usage sum{count("/fd"), count("/task")};
  std::ifstream children(folder + "/task/" + std::to_string(process) + "/children");
  for (pid_t child = 0; children >> child;) {
    const auto its = usage_of(child);
    sum.descriptors += its.descriptors;
    sum.threads += its.threads;
  }
  return sum;
}

// AddressSanitizer keeps what was freed, some hundred MB of it.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool frees_late = true;
#elif defined(__has_feature)
inline constexpr bool frees_late = __has_feature(address_sanitizer);
#else
inline constexpr bool frees_late = false;
#endif

inline long resident_kib(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string word; status >> word;) {
    long kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib;
  }
  return -1;
}

// Until it is so; false after half a minute.
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
