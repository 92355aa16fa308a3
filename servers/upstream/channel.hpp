#pragma once
// Plain or TLS bytes of one connection: single attempts on a non-blocking socket, and the readiness needed for the
// next.
//
// OpenSSL uses the socket directly: Asio's ssl::stream holds 68 KiB of buffers per connection.

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
    output,  // writability
    end,     // the connection has ended, in order or not
  };
  struct result {
    std::size_t bytes = 0;  // transferred
    need next = need::nothing;
  };

  // `tls` = null: plain.
  channel(runtime::tcp_socket, SSL_CTX* tls);
  ~channel();

  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;

  bool encrypted() const { return tls_ != nullptr; }
  // need::nothing once it is done, or without TLS.
  need handshake();
  // Call before read(): bytes of a record that OpenSSL has buffered do not make the socket readable.
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
  bool sound_ = false;  // handshake done, no error since
};

}  // namespace tvl::upstream
