#include "servers/waits/blocking/client_watch.hpp"

#include <algorithm>
#include <array>

namespace tvl::waits::blocking {
namespace {

timespec time_left(clock::time_point until) {
  const auto left = std::max<std::chrono::nanoseconds>(until - clock::now(), std::chrono::nanoseconds(0));
  return {static_cast<std::time_t>(left / std::chrono::seconds(1)), (left % std::chrono::seconds(1)).count()};
}

}  // namespace

bool wait(runtime::peer& p, clock::time_point until, pollfd ready) {
  // In a drain the server itself has ended the input: then poll without POLLRDHUP, which would return at once.
  for (const short end : {POLLRDHUP, 0}) {
    std::array<pollfd, 2> both{{{p.socket().native_handle(), end, 0}, ready}};
    const timespec left = time_left(until);
    if (::ppoll(both.data(), both.size(), &left, nullptr) <= 0 || both[0].revents == 0) break;
    if (p.gone()) return false;
  }
  return true;
}

bool deliver(runtime::peer& p, clock::time_point deadline) {
  while (p.session().has_output()) {
    pollfd room{p.socket().native_handle(), POLLOUT, 0};
    const timespec left = time_left(deadline);
    if (::ppoll(&room, 1, &left, nullptr) <= 0) p.session().abort();
    p.send();
    if (p.finished()) return false;
  }
  return true;
}

}  // namespace tvl::waits::blocking
