// Background connections that send requests: slow senders, slow readers, pipelining clients, garbage.

#include "clients/load/background/background_connections.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace tvl::load {

// One turn of a slow sender or reader, or of a client that sends garbage.
void background_connections::drip(std::uint32_t i) {
  if (members_[i].now != state::open) return;
  if (kind(i) == garbage) return send_garbage(i);
  const bool reader = kind(i) == slow_readers;
  if (!send_some(i)) return receive(i, buffer_.size());  // the server hung up; read what it sent before
  if (reader) receive(i, std::min(plan_.read_bytes, buffer_.size()));
}

// Sends the next byte of a slow sender's request, or the rest of a slow reader's. False when the connection has ended.
bool background_connections::send_some(std::uint32_t i) {
  member& m = members_[i];
  group& p = of(i);
  const std::size_t left = p.request.size() - m.sent;
  if (left == 0) return true;
  const ssize_t n = ::send(m.socket.get(), p.request.data() + m.sent, kind(i) == slow_senders ? 1 : left, MSG_NOSIGNAL);
  if (n < 0) return errno == EAGAIN;
  m.sent += static_cast<std::uint32_t>(n);
  p.counts.bytes_sent += static_cast<std::uint64_t>(n);
  return true;
}

// What the socket does not take is dropped: the rest of a piece is as bad as a whole one.
void background_connections::send_garbage(std::uint32_t i) {
  const std::string bytes = garbage_.next();
  const ssize_t n = ::send(members_[i].socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (n > 0) of(i).counts.bytes_sent += static_cast<std::uint64_t>(n);
}

// Sends what the pipelining depth allows. `sent` is the offset in the current request.
void background_connections::send_batch(std::uint32_t i) {
  member& m = members_[i];
  group& p = of(i);
  while (m.unsent > 0) {
    const ssize_t n = ::send(m.socket.get(), batch_.data() + m.sent, m.unsent, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EAGAIN) watch(i, EPOLLIN | EPOLLOUT);
      return;  // a closed connection is noticed by reading, after the server's last bytes
    }
    m.unsent -= static_cast<std::uint32_t>(n);
    m.sent = static_cast<std::uint32_t>((m.sent + static_cast<std::size_t>(n)) % p.request.size());
    p.counts.bytes_sent += static_cast<std::uint64_t>(n);
  }
}

void background_connections::read_replies(std::uint32_t i, std::string_view bytes) {
  static const reply_reader::expectation anything;
  member& m = members_[i];
  while (!bytes.empty() && m.now == state::open) {
    reply r;
    switch (std::get<reply_reader>(m.reader).read(bytes, anything, r)) {
      case reply_reader::result::need_more:
        return;
      case reply_reader::result::bad:
        ++of(i).counts.protocol_errors;
        return lose(i);
      case reply_reader::result::complete:
        replied(i, r);
    }
  }
}

void background_connections::replied(std::uint32_t i, const reply& r) {
  group& p = of(i);
  member& m = members_[i];
  const std::size_t size = p.request.size();
  const bool pipelines = kind(i) == pipelining;
  const std::size_t on_its_way = pipelines ? static_cast<std::size_t>(plan_.greedy_depth) * size - m.unsent : m.sent;
  const bool asked = size > 0 && on_its_way >= size;
  if (r.status < 200 || r.status > 299)
    ++p.counts.status_errors;
  else
    ++(asked ? p.counts.replies : p.counts.protocol_errors);
  if (!asked || !r.keep_alive) return lose(i);
  if (pipelines)
    m.unsent += static_cast<std::uint32_t>(size);
  else
    m.sent = 0;
}

}  // namespace tvl::load
