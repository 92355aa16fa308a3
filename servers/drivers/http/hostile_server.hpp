#pragma once
// A small HTTP server for tests that misbehaves as the path asks it to:
//
//   /ok       200, "hello"            /large    200, 1 MiB of 'x'
//   /half     10 bytes of 100, close  /reset    part of the headers, then a TCP reset
//   /garbage  no HTTP                 /silent   no reply
//   /once     200, "hello", and an unannounced close
//   other     404, "none"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

namespace tvl::test {

class hostile_server {
 public:
  hostile_server() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address_), size) != 0 || ::listen(listener_, 4096) != 0)
      throw std::system_error(errno, std::generic_category(), "listen");
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address_), &size);
    acceptor_ = std::jthread([this] { accept(); });
  }
  hostile_server(const hostile_server&) = delete;
  hostile_server& operator=(const hostile_server&) = delete;
  ~hostile_server() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    threads_.clear();
    for (const int socket : sockets_) ::close(socket);
    ::close(listener_);
  }

  std::uint16_t port() const { return ntohs(address_.sin_port); }
  std::string url(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(port()) + std::string(path);
  }
  int accepted() const { return accepted_; }
  // Connections not yet closed by the client.
  int open() const { return open_; }

 private:
  void accept() {
    for (int socket; (socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      ++accepted_;
      ++open_;
      sockets_.push_back(socket);
      threads_.emplace_back([this, socket] {
        serve(socket);
        --open_;
      });
    }
  }

  // Only requests without a body, one at a time.
  static void serve(int socket) {
    std::string in;
    char buffer[4096];
    for (ssize_t n; (n = ::recv(socket, buffer, sizeof buffer, 0)) > 0;) {
      in.append(buffer, static_cast<std::size_t>(n));
      if (!in.ends_with("\r\n\r\n")) continue;
      if (!answer(socket, in.substr(4, in.find(' ', 4) - 4))) return;
      in.clear();
    }
  }

  static bool say(int socket, const std::string& text) {
    return ::send(socket, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  static bool reply(int socket, int status, const std::string& body, std::size_t length) {
    return say(socket, "HTTP/1.1 " + std::to_string(status) + " Reason\r\nContent-Length: " + std::to_string(length) +
                           "\r\n\r\n" + body);
  }
  static void end(int socket) {
    ::shutdown(socket, SHUT_RDWR);
  }  // the destructor closes it: until then the number stays taken

  // False at the end of the connection.
  static bool answer(int socket, const std::string& path) {
    if (path == "/ok") return reply(socket, 200, "hello", 5);
    if (path == "/large") return reply(socket, 200, std::string(1 << 20, 'x'), 1 << 20);
    if (path == "/silent") return true;
    if (path == "/once") {
      reply(socket, 200, "hello", 5);
    } else if (path == "/half") {
      reply(socket, 200, "0123456789", 100);
    } else if (path == "/garbage") {
      say(socket, "\1\2\3 this is not HTTP\r\n\r\n");
    } else if (path == "/reset") {
      say(socket, "HTTP/1.1 200 OK\r\nContent-Le");
      const sockaddr unspecified{.sa_family = AF_UNSPEC, .sa_data = {}};
      ::connect(socket, &unspecified, sizeof unspecified);  // sends a reset and keeps the descriptor
      return false;
    } else {
      return reply(socket, 404, "none", 4);
    }
    end(socket);
    return false;
  }

  const int listener_;
  sockaddr_in address_{};
  std::atomic<int> accepted_ = 0;
  std::atomic<int> open_ = 0;
  std::vector<int> sockets_;           // for the acceptor, until it has ended
  std::vector<std::jthread> threads_;  // likewise
  std::jthread acceptor_;
};

}  // namespace tvl::test
