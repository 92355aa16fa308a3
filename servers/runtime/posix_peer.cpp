#include "servers/runtime/posix_peer.hpp"

#include "servers/runtime/listener.hpp"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace tvl::runtime {
namespace {

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

posix_peer::posix_peer(server& s, int socket)
    : entry_(s.connections, socket), session_(entry_.work()), socket_(socket) {
  prepare_accepted(socket);
}

posix_peer::~posix_peer() {
  entry_.closing();
  ::close(socket_);
}

void posix_peer::exchange(std::span<char> buffer) {
  if (session_.has_output())
    send();
  else if (session_.hungry())
    receive(buffer);
}

void posix_peer::receive(std::span<char> buffer) {
  const ssize_t n = ::recv(socket_, buffer.data(), buffer.size(), 0);
  drained_ = n < static_cast<ssize_t>(buffer.size());
  if (n > 0)
    session_.feed({buffer.data(), static_cast<std::size_t>(n)});
  else if (n == 0)
    entry_.timed_out() ? session_.time_out() : session_.end();
  else if (!would_block())
    failed_ = true;
}

void posix_peer::send() {
  if (session_.has_output()) write();
  if (session_.lingering()) ::shutdown(socket_, SHUT_WR);
  if (!planned_) entry_.serving(false);
}

void posix_peer::write() {
  const auto [text, pattern] = session_.output();
  std::array<iovec, 2> both{
      {{const_cast<char*>(text.data()), text.size()}, {const_cast<char*>(pattern.data()), pattern.size()}}};
  msghdr message{};
  message.msg_iov = both.data();
  message.msg_iovlen = both.size();
  const ssize_t n = pattern.empty() ? ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL)
                                    : ::sendmsg(socket_, &message, MSG_NOSIGNAL);
  full_ = n < static_cast<ssize_t>(text.size() + pattern.size());
  if (n >= 0)
    session_.sent(static_cast<std::size_t>(n));
  else
    failed_ = !would_block();
}

}  // namespace tvl::runtime
