// run() towards IPv6 and Unix sockets.

#include "clients/load/base/descriptor.hpp"
#include "clients/load/base/socket_address.hpp"
#include "clients/load/run/run.hpp"
#include "clients/load/selftest/invariants.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <thread>

namespace tvl::load {
namespace {

// Answers one connection at a time.
class small_server {
 public:
  explicit small_server(const socket_address& at) : listener_(::socket(at.family(), SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    listens_ = ::bind(listener_.get(), at.name(), at.size()) == 0 && ::listen(listener_.get(), 8) == 0;
    thread_ = std::jthread([this] { serve(); });
  }
  ~small_server() { ::shutdown(listener_.get(), SHUT_RDWR); }

  bool listens() const { return listens_; }
  unsigned short port() const {
    sockaddr_in6 name{};
    socklen_t size = sizeof name;
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&name), &size);
    return ntohs(name.sin6_port);
  }

 private:
  void serve() const {
    constexpr std::string_view reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    for (;;) {
      const descriptor peer(::accept(listener_.get(), nullptr, nullptr));
      if (peer.get() < 0) return;
      char bytes[4096];
      while (::recv(peer.get(), bytes, sizeof bytes, 0) > 0)
        if (::send(peer.get(), reply.data(), reply.size(), MSG_NOSIGNAL) < 0) break;
    }
  }

  descriptor listener_;
  bool listens_ = false;
  std::jthread thread_;
};

plan towards(const std::string& url) {
  plan p;
  p.url = url;
  p.warmup_s = 0;
  p.requests = 20;  // ends the window, however slow the machine is
  p.seconds = 60;
  return p;
}

void expect_served(const plan& asked) {
  const point p = run(asked);
  expect_conserved(p);
  EXPECT_GT(p.requests.ok, 0u);
  EXPECT_EQ(errors(p.requests), 0u);
}

TEST(LoadTowards, AUnixSocket) {
  const std::string path = std::filesystem::temp_directory_path() / ("tvl-" + std::to_string(::getpid()) + ".sock");
  ::unlink(path.c_str());
  {
    const small_server s(socket_address::of_unix_socket(path));
    ASSERT_TRUE(s.listens());
    expect_served(towards("unix:" + path + ":/x"));
    plan asked = towards("unix:" + path);
    asked.sources = {{htonl(INADDR_LOOPBACK)}};
    EXPECT_EQ(message_of(asked),
              "source addresses (--sources) are IPv4 addresses, the server is at the Unix socket " + path);
  }
  ::unlink(path.c_str());
}

TEST(LoadTowards, Ipv6) {
  sockaddr_in6 any_port{};
  any_port.sin6_family = AF_INET6;
  any_port.sin6_addr = in6addr_loopback;
  const small_server s(socket_address(reinterpret_cast<const sockaddr*>(&any_port), sizeof any_port));
  if (!s.listens()) GTEST_SKIP() << "no IPv6 here";
  const std::string port = std::to_string(s.port());
  expect_served(towards("http://[::1]:" + port + "/"));
  plan asked = towards("http://[::1]:" + port + "/");
  asked.sources = {{htonl(INADDR_LOOPBACK)}};
  EXPECT_EQ(message_of(asked), "source addresses (--sources) are IPv4 addresses, the server is at ::1");
}

}  // namespace
}  // namespace tvl::load
