// For LD_PRELOAD: half a second after a program has started, its wall clock steps back by an hour. The monotonic clock
// is as it is, and so is the machine's.

#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <time.h>

namespace {

constexpr time_t hour = 3600;
timespec begin{};  // 0 = not started: what runs before sees no step

int real(clockid_t clock, timespec* into) {
  return static_cast<int>(::syscall(SYS_clock_gettime, clock, into));  // dlsym() allocates, under a sanitizer's lock
}

[[gnu::constructor]] void start() { real(CLOCK_MONOTONIC, &begin); }

bool has_stepped() {
  timespec now{};
  real(CLOCK_MONOTONIC, &now);
  return begin.tv_sec > 0 && now.tv_sec - begin.tv_sec + (now.tv_nsec - begin.tv_nsec) * 1e-9 > 0.5;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* into) noexcept {
  const int result = real(clock, into);
  const bool is_wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  if (result == 0 && is_wall && has_stepped()) into->tv_sec -= hour;
  return result;
}

extern "C" int gettimeofday(timeval* into, void*) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *into = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

extern "C" time_t time(time_t* into) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (into != nullptr) *into = now.tv_sec;
  return now.tv_sec;
}
