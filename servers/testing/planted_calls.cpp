// For `tvl-results known-costs`: loaded before a server (LD_PRELOAD), it makes more system calls of one kind before
// each recv(), so that a profile has to show them in their class.
//
//   TVL_PLANTED=futex:8   kind (nothing: a call that does not exist; sched_yield; futex) and how often
//
// A futex call waits for 128 words of which the last has already changed. So it queues at 127, leaves them again and
// returns: its own work is many times that of entering the kernel, which a single wake-up's is not.

#include <linux/futex.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

namespace {

struct planted {
  long number = 4095;
  int times = 0;
};

planted read_environment() {
  planted p;
  const char* text = std::getenv("TVL_PLANTED");
  const char* colon = text ? std::strchr(text, ':') : nullptr;
  if (colon == nullptr) return p;
  if (std::strncmp(text, "sched_yield", 11) == 0) p.number = SYS_sched_yield;
  if (std::strncmp(text, "futex", 5) == 0) p.number = SYS_futex_waitv;
  p.times = std::atoi(colon + 1);
  return p;
}

std::array<std::uint32_t, FUTEX_WAITV_MAX> words{};

std::array<futex_waitv, FUTEX_WAITV_MAX> last_has_changed() {
  std::array<futex_waitv, FUTEX_WAITV_MAX> waits{};
  for (std::size_t i = 0; i < waits.size(); ++i) {
    waits[i].uaddr = reinterpret_cast<std::uintptr_t>(&words[i]);
    waits[i].flags = FUTEX_32 | FUTEX_PRIVATE_FLAG;
  }
  waits.back().val = 1;
  return waits;
}

}  // namespace

extern "C" ssize_t recv(int fd, void* buffer, size_t size, int flags) {
  static const planted p = read_environment();
  static const auto real = reinterpret_cast<ssize_t (*)(int, void*, size_t, int)>(dlsym(RTLD_NEXT, "recv"));
  static auto waits = last_has_changed();
  for (int i = 0; i < p.times; ++i) syscall(p.number, waits.data(), waits.size(), 0, nullptr, 0);
  return real(fd, buffer, size, flags);
}
