#pragma once
// The bytes of one connection, in the clear or through TLS: one attempt at a time on a non-blocking socket, and what to
// wait for before the next.
//
// OpenSSL works on the socket itself and not through Asio's ssl::stream, which holds 68 KiB of buffers per connection.

#include "servers/runtime/asio_types.hpp"

#include <memory>
#include <openssl/ssl.h>
#include <span>
#include <string_view>

namespace tvl::upstream {

using runtime::quietly;

class channel {
 public:
  enum class need : unsigned char {
    nothing,  // try again at once
    input,
    output,  // that is, room for it
    end,     // nothing helps: the connection has ended, in order or not
  };
  struct result {
    std::size_t bytes = 0;  // moved
    need next = need::nothing;
  };

  // `tls` = null: in the clear.
  channel(runtime::tcp_socket, SSL_CTX* tls);
  ~channel();

  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;

  bool encrypted() const { return tls_ != nullptr; }
  // need::nothing when it is done, or there is none to be done.
  need handshake();
  // Before read(): what OpenSSL has of a record already makes no socket readable.
  need before_read() const { return tls_ && ::SSL_pending(tls_.get()) > 0 ? need::nothing : need::input; }
  result read(std::span<char>);
  result write(std::string_view);

  // For need::input and need::output.
  auto wait(need what) {
    return socket_.async_wait(what == need::input ? runtime::tcp_socket::wait_read : runtime::tcp_socket::wait_write,
                              quietly);
  }
  runtime::executor executor() { return socket_.get_executor(); }

 private:
  need need_after(int returned);

  runtime::tcp_socket socket_;
  std::unique_ptr<SSL, decltype(&::SSL_free)> tls_;
  bool sound_ = false;  // the handshake is done, and no error since
};

}  // namespace tvl::upstream
