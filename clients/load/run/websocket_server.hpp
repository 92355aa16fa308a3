#pragma once
// Test fixture: a WebSocket server whose every byte a test decides. A thread for each connection.

#include "clients/load/base/descriptor.hpp"
#include "clients/load/protocol/websocket_upgrade.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <functional>
#include <list>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tvl::load {

// An unmasked frame of at most 125 bytes; `first` is its first byte.
inline std::string server_frame(int first, std::string_view payload) {
  std::string bytes(1, static_cast<char>(first));
  return bytes.append(1, static_cast<char>(payload.size())).append(payload);
}
inline std::string said(std::string_view payload) { return server_frame(0x81, payload); }

// A whole answer to the upgrade request with this header.
inline std::string switching(const std::string& request, const std::string& more = "") {
  const std::string name = "Sec-WebSocket-Key: ";
  const auto key = request.substr(request.find(name) + name.size(), 24);
  return "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept_of(key) +
         "\r\n" + more + "\r\n";
}

class websocket_server {
 public:
  // One connection.
  struct peer {
    int socket;
    int number;        // from 0, in the order they were accepted
    int messages = 0;  // received before the present one

    void send(std::string_view bytes) const { ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
    void end() const { ::shutdown(socket, SHUT_RDWR); }
  };
  struct script {
    std::function<void(const peer&, const std::string& request)> upgrade = [](const peer& p, const std::string& head) {
      p.send(switching(head));
    };
    std::function<void(const peer&, const std::string& message)> reply = [](const peer& p, const std::string& text) {
      p.send(said(text));
    };
  };

  explicit websocket_server(script s) : script_(std::move(s)), listening_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof name;
    auto* const address = reinterpret_cast<sockaddr*>(&name);
    if (::bind(listening_.get(), address, size) != 0 || ::listen(listening_.get(), 64) != 0 ||
        ::getsockname(listening_.get(), address, &size) != 0)
      throw std::runtime_error("cannot listen");
    port_ = ntohs(name.sin_port);
    acceptor_ = std::jthread([this] { accept(); });
  }
  ~websocket_server() {
    ::shutdown(listening_.get(), SHUT_RDWR);
    acceptor_.join();
    for (const auto& each : sockets_) ::shutdown(each.get(), SHUT_RDWR);
    threads_.clear();
  }
  websocket_server(const websocket_server&) = delete;
  websocket_server& operator=(const websocket_server&) = delete;

  std::string url() const { return "ws://127.0.0.1:" + std::to_string(port_) + "/ws"; }
  // The header of the last upgrade request.
  std::string request() const { return locked(request_); }
  // The payloads of these control frames of all connections.
  std::vector<std::string> pongs() const { return locked(pongs_); }
  std::vector<std::string> closes() const { return locked(closes_); }

 private:
  template <class T>
  T locked(const T& value) const {
    const std::lock_guard lock(mutex_);
    return value;
  }
  void accept() {
    for (int n = 0;; ++n) {
      const int socket = ::accept(listening_.get(), nullptr, nullptr);
      if (socket < 0) return;
      const int on = 1;
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      sockets_.emplace_back(socket);
      threads_.emplace_back([this, p = peer{socket, n}] { serve(p); });
    }
  }
  void serve(peer p) {
    std::string head;
    for (char c = 0; !head.ends_with("\r\n\r\n"); head += c)
      if (::recv(p.socket, &c, 1, 0) != 1) return;
    {
      const std::lock_guard lock(mutex_);
      request_ = head;
    }
    script_.upgrade(p, head);
    while (read_frame(p)) continue;
  }
  static bool read(const peer& p, std::string& into, std::size_t size) {
    into.resize(size);
    return size == 0 || ::recv(p.socket, into.data(), size, MSG_WAITALL) == static_cast<ssize_t>(size);
  }
  bool read_frame(peer& p) {  // of at most 65535 bytes
    std::string head, more, mask, text;
    if (!read(p, head, 2)) return false;
    std::size_t size = static_cast<unsigned char>(head[1]) & 0x7fu;
    if (size == 126) {
      if (!read(p, more, 2)) return false;
      size = static_cast<std::size_t>(static_cast<unsigned char>(more[0])) << 8 | static_cast<unsigned char>(more[1]);
    }
    if (!read(p, mask, 4) || !read(p, text, size)) return false;
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(text[i] ^ mask[i % 4]);
    const int kind = head[0] & 0x0f;
    if (kind < 8) {
      script_.reply(p, text);
      ++p.messages;
      return true;
    }
    const std::lock_guard lock(mutex_);
    (kind == 10 ? pongs_ : closes_).push_back(text);
    return kind == 10;
  }

  const script script_;
  descriptor listening_;
  unsigned short port_ = 0;
  mutable std::mutex mutex_;  // guards the following
  std::string request_;
  std::vector<std::string> pongs_, closes_;
  std::list<descriptor> sockets_;  // of the acceptor, until it has ended
  std::list<std::jthread> threads_;
  std::jthread acceptor_;
};

}  // namespace tvl::load
