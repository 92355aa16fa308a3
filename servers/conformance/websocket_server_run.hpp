#pragma once
// A server process for one test, and the WebSockets to it.

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

class websocket_server_run {
 public:
  explicit websocket_server_run(const contestant& c, std::vector<std::string> flags = {})
      : server(c.path, c.with(std::move(flags))) {
    server.wait_until_ready();
  }

  // The server has to exit cleanly whatever the test examines.
  ~websocket_server_run() {
    clients.clear();
    if (ended_) return;
    server.terminate();
    counters();
  }
  websocket_server_run(const websocket_server_run&) = delete;
  websocket_server_run& operator=(const websocket_server_run&) = delete;

  websocket_client& open(const std::string& target = "/ws/echo") { return clients.emplace_back(server.port(), target); }
  // The counters, after a clean exit.
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
