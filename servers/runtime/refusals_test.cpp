#include "servers/runtime/refusals.hpp"

#include "servers/runtime/listener.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace tvl::runtime {
namespace {

// A refused connection, whose server side belongs to the refusals.
class refused_client {
 public:
  explicit refused_client(refusals& all, const std::string& sent = "") {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    client_ = ends[0];
    server_ = ends[1];
    EXPECT_EQ(::send(client_, sent.data(), sent.size(), 0), static_cast<ssize_t>(sent.size()));
    all.add(server_);
  }
  ~refused_client() { hang_up(); }
  refused_client(const refused_client&) = delete;
  refused_client& operator=(const refused_client&) = delete;

  // Everything up to the server's shutdown.
  std::string received() const {
    std::string all;
    for (char c = 0; ::recv(client_, &c, 1, 0) == 1;) all += c;
    return all;
  }
  void hang_up() {
    if (client_ >= 0) ::close(client_);
    client_ = -1;
  }
  bool kept() const { return ::fcntl(server_, F_GETFD) >= 0; }

 private:
  int client_ = -1, server_ = -1;
};

TEST(refusals, say_why_at_once) {
  refusals all;
  const refused_client one(all, "GET /json HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(one.received(),
            "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: text/plain\r\n"
            "Content-Length: 19\r\n\r\nService Unavailable");
  EXPECT_EQ(all.count(), 1u);
}

TEST(refusals, are_closed_when_their_client_has_hung_up) {
  refusals all;
  refused_client stays(all, "GET /"), goes(all, std::string(50'000, 'x'));
  all.sweep();
  EXPECT_TRUE(stays.kept());
  EXPECT_TRUE(goes.kept());
  goes.hang_up();
  all.sweep();
  EXPECT_TRUE(stays.kept());
  EXPECT_FALSE(goes.kept());
}

TEST(refusals, make_room_for_the_next) {
  raise_descriptor_limit();  // for both ends of every connection
  refusals all;
  refused_client first(all), second(all);
  std::vector<std::unique_ptr<refused_client>> others;
  while (others.size() < refusals::most - 1) others.push_back(std::make_unique<refused_client>(all));
  EXPECT_FALSE(first.kept());
  EXPECT_TRUE(second.kept());
  EXPECT_EQ(all.count(), refusals::most + 1);
}

}  // namespace
}  // namespace tvl::runtime
