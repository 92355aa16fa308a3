// Baselines: lower bounds for the other primitives. A switch cheaper than a system call does not enter the kernel; a
// task cheaper than malloc and free does not allocate.

#include "bench/primitives/support/primitive.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace tvl::primitives {
namespace {

[[gnu::noinline]] int called(int i) {
  benchmark::DoNotOptimize(i);
  return i;
}

void call(benchmark::State& state) {
  timed(state, 1, [] { benchmark::DoNotOptimize(called(1)); });
}

// By syscall(), so that the C library cannot cache it.
void system_call(benchmark::State& state) {
  if (!same(state, ::syscall(SYS_getppid), static_cast<long>(::getppid()))) return;
  timed(state, 1, [] { ::syscall(SYS_getppid); });
}

void allocation(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  timed(state, 1, [bytes] {
    void* frame = std::malloc(bytes);
    benchmark::DoNotOptimize(frame);
    std::free(frame);
  });
}

// No events and no timeout: the cost per turn of a busy loop.
void epoll(benchmark::State& state) {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  std::array<epoll_event, 1> events;
  if (same(state, ::epoll_wait(fd, events.data(), 1, 0), 0))
    timed(state, 1, [&] { ::epoll_wait(fd, events.data(), 1, 0); });
  ::close(fd);
}

// Another thread wakes a loop this way.
void event(benchmark::State& state) {
  const int fd = ::eventfd(0, EFD_CLOEXEC);
  const auto there_and_back = [fd] {
    std::uint64_t value = 7;
    const bool written = ::write(fd, &value, sizeof value) == sizeof value;
    value = 0;
    return written && ::read(fd, &value, sizeof value) == sizeof value ? value : 0;
  };
  if (same(state, there_and_back(), std::uint64_t{7})) timed(state, 1, there_and_back);
  ::close(fd);
}

TVL_PRIMITIVE(baseline) {
  p.add("baseline/baseline/call", call);
  p.add("baseline/baseline/system_call", system_call);
  p.add("baseline/baseline/malloc_free", allocation, {128, 512, 1024});  // bytes, as a coroutine's frame
  p.add("baseline/baseline/epoll_wait", epoll);
  p.add("baseline/baseline/eventfd", event);
}

}  // namespace
}  // namespace tvl::primitives
