#pragma once
// A server process for one test, its clients, and the counters they expect.

#include "servers/conformance/expected_counters.hpp"
#include "servers/conformance/suites.hpp"
#include "servers/conformance/transcripts.hpp"
#include "servers/testing/http_client.hpp"
#include "servers/testing/server_process.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace tvl::conformance {

inline std::string get(const std::string& target) { return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

inline std::string number_reply(int n) {
  const auto digits = std::to_string(n);
  return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(digits.size()) +
         "\r\n\r\n" + digits;
}

class server_run {
 public:
  explicit server_run(const contestant& c, std::vector<std::string> flags = {})
      : server(c.path, c.with(std::move(flags))) {
    server.wait_until_ready();
  }

  // Returns after the server has accepted it.
  client& connect() {
    auto& c = clients.emplace_back(server.port());
    ask(c, probe().send, probe().expect);
    return c;
  }
  void ask(client& c, const std::string& request, const std::string& expect) {
    EXPECT_TRUE(c.send(request));
    answer(c, expect);
  }
  void answer(client& c, const std::string& expect, unsigned refusals = 0) {
    c.receive(expect.size());
    EXPECT_EQ(c.take(), expect);
    seen.add_replies(expect, refusals);
  }
  void terminate() {
    for (auto& c : clients) {
      EXPECT_TRUE(c.delivered());
      seen.add_connection(c.sent(), c.received());
    }
    server.terminate();
  }
  // The counters, after a clean exit.
  nlohmann::json counters() {
    const auto end = server.wait();
    EXPECT_EQ(end.code, 0);
    EXPECT_EQ(end.errors, "");
    EXPECT_EQ(std::count(end.output.begin(), end.output.end(), '\n'), 1) << end.output;
    return nlohmann::json::parse(end.output, nullptr, false);
  }

  program server;
  std::deque<client> clients;
  expected_counters seen;
};

}  // namespace tvl::conformance
