// The program over plain HTTP.

#include "servers/upstream/objects.hpp"
#include "servers/upstream/test_support.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <regex>
#include <string>
#include <vector>

namespace tvl::upstream {
namespace {

using conformance::client;
using conformance::program;

const std::string keep = " HTTP/1.1\r\nHost: u\r\n\r\n";

TEST(Upstream, SaysWhereItIsAndWhatItDid) {
  running u;
  EXPECT_TRUE(std::filesystem::exists(u.info["ca"].get<std::string>()));
  u.get("/api");
  u.get("/objects/small");
  u.get("/none");
  const auto end = u.stop();
  EXPECT_EQ(end.code, 0);
  EXPECT_EQ(end.errors, "");
  const std::regex lines("tls on 127\\.0\\.0\\.1:([0-9]+) ca (.+)\n(\\{.*\\})\n");
  std::smatch found;
  ASSERT_TRUE(std::regex_match(end.output, found, lines)) << end.output;
  EXPECT_EQ(std::stoi(found[1]), u.info["tls_port"]);
  EXPECT_EQ(found[2], u.info["ca"].get<std::string>());
  EXPECT_FALSE(std::filesystem::exists(u.info["ca"].get<std::string>())) << "a temporary one";
  const auto counters = nlohmann::json::parse(found[3].str());
  EXPECT_EQ(counters["accepted"], 4);
  EXPECT_EQ(counters["requests"], 4);
  EXPECT_EQ(counters["api"], 1);
  EXPECT_EQ(counters["objects"], 1);
  EXPECT_EQ(counters["refused"], 1);
  EXPECT_GT(counters["bytes_in"], 0);
  EXPECT_GT(counters["bytes_out"], 1024);
}

TEST(Upstream, TellsItsTrueServiceTime) {
  running u({"--latency", "uniform:30-40"});
  const auto asked = u.get("/api?ms=20");
  EXPECT_EQ(asked.status, 200);
  EXPECT_EQ(asked.body, R"({"answer":42})");
  EXPECT_EQ(asked.field("Content-Type"), "application/json");
  EXPECT_EQ(asked.field("Content-Length"), "13");
  EXPECT_GE(std::stol(asked.field("X-Service-Time-Us")), 20'000);
  EXPECT_GE(std::stol(u.get("/api").field("X-Service-Time-Us")), 30'000);
}

TEST(Upstream, StreamsObjects) {
  running u;
  const auto got = u.get("/objects/large");
  EXPECT_EQ(got.field("ETag"), "\"object-67108864\"");
  ASSERT_EQ(got.body.size(), 64u << 20);
  for (std::size_t at = 0; at < got.body.size();) {
    const auto piece = object_content(at, got.body.size() - at);
    ASSERT_TRUE(std::string_view(got.body).substr(at, piece.size()) == piece) << at;
    at += piece.size();
  }
}

TEST(Upstream, AnswersHeadWithoutABody) {
  running u;
  const auto got = u.ask("HEAD", "/objects/large");
  EXPECT_EQ(got.field("Content-Length"), "67108864");
  EXPECT_EQ(got.body, "");
}

TEST(Upstream, KeepsConnectionsAndTheOrderOfRequests) {
  running u;
  client c(u.port);
  c.send("GET /api?ms=30" + keep + "GET /api?bytes=1" + keep + "GET /status/503" + keep +
         "GET /objects/100B HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /api HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(c.receive_to_end());
  const auto text = c.take();
  std::string statuses;
  const std::regex status("HTTP/1\\.1 ([0-9]+) |Content-Length: ([0-9]+)|Connection: [a-z-]+");
  for (std::sregex_iterator i(text.begin(), text.end(), status), end; i != end; ++i)
    statuses += ((*i)[1].matched ? (*i)[1].str() : (*i)[2].matched ? (*i)[2].str() : i->str()) + ' ';
  EXPECT_EQ(statuses, "200 13 200 1 503 20 200 100 Connection: keep-alive 200 13 Connection: close ");
}

TEST(Upstream, RefusesAndCloses) {
  running u;
  client c(u.port);
  c.send("nonsense\r\n\r\n");
  EXPECT_TRUE(c.receive_to_end());
  const received got(c.take());
  EXPECT_EQ(got.status, 400);
  EXPECT_EQ(got.field("Connection"), "close");
}

TEST(Upstream, HostileOnesThatEnd) {
  running u;
  client garbage(u.port);
  garbage.send("GET /garbage" + keep);
  EXPECT_TRUE(garbage.receive_to_end());
  EXPECT_EQ(received(garbage.take()).status, 0);
  const auto half = u.get("/half/api?ms=1");
  EXPECT_EQ(half.status, 200);
  EXPECT_EQ(2 * half.body.size(), std::stoul(half.field("Content-Length")));
}

TEST(Upstream, HostileOnesThatDoNot) {
  running u;
  client header(u.port), body(u.port), huge(u.port), silent(u.port);
  header.send("GET /slow-header" + keep);
  body.send("GET /slow-body" + keep);
  huge.send("GET /huge" + keep);
  silent.send("GET /silent" + keep);
  EXPECT_TRUE(header.receive(30));
  EXPECT_EQ(header.take().find("\r\n\r\n"), std::string::npos);
  EXPECT_TRUE(body.receive(100));
  EXPECT_EQ(received(body.take()).field("Content-Length"), "1073741824");
  EXPECT_TRUE(huge.receive(16u << 20));
  EXPECT_EQ(received(huge.take()).field("Content-Length"), "");
  silent.send("GET /api" + keep);
  EXPECT_EQ(u.get("/api").status, 200) << "meanwhile other clients are served";
  EXPECT_FALSE(silent.ended());
  EXPECT_EQ(silent.take(), "");
}

// Open descriptors of a process.
std::size_t descriptors(pid_t pid) {
  const std::filesystem::directory_iterator all("/proc/" + std::to_string(pid) + "/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST(Upstream, ForgetsClientsThatHangUp) {
  running u;
  const auto before = descriptors(u.pid());
  {
    std::vector<std::unique_ptr<client>> all;
    for (const char* path : {"/api?ms=50", "/slow-header", "/slow-body", "/huge", "/silent", "/objects/large"})
      for (int i = 0; i < 5; ++i) {
        all.push_back(std::make_unique<client>(u.port));
        all.back()->send("GET " + std::string(path) + keep);
        if (i % 2) all.back()->reset();
      }
    u.get("/api");  // after this they have been accepted
    EXPECT_GT(descriptors(u.pid()), before);
  }
  for (int i = 0; i < 200 && descriptors(u.pid()) > before; ++i) u.get("/api?ms=50");
  EXPECT_EQ(descriptors(u.pid()), before);
}

TEST(Upstream, HoldsManyConnections) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const auto count = std::min<std::size_t>(2000, limit.rlim_max / 2);
  running u;
  std::vector<std::unique_ptr<client>> all;
  while (all.size() < count) all.push_back(std::make_unique<client>(u.port));
  for (int round = 0; round < 2; ++round) {
    for (const auto& c : all) c->send("GET /api?ms=100" + keep);
    for (const auto& c : all) {
      std::string text;
      while (!text.ends_with(R"({"answer":42})") && c->receive(1)) text += c->take();
      EXPECT_EQ(received(text).status, 200);
    }
  }
}

TEST(Upstream, StopsWithRequestsInFlight) {
  running u;
  client waiting(u.port), silent(u.port), large(u.port);
  waiting.send("GET /api?ms=60000" + keep);
  silent.send("GET /silent" + keep);
  large.send("GET /objects/large" + keep);
  large.receive(1);
  EXPECT_EQ(u.stop().code, 0);
  EXPECT_FALSE(waiting.receive(1));
}

conformance::result refused(std::vector<std::string> flags) { return program(TVL_UPSTREAM, std::move(flags)).wait(); }

TEST(Upstream, BadCommandLineIsOneLineAndTwo) {
  for (const std::vector<std::string>& flags : std::vector<std::vector<std::string>>{{"--latency", "normal:20"},
                                                                                     {"--latency"},
                                                                                     {"--port", "65536"},
                                                                                     {"--port", "x"},
                                                                                     {"--address", "nowhere"},
                                                                                     {"--address", "192.0.2.1"},
                                                                                     {"--tls-wrong", "none"},
                                                                                     {"--tls-wrong", "1"},
                                                                                     {"--tls-dir", "/dev/null/x"},
                                                                                     {"--seed", "-"},
                                                                                     {"--what"},
                                                                                     {"more"}}) {
    const auto end = refused(flags);
    EXPECT_EQ(end.code, 2) << flags.front();
    EXPECT_EQ(end.output, "") << flags.front();
    EXPECT_TRUE(end.errors.starts_with("tvl-upstream: ")) << end.errors;
    EXPECT_EQ(std::ranges::count(end.errors, '\n'), 1) << end.errors;
  }
}

TEST(Upstream, PortInUseIsOneLineAndTwo) {
  running u;
  for (const char* flag : {"--port", "--tls-port"}) {
    const auto end = refused({flag, std::to_string(u.port)});
    EXPECT_EQ(end.code, 2);
    EXPECT_EQ(end.errors,
              "tvl-upstream: cannot listen on 127.0.0.1:" + std::to_string(u.port) + ": Address already in use\n");
  }
}

}  // namespace
}  // namespace tvl::upstream
