#pragma once
// A server process of its own, and the WebSockets to it.

#include "servers/conformance/suites.hpp"
#include "servers/conformance/usage.hpp"
#include "servers/conformance/websocket_client.hpp"
#include "servers/testing/server_process.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace tvl::conformance {

class websocket_life {
 public:
  explicit websocket_life(const contestant& c, std::vector<std::string> flags = {})
      : server(c.path, c.with(std::move(flags))) {
    server.wait_until_ready();
  }

  // Every server has to come to a good end, also where the test looks at something else.
  ~websocket_life() {
    clients.clear();
    if (ended_) return;
    server.terminate();
    counters();
  }
  websocket_life(const websocket_life&) = delete;
  websocket_life& operator=(const websocket_life&) = delete;

  websocket_client& open(const std::string& target = "/ws/echo") { return clients.emplace_back(server.port(), target); }
  // What it has counted, after a good end.
  nlohmann::json counters() {
    ended_ = true;
    const auto result = server.wait();
    EXPECT_EQ(result.code, 0);
    EXPECT_EQ(result.errors, "");
    return nlohmann::json::parse(result.output, nullptr, false);
  }

  program server;
  std::deque<websocket_client> clients;

 private:
  bool ended_ = false;
};

}  // namespace tvl::conformance
