#include "clients/load/run/multi_process.hpp"

#include "clients/load/meter/process_tree.hpp"
#include "clients/load/run/generator_group.hpp"
#include "clients/load/run/generator_process.hpp"
#include "clients/load/selftest/reference_server.hpp"

#include <gtest/gtest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

namespace tvl::load {
namespace {

using namespace std::chrono_literals;

constexpr const char* tvl_load = TVL_LOAD;

plan by_three(const std::string& url) {
  plan p;
  p.url = url;
  p.connections = 7;
  p.processes = 3;
  p.warmup_s = 0.05;
  p.seconds = 0.5;
  return p;
}

bool has_children() {
  int status = 0;
  return ::waitpid(-1, &status, WNOHANG) >= 0 || errno != ECHILD;
}

// Runs `then` on a thread of its own once the server has sent `replies` replies.
std::jthread once_replied(const reference_server& s, std::uint64_t replies, std::function<void()> then) {
  return std::jthread([&s, replies, then = std::move(then)](const std::stop_token& over) {
    while (s.seen().replies < replies && !over.stop_requested()) std::this_thread::sleep_for(1ms);
    then();
  });
}

std::string failure_of(const plan& p, const std::string& program = tvl_load) {
  try {
    run_in_processes(p, {}, program);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "none";
}

TEST(many, are_one_point) {
  reference_server s;
  plan asked = by_three(s.url("/constant/1000"));
  asked.crowd.idle = 5;
  const point p = run_in_processes(asked, {}, tvl_load);
  EXPECT_FALSE(has_children());
  EXPECT_EQ(s.seen().connections, 12u);
  EXPECT_EQ(p.asked.processes, 3);
  EXPECT_EQ(p.asked.connections, 7);
  EXPECT_EQ(p.connections.asked, 7u);
  EXPECT_EQ(p.connections.established, 7u);
  EXPECT_EQ(p.crowd.value().idle.value().established, 5u);
  const auto& r = p.requests;
  EXPECT_EQ(r.scheduled, r.sent + r.unsent);
  EXPECT_EQ(r.sent, r.ok + r.status_errors + r.protocol_errors + r.timeouts + r.resets + r.in_flight_at_end);
  EXPECT_GT(r.ok, 7u);
  EXPECT_LE(r.ok, s.seen().replies);
  EXPECT_EQ(p.replies, r.ok);
  EXPECT_EQ(p.latency.response.count(), r.scheduled);
  EXPECT_EQ(p.status_codes.value().at("200"), r.ok);
  EXPECT_GE(p.latency.response.min(), 1'000'000);
  EXPECT_EQ(p.latency.connect.count(), 7u);
  EXPECT_NEAR(p.window_s, 0.5, 0.01);
  EXPECT_EQ(p.timeline.size(), 1u);
  EXPECT_TRUE(p.generator.cpu_share);
  EXPECT_FALSE(p.server.cpu_share);
  EXPECT_FALSE(p.interrupted);
}

TEST(many, keep_one_schedule) {
  reference_server s;
  plan asked = by_three(s.url("/constant/0"));
  asked.rate = 300;
  asked.arrivals = arrivals::constant;
  const point p = run_in_processes(asked, {}, tvl_load);
  EXPECT_NEAR(static_cast<double>(p.requests.scheduled - p.requests.in_flight_at_start - p.requests.unsent_at_start),
              150, 3);
  EXPECT_TRUE(p.rate_ratio);
}

TEST(many, do_not_count_a_load_beside_theirs) {
  reference_server s;
  plan asked = by_three(s.url("/constant/1000")), other = asked;
  other.connections = other.processes = 1;
  other.rate = 100;
  generator_group group{.members = {}, .head_start = 50'000'000};
  for (const char* name : {"one", "two", "three", "other"})
    group.members.push_back({std::make_unique<generator_process>(tvl_load), name});
  group.members.back().beside = other;
  const auto result = run_together(asked, group, {});
  ASSERT_EQ(result.parts.size(), 3u);
  ASSERT_EQ(result.beside.size(), 1u);
  EXPECT_EQ(result.over.size(), 4u);
  EXPECT_EQ(result.whole.connections.asked, 7u);
  EXPECT_EQ(result.whole.latency.response.count(), result.whole.requests.scheduled);
  const point& beside = result.beside.front();
  EXPECT_EQ(beside.asked.rate, 100);
  EXPECT_GT(beside.replies, 0u);
  EXPECT_LE(result.whole.requests.ok + beside.requests.ok, s.seen().replies);
  std::uint64_t replies = 0;
  for (const auto& part : result.parts) replies += part.replies;
  EXPECT_EQ(result.whole.replies, replies);
}

// Each would end its own window.
TEST(many, do_not_count_requests_together) {
  reference_server s;
  plan asked = by_three(s.url("/constant/100"));
  asked.requests = 100;
  EXPECT_EQ(failure_of(asked), "a number of requests ends the window of one generator process, not of 3 together");
}

TEST(many, watch_the_server_once) {
  reference_server s({.child = true});
  plan asked = by_three(s.url("/constant/100"));
  asked.seconds = 1.3;
  const meter server(s.pid());
  watcher w;
  w.server = &server;
  const point p = run_in_processes(asked, w, tvl_load);
  ASSERT_TRUE(p.server.cpu_share);
  EXPECT_GT(*p.server.cpu_share, 0);
  EXPECT_NEAR(p.server.cpu_us_per_request.value(),
              *p.server.cpu_share * p.window_s * 1e6 / static_cast<double>(p.replies),
              0.1 * *p.server.cpu_us_per_request);
  EXPECT_GT(p.server.pss_bytes.value(), 0u);
  ASSERT_EQ(p.timeline.size(), 2u);
  EXPECT_TRUE(p.timeline[0].server_cpu);
  EXPECT_GT(p.timeline[0].sampled_s.value(), 0);
  EXPECT_GT(p.timeline[1].sampled_s.value(), p.timeline[0].sampled_s.value());
  EXPECT_TRUE(p.host.others_cpu_share);
}

TEST(many, are_one_when_one_will_do) {
  reference_server s;
  plan asked = by_three(s.url("/constant/0"));
  asked.processes = 0;
  EXPECT_GT(run_in_processes(asked, {}, "/no/such/program").replies, 0u);
}

TEST(many, end_when_asked_to) {
  reference_server s;
  plan asked = by_three(s.url("/constant/1000"));
  asked.seconds = 600;
  std::stop_source stop;
  const auto stopper = once_replied(s, 50, [&] { stop.request_stop(); });
  watcher w;
  w.stop = stop.get_token();
  const point p = run_in_processes(asked, w, tvl_load);
  EXPECT_TRUE(p.interrupted);
  EXPECT_FALSE(p.verdict.valid);
  EXPECT_FALSE(has_children());
}

// They have hardly been started then, and do not listen for the signal yet.
TEST(many, end_with_a_point_when_stopped_at_once) {
  reference_server s;
  plan asked = by_three(s.url("/constant/1000"));
  asked.seconds = 600;
  std::stop_source stop;
  stop.request_stop();
  watcher w;
  w.stop = stop.get_token();
  const point p = run_in_processes(asked, w, tvl_load);
  EXPECT_TRUE(p.interrupted);
  EXPECT_FALSE(p.verdict.valid);
  EXPECT_FALSE(has_children());
}

TEST(many, that_fail_after_a_stop_were_interrupted) {
  reference_server s;
  std::stop_source stop;
  stop.request_stop();
  watcher w;
  w.stop = stop.get_token();
  EXPECT_THROW(run_in_processes(by_three(s.url("/")), w, "/bin/false"), run_interrupted);
  EXPECT_FALSE(has_children());
}

TEST(many, fail_when_one_of_them_dies) {
  reference_server s;
  plan asked = by_three(s.url("/constant/1000"));
  asked.seconds = 600;
  const auto killer = once_replied(s, 50, [] {
    for (const auto& p : process_tree(::getpid()))
      if (p.parent == ::getpid()) {
        ::kill(p.pid, SIGKILL);
        return;
      }
  });
  const auto failure = failure_of(asked);
  EXPECT_TRUE(failure.ends_with(" of 3 ended early: signal 9")) << failure;
  EXPECT_FALSE(has_children());
}

TEST(many, that_cannot_do_it_say_so_in_one_line) {
  std::string closed;
  {
    reference_server s;
    closed = s.url("/");
  }
  const auto failure = failure_of(by_three(closed));
  EXPECT_TRUE(failure.starts_with("generator process ")) << failure;
  EXPECT_NE(failure.find(" of 3: cannot connect to " + closed + ": Connection refused"), std::string::npos) << failure;
  EXPECT_EQ(failure.find('\n'), std::string::npos);
  reference_server s;
  EXPECT_EQ(failure_of(by_three(s.url("/")), "/no/such/program"),
            "cannot start /no/such/program: No such file or directory");
  const auto other = failure_of(by_three(s.url("/")), "/bin/false");
  EXPECT_TRUE(other.ends_with(" of 3 ended early: exit code 1")) << other;
  EXPECT_FALSE(has_children());
}

}  // namespace
}  // namespace tvl::load
