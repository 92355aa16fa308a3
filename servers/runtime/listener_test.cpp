#include "servers/runtime/listener.hpp"

#include <gtest/gtest.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <system_error>

namespace tvl::runtime {
namespace {

std::string congestion_control_of(int socket) {
  char name[16] = {};
  socklen_t size = sizeof name - 1;
  ::getsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name, &size);
  return name;
}

TEST(listener, has_the_congestion_control_that_was_asked_for) {
  const int usual = listen_on("127.0.0.1", 0);
  const auto available = congestion_control_of(usual);
  EXPECT_NE(available, "");
  const int asked = listen_on("127.0.0.1", 0, false, available);
  EXPECT_EQ(congestion_control_of(asked), available);
  ::close(asked);
  ::close(usual);
}

TEST(listener, refuses_a_congestion_control_that_the_kernel_does_not_have) {
  try {
    listen_on("127.0.0.1", 0, false, "nonesuch");
    FAIL();
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find("congestion control nonesuch"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace tvl::runtime
