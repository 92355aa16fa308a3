// run() against servers that end connections, or leave requests without a reply: what the server does is counted under
// its name, and no pause of the generator is the server's.

#include "clients/load/base/clock.hpp"
#include "clients/load/base/descriptor.hpp"
#include "clients/load/run/run.hpp"
#include "clients/load/selftest/invariants.hpp"

#include <gtest/gtest.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace tvl::load {
namespace {

constexpr std::string_view reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr std::string_view end_of_header = "\r\n\r\n";

// One connection of a scripted server.
class peer {
 public:
  explicit peer(int socket) : socket_(socket) {}
  // The next request, without its body; false: the client has ended the connection.
  bool read_request() {
    auto end = read_.find(end_of_header);
    for (; end == read_.npos; end = read_.find(end_of_header))
      if (!read_more()) return false;
    header_ = read_.substr(0, end);
    read_.erase(0, end + end_of_header.size());
    return true;
  }
  // The body of that request; false: it ended early.
  bool read_body(std::size_t size) {
    while (read_.size() < size)
      if (!read_more()) return false;
    read_.erase(0, size);
    return true;
  }
  const std::string& header() const { return header_; }
  void answer() const { ::send(socket_.get(), reply.data(), reply.size(), MSG_NOSIGNAL); }

 private:
  bool read_more() {
    char bytes[65536];
    const auto n = ::recv(socket_.get(), bytes, sizeof bytes, 0);
    if (n > 0) read_.append(bytes, static_cast<std::size_t>(n));
    return n > 0;
  }

  descriptor socket_;
  std::string read_, header_;
};

// Runs the script on each connection, which ends with it.
class scripted_server {
 public:
  explicit scripted_server(std::function<void(peer&)> script)
      : script_(std::move(script)), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_.get(), any, size) != 0 || ::listen(socket_.get(), 1024) != 0 ||
        ::getsockname(socket_.get(), any, &size) != 0)
      throw std::runtime_error("the scripted server cannot listen");
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { accept(); });
  }
  // The clients must have ended.
  ~scripted_server() { ::shutdown(socket_.get(), SHUT_RDWR); }
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;

  plan load() const {
    plan p;
    p.url = "http://127.0.0.1:" + std::to_string(port_) + "/";
    p.connections = 4;
    p.warmup_s = 0;
    p.seconds = 0.6;
    return p;
  }

 private:
  void accept() {
    std::vector<std::jthread> connections;
    for (int fd = 0; (fd = ::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)) >= 0;)
      connections.emplace_back([this, fd] {
        peer p(fd);
        script_(p);
      });
  }

  const std::function<void(peer&)> script_;
  descriptor socket_;
  int port_ = 0;
  std::jthread thread_;
};

plan posting(plan p, std::size_t body_size) {
  p.targets.front().method = "POST";
  p.targets.front().body = std::string(body_size, 'x');
  return p;
}

TEST(LoadEndings, WhatTimesOutIsInThePercentiles) {
  std::atomic<int> seen = 0;
  const scripted_server s([&](peer& p) {
    while (p.read_request())
      if (++seen % 50 != 0) p.answer();
  });
  for (const double rate : {0.0, 500.0}) {
    plan asked = s.load();
    asked.rate = rate;
    asked.timeout_s = 0.1;
    asked.seconds = 1;
    const point p = run(asked);
    expect_conserved(p);
    ASSERT_GT(p.requests.timeouts, 0u);
    EXPECT_GT(p.requests.ok, p.requests.timeouts);
    EXPECT_GE(p.latency.response.max().value(), 100 * one_millisecond);
    EXPECT_GE(p.latency.service.max().value(), 100 * one_millisecond);
    const double given_up = static_cast<double>(p.requests.timeouts) / static_cast<double>(p.requests.scheduled);
    EXPECT_GE(p.latency.response.quantile(1 - given_up / 2).value(), 100 * one_millisecond);
    double in_rows = 0;
    for (const auto& row : p.timeline) in_rows = std::max(in_rows, row.max.value_or(0));
    EXPECT_GE(in_rows, 100'000);
  }
}

// A reply that comes later than the timeout counts as a time-out, even before the check for time-outs has run.
TEST(LoadEndings, AReplyAfterTheTimeoutIsATimeout) {
  const scripted_server s([](peer& p) {
    while (p.read_request()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(400));
      p.answer();
    }
  });
  plan asked = s.load();
  asked.seconds = 2;
  asked.timeout_s = 0.3;
  const point p = run(asked);
  expect_conserved(p);
  EXPECT_EQ(p.requests.ok, 0u);
  EXPECT_GT(p.requests.timeouts, 0u);
}

// Reads a request after the fifth reply and closes: the two have crossed.
void close_after_five(peer& p) {
  for (int i = 0; i < 5 && p.read_request(); ++i) p.answer();
  p.read_request();
}

TEST(LoadEndings, AConnectionThatIsClosedBetweenRepliesIsOpenedAgainAndTheRequestSentAgain) {
  const scripted_server s(close_after_five);
  for (const double rate : {0.0, 500.0}) {
    plan asked = s.load();
    asked.rate = rate;
    const point p = run(asked);
    expect_conserved(p);
    EXPECT_GT(p.requests.ok, 20u);
    EXPECT_EQ(errors(p.requests), 0u);
    EXPECT_EQ(p.connections.failed, 0u);
    EXPECT_GT(p.connections.closed.value(), 0u);
    EXPECT_TRUE(has_reason(p, "connections between replies, without saying so"));
  }
}

TEST(LoadEndings, ARequestThatIsNotIdempotentIsNotSentTwice) {
  std::atomic<std::uint64_t> seen = 0;
  const scripted_server s([&](peer& p) {
    for (int i = 0; i < 5 && p.read_request(); ++i, ++seen) p.answer();
    if (p.read_request()) ++seen;
  });
  plan asked = s.load();
  asked.targets.front().method = "POST";
  const point p = run(asked);
  expect_conserved(p);
  EXPECT_GT(p.requests.ok, 0u);
  EXPECT_GT(p.requests.resets, 0u);
  EXPECT_EQ(p.requests.protocol_errors, 0u);
  EXPECT_LE(p.requests.sent - p.requests.in_flight_at_end, seen);
}

TEST(LoadEndings, AConnectionThatIsClosedBeforeItsFirstReplyIsAFailure) {
  const scripted_server s([](peer& p) { p.read_request(); });
  const point p = run(s.load());
  expect_conserved(p);
  EXPECT_EQ(p.requests.ok, 0u);
  EXPECT_GT(p.requests.resets, 0u);
  EXPECT_EQ(p.requests.protocol_errors, 0u);
  EXPECT_LT(p.requests.sent, 4 * 20u);  // the pauses between two tries grow
}

// No request is on its way when the connection ends.
TEST(LoadEndings, AnEndWhileNothingIsAskedIsNoError) {
  const scripted_server s([](peer& p) {
    if (p.read_request()) p.answer();
  });
  plan asked = s.load();
  asked.think_s = 0.02;
  const point p = run(asked);
  expect_conserved(p);
  EXPECT_GT(p.requests.ok, 4u);
  EXPECT_EQ(errors(p.requests), 0u);
  EXPECT_GT(p.connections.closed.value(), 0u);
}

TEST(LoadEndings, ABodyIsFinishedBeforeTheNextRequest) {
  constexpr std::size_t size = 3'000'000;
  std::atomic<int> whole = 0, broken = 0;
  const scripted_server s([&](peer& p) {
    while (p.read_request()) {
      p.header().starts_with("POST / ") ? ++whole : ++broken;
      p.answer();  // the body has not been read yet
      if (!p.read_body(size)) return;
    }
  });
  const point p = run(posting(s.load(), size));
  expect_conserved(p);
  EXPECT_GT(p.requests.ok, 4u);
  EXPECT_EQ(errors(p.requests), 0u);
  EXPECT_GT(whole, 4);
  EXPECT_EQ(broken, 0);
}

TEST(LoadEndings, AServerThatAnswersAndClosesBeforeTheBodyIsNotBlamed) {
  const scripted_server s([](peer& p) {
    if (p.read_request()) p.answer();
  });
  const point p = run(posting(s.load(), 3'000'000));
  expect_conserved(p);
  EXPECT_GT(p.requests.ok, 0u);
  EXPECT_EQ(p.requests.protocol_errors, 0u);
}

}  // namespace
}  // namespace tvl::load
