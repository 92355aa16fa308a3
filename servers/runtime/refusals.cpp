#include "servers/runtime/refusals.hpp"

#include "servers/handler/limits.hpp"
#include "servers/handler/reply.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

namespace tvl::runtime {
namespace {

using clock = std::chrono::steady_clock;

const std::string& reply() {
  static const std::string text = [] {
    std::string bytes;
    handler::append_reply(bytes, handler::failed(503), {}, {.close = true});
    return bytes;
  }();
  return text;
}

// Reads until there is no input for now; true at the end of input.
bool drop_input(int socket) {
  std::array<char, 4096> buffer;
  for (std::size_t dropped = 0; dropped < handler::limits::linger;) {
    const auto n = ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (n <= 0) return true;
    dropped += static_cast<std::size_t>(n);
  }
  return true;  // limit exceeded
}

}  // namespace

refusals::~refusals() {
  for (const auto& r : kept_) ::close(r.socket);
}

void refusals::add(int socket) {
  // A new connection's send buffer holds all of it.
  ::send(socket, reply().data(), reply().size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  ::shutdown(socket, SHUT_WR);
  const std::lock_guard lock(mutex_);
  ++count_;
  kept_.push_back({socket, clock::now() + patience});
  if (kept_.size() <= most) return;
  ::close(kept_.front().socket);
  kept_.pop_front();
}

void refusals::sweep() {
  const std::lock_guard lock(mutex_);
  if (kept_.empty()) return;
  const auto now = clock::now();
  std::erase_if(kept_, [&](const refusal& r) {
    const bool done = drop_input(r.socket) || now > r.until;
    if (done) ::close(r.socket);
    return done;
  });
}

std::uint64_t refusals::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

}  // namespace tvl::runtime
