// For LD_PRELOAD: the time of day is in 1971, whatever it is. Durations are right.

#include <sys/syscall.h>
#include <unistd.h>

#include <time.h>

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const long failed = syscall(SYS_clock_gettime, clock, now);
  constexpr time_t one_year = 365L * 24 * 3600, half_a_year = one_year / 2;
  if (clock == CLOCK_REALTIME && failed == 0) now->tv_sec = one_year + now->tv_sec % half_a_year;
  return static_cast<int>(failed);
}

extern "C" time_t time(time_t* to) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (to != nullptr) *to = now.tv_sec;
  return now.tv_sec;
}
