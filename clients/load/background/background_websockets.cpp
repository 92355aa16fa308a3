// Idle WebSockets: after the upgrade they send only the control frames that the protocol requires.

#include "clients/load/background/background_connections.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace tvl::load {
namespace {

constexpr std::size_t most_unsent_pongs = 64u << 10;  // bytes of one member; beyond it no ping is answered

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
  member& m = members_[i];
  std::string cause;
  switch (std::get<upgrade_reader>(m.reader).read(bytes, offer_, cause)) {
    case upgrade_reader::result::need_more:
      return;
    case upgrade_reader::result::accepted:
      m.reader.emplace<frame_reader>();
      opened(i);
      return read_frames(i, bytes);
    case upgrade_reader::result::refused:
      ++of(i).counts.status_errors;
      note(i, cause);
      return connect_failed(i, EPROTO);
    case upgrade_reader::result::bad:
      ++of(i).counts.protocol_errors;
      note(i, cause);
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
        note(i, "the server closed the WebSocket: " + close_words(incoming_.payload));
        return lose(i);
      case frame_reader::result::bad:
        ++of(i).counts.protocol_errors;
        note(i, "the server sent " + std::string(incoming_.payload));
        return lose(i);
    }
  }
}

// Echoes the payload, behind control frames that the socket has not taken yet.
void background_connections::answer(std::uint32_t i, opcode kind) {
  const std::string frame = client_frame(kind, incoming_.payload, no_mask);
  const auto waiting = controls_.find(i);
  if (waiting != controls_.end()) {
    if (waiting->second.size() < most_unsent_pongs) waiting->second += frame;
    return;
  }
  controls_.emplace(i, frame);
  send_rest(i);
}

// A socket that cannot be written to has ended, which the next read tells.
void background_connections::send_rest(std::uint32_t i) {
  const auto waiting = controls_.find(i);
  if (waiting == controls_.end()) return;
  std::string& bytes = waiting->second;
  const ssize_t n = ::send(members_[i].socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (n < 0 && errno != EAGAIN) return void(controls_.erase(waiting));
  of(i).counts.bytes_sent += static_cast<std::uint64_t>(std::max<ssize_t>(n, 0));
  bytes.erase(0, static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
  if (bytes.empty()) return void(controls_.erase(waiting));
  watch(i, EPOLLIN | EPOLLOUT);
}

}  // namespace tvl::load
