#include "servers/upstream/channel.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <new>
#include <openssl/err.h>

namespace tvl::upstream {

namespace asio = boost::asio;

channel::channel(runtime::tcp_socket socket, SSL_CTX* tls)
    : socket_(std::move(socket)), tls_(tls ? ::SSL_new(tls) : nullptr, &::SSL_free) {
  if (!tls) return;
  if (!tls_ || ::SSL_set_fd(tls_.get(), socket_.native_handle()) != 1) throw std::bad_alloc();
  ::SSL_set_accept_state(tls_.get());
}

channel::~channel() {
  if (!sound_) return;  // OpenSSL forbids the next call after an error
  ::ERR_clear_error();
  ::SSL_shutdown(tls_.get());
}

// OpenSSL's error queue is per thread, shared by all connections: clear it before each call.
channel::need channel::need_after(int returned) {
  switch (::SSL_get_error(tls_.get(), returned)) {
    case SSL_ERROR_NONE:
      return need::nothing;
    case SSL_ERROR_WANT_READ:
      return need::input;
    case SSL_ERROR_WANT_WRITE:
      return need::output;
    case SSL_ERROR_ZERO_RETURN:
      return need::end;
    default:
      sound_ = false;
      return need::end;
  }
}

channel::need channel::handshake() {
  if (!tls_) return need::nothing;
  ::ERR_clear_error();
  const auto next = need_after(::SSL_do_handshake(tls_.get()));
  if (next == need::nothing) sound_ = true;
  return next;
}

channel::result channel::read(std::span<char> buffer) {
  if (!tls_) {
    boost::system::error_code ec;
    const auto n = socket_.read_some(asio::mutable_buffer(buffer.data(), buffer.size()), ec);
    return {n, !ec || ec == asio::error::would_block ? need::input : need::end};
  }
  ::ERR_clear_error();
  std::size_t n = 0;
  const auto next = need_after(::SSL_read_ex(tls_.get(), buffer.data(), buffer.size(), &n));
  return {n, next == need::nothing ? before_read() : next};
}

channel::result channel::write(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (!tls_) {
    boost::system::error_code ec;
    const auto n = socket_.write_some(asio::const_buffer(bytes.data(), bytes.size()), ec);
    if (ec && ec != asio::error::would_block) return {0, need::end};
    return {n, n < bytes.size() ? need::output : need::nothing};
  }
  ::ERR_clear_error();
  std::size_t n = 0;
  const auto next = need_after(::SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &n));
  return {n, next};
}

}  // namespace tvl::upstream
