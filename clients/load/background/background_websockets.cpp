// Idle WebSockets: after the upgrade they send only the control frames that the protocol requires.

#include "clients/load/background/background_connections.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace tvl::load {
namespace {

// A random mask protects proxies (RFC 6455 10.3), which loopback does not have.
constexpr std::uint32_t mask = 0;

}  // namespace

void background_connections::upgrade(std::uint32_t i) {
  member& m = members_[i];
  group& p = of(i);
  m.now = state::upgrading;
  m.reader.emplace<upgrade_reader>();
  const ssize_t n = ::send(m.socket.get(), p.request.data(), p.request.size(), MSG_NOSIGNAL);
  // It fits into the empty buffer of a new socket.
  if (n != static_cast<ssize_t>(p.request.size())) return connect_failed(i, n < 0 ? errno : EPROTO);
  p.counts.bytes_sent += p.request.size();
}

void background_connections::read_upgrade(std::uint32_t i, std::string_view bytes) {
  static const std::string accept = accept_of(websocket_key);
  member& m = members_[i];
  int status = 0;
  switch (std::get<upgrade_reader>(m.reader).read(bytes, accept, status)) {
    case upgrade_reader::result::need_more:
      return;
    case upgrade_reader::result::accepted:
      m.reader.emplace<frame_reader>();
      opened(i);
      return read_frames(i, bytes);
    case upgrade_reader::result::refused:
      ++of(i).counts.status_errors;
      return connect_failed(i, EPROTO);
    case upgrade_reader::result::bad:
      ++of(i).counts.protocol_errors;
      return connect_failed(i, EPROTO);
  }
}

void background_connections::read_frames(std::uint32_t i, std::string_view bytes) {
  member& m = members_[i];
  while (!bytes.empty() && m.now == state::open) {
    switch (std::get<frame_reader>(m.reader).read(bytes, incoming_)) {
      case frame_reader::result::need_more:
        return;
      case frame_reader::result::message:
        ++of(i).counts.replies;
        break;
      case frame_reader::result::ping:
        answer(i, opcode::pong);
        break;
      case frame_reader::result::close:
        answer(i, opcode::close);
        return lose(i);
      case frame_reader::result::bad:
        ++of(i).counts.protocol_errors;
        return lose(i);
    }
  }
}

// Echoes the payload. Skipped when the socket is not writable: the server pings again.
void background_connections::answer(std::uint32_t i, opcode kind) {
  const std::string frame = client_frame(kind, incoming_.payload, mask);
  const ssize_t n = ::send(members_[i].socket.get(), frame.data(), frame.size(), MSG_NOSIGNAL);
  if (n < 0) return;
  of(i).counts.bytes_sent += static_cast<std::uint64_t>(n);
  if (n != static_cast<ssize_t>(frame.size())) lose(i);  // after part of a frame the stream is unusable
}

}  // namespace tvl::load
