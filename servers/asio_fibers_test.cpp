// Particular to fibers: they await the loop's coroutines.

#include "servers/testing/http_client.hpp"
#include "servers/testing/server_process.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace tvl::conformance {
namespace {

TEST(asio_fibers, wait_for_coroutines) {
  program server(TVL_PROGRAM, {});
  const auto port = server.wait_until_ready();
  for (const std::string target : {"/offload/5", "/stream/3", "/cache/a", "/run"}) {
    SCOPED_TRACE(target);
    client one(port);
    EXPECT_TRUE(one.send("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    EXPECT_TRUE(one.receive_to_end());
    EXPECT_TRUE(one.take().starts_with("HTTP/1.1 "));
  }
  server.terminate();
  const auto end = server.wait();
  EXPECT_EQ(end.code, 0);
  EXPECT_EQ(nlohmann::json::parse(end.output, nullptr, false).value("replies", 0), 4);
}

}  // namespace
}  // namespace tvl::conformance
