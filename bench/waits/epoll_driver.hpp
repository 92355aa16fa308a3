#pragma once
// Event loop of the bare ways: level-triggered epoll only.

#include "clients/load/base/descriptor.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <system_error>

namespace tvl::bench {

class epoll_driver {
 public:
  epoll_driver() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) { check(epoll_.get()); }

  // `events` as in epoll_ctl(); wait() passes `mark` to identify the descriptor.
  void add(int fd, std::uint32_t events, std::uint64_t mark) { control(EPOLL_CTL_ADD, fd, events, mark); }
  void change(int fd, std::uint32_t events, std::uint64_t mark) { control(EPOLL_CTL_MOD, fd, events, mark); }
  void remove(int fd) { control(EPOLL_CTL_DEL, fd, 0, 0); }

  // Waits at most `ms`, -1 = for ever; then calls ready(mark, events) for each ready descriptor.
  template <class F>
  void wait(int ms, F ready) {
    std::array<epoll_event, 128> events;  // as many as Boost.Asio's loop takes at once
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), ms);
    if (count < 0 && errno == EINTR) return;
    check(count);
    for (int i = 0; i < count; ++i) {
      const auto& e = events[static_cast<std::size_t>(i)];
      ready(e.data.u64, e.events);
    }
  }

 private:
  static void check(int result) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), "epoll");
  }
  void control(int what, int fd, std::uint32_t events, std::uint64_t mark) {
    epoll_event e{};
    e.events = events;
    e.data.u64 = mark;
    check(::epoll_ctl(epoll_.get(), what, fd, &e));
  }

  load::descriptor epoll_;
};

}  // namespace tvl::bench
