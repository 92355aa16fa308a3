#pragma once
// One client's connection: serves requests until the client ends it.

#include "servers/upstream/channel.hpp"
#include "servers/upstream/service.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tvl::upstream {

class connection {
 public:
  // `buffer` is shared by all connections of the loop and never used across a wait.
  connection(runtime::tcp_socket, SSL_CTX* tls, upstream::service&, std::span<char> buffer);

  upstream::channel channel;
  upstream::service& service;
  runtime::timer timer;

  const upstream::request& request() const { return *request_; }
  // Starts the next request with the input that is left. Returns what receive() needs.
  channel::need begin_request();
  // Reads once. Returns what the next receive() needs.
  channel::need receive();

  // Sends `text`, then this many bytes of object_content(). False when the client has gone.
  boost::asio::awaitable<bool, runtime::executor> send(std::string_view text, std::uint64_t content = 0);
  // Discards input until the client has gone.
  runtime::task ignore();

 private:
  void parse();

  std::span<char> buffer_;
  std::string input_;  // not parsed yet
  std::optional<upstream::request> request_;
};

runtime::task serve(std::unique_ptr<connection>);

}  // namespace tvl::upstream
