#include "servers/runtime/epoll_loop.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace tvl::runtime {

epoll_loop::epoll_loop() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
}

epoll_loop::~epoll_loop() { ::close(epoll_); }

epoll_loop::socket::socket(epoll_loop& loop, int fd) : loop_(loop), fd_(fd) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = this;
  if (::epoll_ctl(loop.epoll_, EPOLL_CTL_ADD, fd, &event) != 0)
    throw std::system_error(errno, std::system_category(), "epoll_ctl");
  ++loop.sockets_;
}

epoll_loop::socket::~socket() {
  ::epoll_ctl(loop_.epoll_, EPOLL_CTL_DEL, fd_, nullptr);
  --loop_.sockets_;
}

void epoll_loop::run() {
  while (sockets_ > 0 || !sleepers_.empty()) {
    poll();
    wake_sleepers();
  }
}

void epoll_loop::poll() {
  timespec timeout{};
  if (!sleepers_.empty()) {
    const auto left = std::max(sleepers_.top().due - clock::now(), clock::duration::zero());
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
    timeout = {whole.count(), std::chrono::nanoseconds(left - whole).count()};
  }
  std::array<epoll_event, 256> events;
  const int n = ::epoll_pwait2(epoll_, events.data(), events.size(), sleepers_.empty() ? nullptr : &timeout, nullptr);
  for (int i = 0; i < n; ++i) {
    // A resumed coroutine ends or waits again; it destroys only its own socket, so the remaining events stay valid.
    auto& s = *static_cast<socket*>(events[static_cast<std::size_t>(i)].data.ptr);
    s.seen_ |= events[static_cast<std::size_t>(i)].events;
    if (s.waiting_ && s.is_ready()) std::exchange(s.waiting_, nullptr).resume();
  }
}

void epoll_loop::wake_sleepers() {
  // One reading of the clock: a sleeper that sleeps again must not starve the sockets.
  for (const auto now = clock::now(); !sleepers_.empty() && sleepers_.top().due <= now;) {
    const auto coroutine = sleepers_.top().coroutine;
    sleepers_.pop();
    coroutine.resume();
  }
}

}  // namespace tvl::runtime
