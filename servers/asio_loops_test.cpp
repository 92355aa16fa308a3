// Particular to several processes of loops: connections are spread over them, each with its own descriptors.

#include "servers/conformance/usage.hpp"
#include "servers/conformance/websocket_transcripts.hpp"
#include "servers/testing/http_client.hpp"
#include "servers/testing/server_process.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <signal.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

namespace tvl::conformance {
namespace {

const std::string request = "GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n";

void expect_served(client& one) {
  EXPECT_TRUE(one.send(request));
  EXPECT_TRUE(one.receive(1));
  EXPECT_TRUE(one.take().starts_with("HTTP/1.1 200 OK\r\n"));
}

std::vector<std::ptrdiff_t> descriptors_of(const std::vector<pid_t>& processes) {
  std::vector<std::ptrdiff_t> all;
  for (const pid_t one : processes) all.push_back(usage_of(one).descriptors);
  return all;
}

TEST(asio_loops, share_connections_among_processes) {
  program server(TVL_PROGRAM, {"--processes", "3", "--threads", "2"});
  const auto port = server.wait_until_ready();
  EXPECT_TRUE(eventually([&] { return children_of(server.pid()).size() == 3; }));
  const auto processes = children_of(server.pid());
  constexpr int connections = 120;
  std::deque<client> all;
  expect_served(all.emplace_back(port));  // so that the process is at work
  const auto before = descriptors_of(processes);
  while (all.size() < connections) expect_served(all.emplace_back(port));
  const auto after = descriptors_of(processes);
  for (std::size_t i = 0; i < processes.size(); ++i) EXPECT_GT(after[i], before[i]) << "has none";
  server.terminate();
  for (auto& one : all) EXPECT_TRUE(one.receive_to_end());
  const auto end = server.wait();
  EXPECT_EQ(end.code, 0);
  EXPECT_EQ(end.errors, "");
  const auto counters = nlohmann::json::parse(end.output, nullptr, false);
  EXPECT_EQ(counters.value("accepted", 0), connections);
  EXPECT_EQ(counters.value("replies", 0), connections);
}

// The listening sockets and their pending connections outlive the process.
TEST(asio_loops, keep_pending_connections_when_a_process_dies) {
  program server(TVL_PROGRAM, {"--processes", "2", "--threads", "1"});
  const auto port = server.wait_until_ready();
  EXPECT_TRUE(eventually([&] { return children_of(server.pid()).size() == 2; }));
  const auto victim = children_of(server.pid()).front();
  ::kill(victim, SIGSTOP);
  std::deque<client> all;
  for (int i = 0; i < 40; ++i) EXPECT_TRUE(all.emplace_back(port).send(request));
  ::kill(victim, SIGKILL);
  for (auto& one : all) EXPECT_TRUE(one.receive(1));
  server.terminate();
  const auto end = server.wait();
  EXPECT_EQ(end.code, 0);
  EXPECT_EQ(std::count(end.errors.begin(), end.errors.end(), '\n'), 1) << end.errors;
  EXPECT_EQ(nlohmann::json::parse(end.output, nullptr, false).value("replies", 0), 40);
}

TEST(asio_loops, have_rooms_only_in_one_process) {
  for (const std::string processes : {"1", "2"}) {
    program server(TVL_PROGRAM, {"--processes", processes});
    client one(server.wait_until_ready());
    EXPECT_TRUE(one.send(upgrade_request("/ws/room")));
    EXPECT_TRUE(one.receive(1));
    const auto reply = one.take();
    EXPECT_TRUE(reply.starts_with(processes == "1" ? "HTTP/1.1 101 " : "HTTP/1.1 501 Not Implemented\r\n")) << reply;
    client other(server.port());
    EXPECT_TRUE(other.send(upgrade_request("/ws/echo")));
    EXPECT_TRUE(other.receive(upgrade_reply().size()));
    EXPECT_EQ(other.take(), upgrade_reply());
  }
}

}  // namespace
}  // namespace tvl::conformance
