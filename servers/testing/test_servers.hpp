#pragma once
// Minimal servers inside a test program: one on threads, one on a loop.

#include "servers/runtime/listener.hpp"
#include "servers/runtime/peer.hpp"
#include "servers/testing/http_client.hpp"
#include "servers/waits/awaiting/answer.hpp"
#include "servers/waits/blocking/answer.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace tvl::waits {

inline std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

inline std::string text_reply(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

inline const std::string hello = text_reply("200 OK", "Hello, World!");  // to GET /plaintext

inline void expect_reply(conformance::client& c, const std::string& expect) {
  c.receive(expect.size());
  EXPECT_EQ(c.take(), expect);
}
inline void expect_reply(conformance::client& c, const std::string& request, const std::string& expect) {
  EXPECT_TRUE(c.send(request));
  expect_reply(c, expect);
}

inline std::size_t entries(const char* folder) {
  const std::filesystem::directory_iterator all(folder);
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}
inline std::size_t open_descriptors() { return entries("/proc/self/fd"); }
inline std::size_t threads() { return entries("/proc/self/task"); }

// Polls until it holds; false after half a minute or so.
template <class F>
bool eventually(F is) {
  const auto until = std::chrono::steady_clock::now() + 6 * conformance::patience;  // for a sanitizer on a busy machine
  while (!is()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

// No back-end services.
inline service_options local_only(double timeout_s = 10, unsigned offload_threads = 16, unsigned queue = 10'000) {
  service_options o;
  o.timeout_s = timeout_s;
  o.offload_threads = offload_threads;
  o.queue = queue;
  return o;
}

class test_server {
 public:
  unsigned short port() const { return runtime::port_of(listener_); }
  runtime::connections& connections() { return server_.connections; }

 protected:
  using buffer = std::array<char, runtime::read_size>;

  test_server() : listener_(runtime::listen_on("127.0.0.1", 0)) {}
  ~test_server() { ::close(listener_); }
  test_server(const test_server&) = delete;
  test_server& operator=(const test_server&) = delete;
  void stop_accepting() { ::shutdown(listener_, SHUT_RDWR); }

  runtime::server server_;
  int listener_;
};

// Destroy it when its clients have closed, or have their replies and handle the end of input.
class blocking_server : public test_server {
 public:
  static constexpr bool awaits = false;

  explicit blocking_server(const service_options& o) : services_(o), accepting_([this] { accept(); }) {}
  ~blocking_server() {
    stop_accepting();
    accepting_.join();
    connections().drain();
  }

 private:
  void accept() {
    runtime::tcp_acceptor acceptor(context_, runtime::tcp::v4(), ::dup(listener_));
    for (;;) {
      boost::system::error_code ec;
      auto socket = acceptor.accept(ec);
      if (ec) return;
      auto peer = std::make_unique<runtime::peer>(server_, std::move(socket));
      threads_.emplace_back([this, p = std::move(peer)]() mutable { serve(std::move(p)); });
    }
  }
  void serve(std::unique_ptr<runtime::peer> peer) {
    buffer bytes;
    while (!peer->finished()) {
      peer->exchange(bytes);
      while (const auto* plan = peer->next()) blocking::answer(services_, *peer, *plan);
      peer->send();
    }
  }

  boost::asio::io_context context_;
  blocking::services services_;
  std::vector<std::jthread> threads_;
  std::jthread accepting_;
};

// Can be destroyed at any time, with pending requests.
class awaiting_server : public test_server {
 public:
  static constexpr bool awaits = true;

  explicit awaiting_server(const service_options& o)
      : services_(std::make_unique<awaiting::services>(context_, o)),
        acceptor_(context_, runtime::tcp::v4(), ::dup(listener_)) {
    acceptor_.non_blocking(true);
    boost::asio::co_spawn(context_, accept(), boost::asio::detached);
    thread_ = std::jthread([this] { context_.run(); });
  }
  ~awaiting_server() {
    context_.stop();
    thread_.join();
  }

 private:
  runtime::task accept() {
    for (;;) {
      co_await acceptor_.async_wait(runtime::tcp_acceptor::wait_read, runtime::quietly);
      boost::system::error_code ec;
      auto socket = acceptor_.accept(ec);
      if (ec) continue;
      socket.non_blocking(true, ec);
      boost::asio::co_spawn(context_, serve(std::make_unique<runtime::peer>(server_, std::move(socket))),
                            boost::asio::detached);
    }
  }
  runtime::task serve(std::unique_ptr<runtime::peer> peer) {
    while (!peer->finished()) {
      co_await peer->socket().async_wait(peer->next_wait(), runtime::quietly);
      peer->exchange(bytes_);
      while (const auto* plan = peer->next()) {
        co_await awaiting::answer(*services_, peer, *plan);
        if (!peer) co_return;
      }
      peer->send();
    }
  }

  buffer bytes_;
  boost::asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  std::unique_ptr<awaiting::services> services_;
  runtime::tcp_acceptor acceptor_;
  std::jthread thread_;
};

}  // namespace tvl::waits
