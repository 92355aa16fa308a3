// Several servers loaded at the same time: each point is its own server's.

#include "clients/load/run/concurrent.hpp"

#include "clients/load/base/clock.hpp"
#include "clients/load/run/window_meter.hpp"
#include "clients/load/selftest/invariants.hpp"
#include "clients/load/selftest/reference_server.hpp"

#include <gtest/gtest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cmath>

namespace tvl::load {
namespace {

plan against_one_of_them(const reference_server& s) {
  plan asked = against(s, "/constant/1000");
  asked.connections = 3;
  return asked;
}

TEST(Together, EachPointIsItsOwnServers) {
  std::array<reference_server, 3> servers;
  std::vector<job> jobs;
  std::array<int, 3> seconds{};
  for (std::size_t i = 0; i < servers.size(); ++i) {
    jobs.push_back({against_one_of_them(servers[i]), {}});
    jobs.back().asked.seconds = 1.2;
    jobs.back().with.each_second = [&, i](const timeline_row&) { ++seconds[i]; };
  }
  const auto done = run_together(jobs);
  ASSERT_EQ(done.size(), 3u);
  for (std::size_t i = 0; i < servers.size(); ++i) {
    EXPECT_FALSE(done[i].failure);
    const point& p = done[i].result;
    EXPECT_EQ(p.asked.url, jobs[i].asked.url);
    EXPECT_EQ(p.asked.together, 3);
    EXPECT_EQ(p.asked.idle, idle_strategy::spin);
    expect_conserved(p);
    expect_seen_by(servers[i], p);
    EXPECT_GT(p.requests.ok, 0u);
  }
  EXPECT_EQ(seconds, (std::array<int, 3>{1, 0, 0}));
}

TEST(Together, OneThatFailsDoesNotHoldUpTheOthers) {
  reference_server s;
  plan refused = against_one_of_them(s);
  refused.url = "http://127.0.0.1:1/";
  plan too_many = against_one_of_them(s);
  too_many.connections = 100'000'000;
  const auto done = run_together({{refused, {}}, {against_one_of_them(s), {}}, {too_many, {}}});
  EXPECT_THROW(std::rethrow_exception(done[0].failure), bad_plan);
  EXPECT_FALSE(done[1].failure);
  EXPECT_GT(done[1].result.requests.ok, 0u);
  EXPECT_THROW(std::rethrow_exception(done[2].failure), bad_plan);
}

TEST(Together, OneAloneIsAsAlways) {
  reference_server s;
  const auto done = run_together({{against_one_of_them(s), {}}});
  EXPECT_EQ(done[0].result.asked.together, 1);
  EXPECT_EQ(done[0].result.asked.idle, idle_strategy::automatic);
  expect_seen_by(s, done[0].result);
}

TEST(Together, InterruptedTheyEndAtOnce) {
  reference_server one, other;
  std::stop_source stop;
  std::vector<job> jobs;
  for (const auto* s : {&one, &other}) {
    jobs.push_back({against_one_of_them(*s), {}});
    jobs.back().asked.seconds = 3600;
    jobs.back().with.stop = stop.get_token();
  }
  jobs.front().with.each_second = [&](const timeline_row&) { stop.request_stop(); };
  for (const auto& one_of_them : run_together(jobs)) EXPECT_TRUE(one_of_them.result.interrupted);
}

// CPU time of a neighbour is not that of other processes: two meters of the same window differ by it.
TEST(Together, NeighboursAreNotOtherProcesses) {
  const pid_t idle = ::fork();
  if (idle == 0)
    for (;;) ::pause();
  const pid_t busy = ::fork();
  if (busy == 0)
    for (volatile double x = 2;;) x = std::sqrt(x);
  const meter ours(idle), neighbour(busy);
  watcher alone, together;
  alone.server = together.server = &ours;
  together.neighbours = {&neighbour};
  window_meter without(alone), with(together);
  without.begin(clock_now());
  with.begin(clock_now());
  const auto begin = neighbour.read();
  while (*neighbour.read().cpu_ns - *begin.cpu_ns < 500'000'000) ::usleep(20'000);
  const auto end = neighbour.read();
  with.end();
  without.end();
  for (const pid_t child : {idle, busy}) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
  }
  point p, q;
  without.add_to(p);
  with.add_to(q);
  const double share = static_cast<double>(*end.cpu_ns - *begin.cpu_ns) / static_cast<double>(end.at_ns - begin.at_ns);
  ASSERT_TRUE(p.host.others_cpu_share && q.host.others_cpu_share);
  EXPECT_LT(*q.host.others_cpu_share, *p.host.others_cpu_share - share / 2);
}

}  // namespace
}  // namespace tvl::load
