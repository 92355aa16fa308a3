#include "servers/testing/http_client.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

namespace tvl::conformance {

using clock = std::chrono::steady_clock;

client::client(unsigned short port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int error = 0;
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) error = errno;
  if (error == EINPROGRESS) {
    socklen_t size = sizeof error;
    if (!wait(POLLOUT, clock::now() + patience))
      error = ETIMEDOUT;
    else
      ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
  }
  if (error == 0) return;
  ::close(socket_);
  throw std::system_error(error, std::system_category(), "connect");
}

client::~client() {
  if (socket_ >= 0) ::close(socket_);
}

bool client::wait(short events, clock::time_point until) const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now()).count();
  pollfd ready{socket_, events, 0};
  return ::poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(0, left))) > 0;
}

bool client::send(std::string_view bytes, std::size_t piece) {
  auto until = clock::now() + patience;
  while (!bytes.empty() && wait(state_ == state::open ? POLLIN | POLLOUT : POLLOUT, until)) {
    if (state_ == state::open) read_once();
    const auto n = ::send(socket_, bytes.data(), std::min(piece, bytes.size()), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) return false;
    if (n <= 0) continue;
    bytes.remove_prefix(static_cast<std::size_t>(n));
    sent_ += static_cast<std::uint64_t>(n);
    until = clock::now() + patience;
  }
  return bytes.empty();
}

std::size_t client::offer(std::string_view bytes) {
  const auto before = sent_;
  while (!bytes.empty() && wait(POLLOUT, clock::now() + std::chrono::milliseconds(500))) {
    const auto n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(n));
    sent_ += static_cast<std::uint64_t>(n);
  }
  return sent_ - before;
}

void client::finish_sending() { ::shutdown(socket_, SHUT_WR); }

void client::hang_up() { ::close(std::exchange(socket_, -1)); }

void client::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  hang_up();
}

void client::read_once() {
  std::array<char, 64 << 10> buffer;
  if (slow_) std::this_thread::sleep_for(std::chrono::microseconds(100));
  const auto n = ::recv(socket_, buffer.data(), slow_ ? buffer.size() / 2 : buffer.size(), 0);
  if (n > 0) {
    input_.append(buffer.data(), static_cast<std::size_t>(n));
    received_ += static_cast<std::uint64_t>(n);
  } else if (n == 0) {
    state_ = state::ended;
  } else if (errno != EAGAIN) {
    state_ = state::failed;
  }
}

bool client::receive(std::size_t size) {
  auto until = clock::now() + patience;
  while (input_.size() < size && state_ == state::open && wait(POLLIN, until)) {
    read_once();
    until = clock::now() + patience;
  }
  return input_.size() >= size;
}

bool client::receive_to_end() {
  receive(std::size_t(-1));
  return state_ == state::ended;
}

std::size_t client::arrived() {
  while (state_ == state::open && wait(POLLIN, clock::now())) read_once();
  return input_.size();
}

bool client::ended() {
  arrived();
  return state_ == state::ended;
}

bool client::delivered() {
  const auto until = clock::now() + patience;
  for (; clock::now() < until; std::this_thread::sleep_for(std::chrono::milliseconds(1))) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || info.tcpi_state == TCP_CLOSE) return true;
    int unread = 0;
    if (::ioctl(socket_, SIOCOUTQ, &unread) == 0 && unread == 0) return true;
  }
  return false;
}

std::string client::take() { return std::exchange(input_, {}); }

}  // namespace tvl::conformance
