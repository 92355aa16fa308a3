#include "servers/drivers/websocket/blocking_send_queue.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>

namespace tvl::waits::blocking {

send_queue::send_queue(runtime::peer& p) : out_(p) {}

send_queue::~send_queue() {
  if (wakeup_ >= 0) ::close(wakeup_);
}

void send_queue::allow_other_threads() {
  wakeup_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wakeup_ < 0) out_.close(close_code::try_again_later);
}

void send_queue::notify_if(bool something_left) const {
  if (something_left && wakeup_ >= 0) ::eventfd_write(wakeup_, 1);
}

void send_queue::wait(input when, bool may_wait) {
  for (;;) {
    const bool left = out_.waiting();
    if (!left && may_wait && wakeup_ < 0) return;
    const int input = left && when == input::behind_output ? 0 : POLLIN;
    const int output = left ? POLLOUT : 0;
    std::array<pollfd, 2> both{
        {{peer().socket().native_handle(), static_cast<short>(input | output), 0}, {wakeup_, POLLIN, 0}}};
    if (::poll(both.data(), both.size(), -1) < 0) continue;  // EINTR
    if (both[1].revents != 0) {
      eventfd_t count = 0;
      ::eventfd_read(wakeup_, &count);
    }
    if (left || both[1].revents != 0) out_.flush();
    if ((both[0].revents & ~POLLOUT) != 0) return;
  }
}

}  // namespace tvl::waits::blocking
