#pragma once
// A TCP service for tests that runs a script for every connection.

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace tvl::test {

class fake_service {
 public:
  // Called on a thread per connection with its socket; on return the connection is closed.
  using script = std::function<void(int socket)>;

  explicit fake_service(script s) : script_(std::move(s)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 4096) != 0)
      throw std::system_error(errno, std::generic_category(), "listen");
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread([this] { accept(); });
  }
  fake_service(const fake_service&) = delete;
  fake_service& operator=(const fake_service&) = delete;
  ~fake_service() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    threads_.clear();
    for (const int socket : sockets_) ::close(socket);
    ::close(listener_);
  }

  std::uint16_t port() const { return port_; }

 private:
  void accept() {
    for (int socket; (socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      sockets_.push_back(socket);
      threads_.emplace_back([this, socket] {
        script_(socket);
        ::shutdown(socket, SHUT_RDWR);  // the destructor closes it: until then the number stays taken
      });
    }
  }

  const script script_;
  const int listener_;
  std::uint16_t port_ = 0;
  std::vector<int> sockets_;           // for the acceptor, until it has ended
  std::vector<std::jthread> threads_;  // likewise
  std::jthread acceptor_;
};

// Parts of scripts. False when the client has gone.
inline bool hear(int socket) {
  char buffer[4096];
  return ::recv(socket, buffer, sizeof buffer, 0) > 0;
}
inline bool say(int socket, std::string_view text) {
  return ::send(socket, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}
inline void be_silent(int socket) {
  while (hear(socket)) {
  }
}

}  // namespace tvl::test
