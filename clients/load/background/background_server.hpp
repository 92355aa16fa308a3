#pragma once
// Test fixture: a server with configurable misbehaviour, and a port that refuses connections.

#include "clients/load/base/descriptor.hpp"
#include "clients/load/protocol/url.hpp"

#include <boost/asio.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace tvl::load {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;
using clock = std::chrono::steady_clock;

inline constexpr std::string_view plaintext = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, World!";
inline constexpr std::string_view too_slow =
    "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

// Answers /plaintext and /bytes/N.
class server {
 public:
  struct behaviour {
    std::size_t header_limit = SIZE_MAX;  // bytes of an unfinished header after which it replies 408 and closes
    bool close_at_once = false;           // closes each connection after accept()
    std::string_view answer = plaintext;  // to /plaintext
    std::size_t cut = SIZE_MAX;           // bytes of a /bytes/N body after which it closes
  };

  server() : server(behaviour{}) {}
  explicit server(const behaviour& b) : behaviour_(b), acceptor_(io_, {asio::ip::make_address("127.0.0.1"), 0}) {
    asio::co_spawn(io_, accept(), asio::detached);
    thread_ = std::jthread([this] { io_.run(); });
  }
  ~server() { io_.stop(); }
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  url at(const std::string& target) const {
    return parse_url("http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + target, false);
  }
  // Sends `bytes` on every connection, then closes it.
  void close_all(std::string_view bytes) {
    asio::post(io_, [this, bytes] {
      for (auto* peer : peers_) {
        boost::system::error_code ignored;
        asio::write(*peer, asio::buffer(bytes), ignored);
        peer->shutdown(tcp::socket::shutdown_send, ignored);
      }
    });
  }
  std::map<std::string, int> peers_by_address() {
    return asio::post(io_, asio::use_future([this] {
                        std::map<std::string, int> result;
                        for (auto* peer : peers_) ++result[peer->remote_endpoint().address().to_string()];
                        return result;
                      }))
        .get();
  }

  std::atomic<std::uint64_t> accepted = 0, replies = 0, received = 0;

 private:
  asio::awaitable<void> accept() {
    for (;;) {
      tcp::socket peer = co_await acceptor_.async_accept(asio::use_awaitable);
      if (behaviour_.close_at_once)
        ++accepted;
      else
        asio::co_spawn(io_, serve(std::move(peer)), asio::detached);
    }
  }
  asio::awaitable<void> serve(tcp::socket peer) {
    peers_.insert(&peer);
    ++accepted;  // close_all() includes it from now on
    try {
      for (std::string header; co_await read(peer, header); header.clear()) co_await answer(peer, header);
    } catch (const boost::system::system_error&) {  // the client hung up
    }
    peers_.erase(&peer);
  }
  // False when the header limit is exceeded.
  asio::awaitable<bool> read(tcp::socket& peer, std::string& header) {
    while (!header.ends_with("\r\n\r\n")) {
      char bytes[512];
      header.append(bytes, co_await peer.async_read_some(asio::buffer(bytes), asio::use_awaitable));
      if (header.size() >= behaviour_.header_limit) {
        co_await asio::async_write(peer, asio::buffer(too_slow), asio::use_awaitable);
        co_return false;
      }
    }
    received += header.size();
    co_return true;
  }
  asio::awaitable<void> answer(tcp::socket& peer, const std::string& header) {
    if (!header.starts_with("GET /bytes/")) {
      ++replies;
      co_await asio::async_write(peer, asio::buffer(behaviour_.answer), asio::use_awaitable);
      co_return;
    }
    const std::size_t size = std::stoul(header.substr(11));
    const std::string reply = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
                              std::string(std::min(size, behaviour_.cut), 'x');
    co_await asio::async_write(peer, asio::buffer(reply), asio::use_awaitable);
    ++replies;
    if (behaviour_.cut < size) peer.shutdown(tcp::socket::shutdown_send);
  }

  const behaviour behaviour_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  std::set<tcp::socket*> peers_;
  std::jthread thread_;
};

template <class Predicate>
bool comes_true(Predicate predicate) {
  const auto give_up = clock::now() + 30s;
  while (!predicate())
    if (clock::now() > give_up)
      return false;
    else
      std::this_thread::sleep_for(1ms);
  return true;
}

// A port that refuses connections until listen(); bound, so that no other process gets it.
struct closed_port {
  closed_port() {
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof name;
    if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&name), size) != 0 ||
        ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&name), &size) != 0)
      throw std::runtime_error("bind");
  }
  url at() const { return parse_url("http://127.0.0.1:" + std::to_string(ntohs(name.sin_port)) + "/", false); }

  descriptor socket{::socket(AF_INET, SOCK_STREAM, 0)};
  sockaddr_in name{};
};

}  // namespace tvl::load
