#include "clients/load/plan/process_shares.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/plan/plan_serialization.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>

#include <set>
#include <tuple>

namespace tvl::load {
namespace {

plan large() {
  plan p;
  p.url = "http://127.0.0.1:8080/";
  p.connections = 100;
  p.crowd.idle = 50'000;
  return p;
}

std::string shares_refusal(const plan& p) {
  try {
    check_limits(p);
  } catch (const bad_plan& e) {
    return e.what();
  }
  return "fits";
}

TEST(shares, add_up_to_the_plan) {
  plan p = large();
  p.rate = 1000;
  p.steps = {{1, 500}, {2, 3000}};
  p.late = {1, 10};
  p.crowd.idle_websockets = 7;
  p.crowd.greedy = 1;
  p.crowd.slow_senders = 11;
  p.crowd.slow_readers = 2;
  p.crowd.garbage = 4;
  plan sum;
  sum.connections = 0;
  sum.steps = {{1, 0}, {2, 0}};
  sum.late = {1, 0};
  std::set<std::uint64_t> seeds;
  for (int i = 0; i < 3; ++i) {
    const plan mine = share_of(p, i, 3);
    EXPECT_EQ(mine.processes, 1);
    EXPECT_EQ(mine.url, p.url);
    EXPECT_LE(connections_of(mine), connections_of(p) / 3 + 6) << "even";
    sum.connections += mine.connections;
    sum.rate += mine.rate;
    sum.late->connections += mine.late->connections;
    for (std::size_t s = 0; s < 2; ++s) sum.steps[s].rate += mine.steps[s].rate;
    for (const auto group : {&background_plan::idle, &background_plan::idle_websockets, &background_plan::greedy,
                             &background_plan::slow_senders, &background_plan::slow_readers, &background_plan::garbage})
      sum.crowd.*group += mine.crowd.*group;
    seeds.insert(mine.seed);
  }
  EXPECT_EQ(connections_of(sum), connections_of(p));
  EXPECT_EQ(sum.connections, 100);
  EXPECT_NEAR(sum.rate, 1000, 1e-9);
  EXPECT_NEAR(sum.steps[1].rate, 3000, 1e-9);
  EXPECT_EQ(seeds.size(), 3u);
}

TEST(shares, of_one_are_the_plan) {
  plan p = large();
  p.cpus = {1};
  EXPECT_EQ(pack(share_of(p, 0, 1)), pack(p));
}

TEST(shares, have_cores_and_sources_of_their_own_where_there_are_enough) {
  plan p = large();
  p.cpus = {4, 5, 6, 7};
  p.threads = 2;
  p.sources = {{htonl(1)}, {htonl(2)}, {htonl(3)}};
  EXPECT_EQ(share_of(p, 0, 2).cpus, (std::vector{4, 6}));
  EXPECT_EQ(share_of(p, 1, 2).cpus, (std::vector{5, 7}));
  EXPECT_EQ(share_of(p, 1, 2).idle, idle_strategy::automatic);
  EXPECT_EQ(share_of(p, 4, 5).cpus, (std::vector{4}));
  EXPECT_EQ(share_of(p, 4, 5).idle, idle_strategy::sleep) << "two spinning threads on one core";
  EXPECT_EQ(share_of(p, 0, 2).sources.size(), 2u);
  EXPECT_EQ(share_of(p, 4, 5).sources.front().s_addr, htonl(2));
}

TEST(shares, are_as_few_as_the_descriptors_allow) {
  const auto each = static_cast<int>(claim_budget(1).descriptors);
  plan p = large();
  p.processes = 0;
  p.crowd.idle = each - p.connections;
  EXPECT_EQ(processes_of(p), 1);
  p.crowd.idle += 1;
  EXPECT_EQ(processes_of(p), 2);
  p.crowd.idle = 5 * each / 2;
  EXPECT_EQ(processes_of(p), 3);
  p.processes = 7;
  EXPECT_EQ(processes_of(p), 7);
}

TEST(shares, are_refused_in_one_line) {
  plan p = large();
  p.processes = 101;
  EXPECT_EQ(shares_refusal(p), "101 generator processes need as many active connections, there are 100");
  p.processes = -1;
  EXPECT_EQ(shares_refusal(p), "a generator cannot have -1 processes");
  p = large();
  p.processes = 2;
  p.crowd.idle = 2 * static_cast<int>(claim_budget(1).descriptors);
  EXPECT_NE(shares_refusal(p).find("in each of 2 processes"), std::string::npos) << shares_refusal(p);
  p.processes = 3;
  EXPECT_EQ(shares_refusal(p), "fits");
}

// IPv6 has one loopback address; a Unix socket uses no ports.
TEST(sources, are_added_for_ipv4_only) {
  plan p = large();
  p.processes = 3;
  for (const char* url : {"http://[::1]:8080/", "unix:/run/app.sock"}) {
    p.url = url;
    p.crowd.idle = static_cast<int>(claim_budget(1).ports.value() / 2);
    EXPECT_TRUE(with_enough_sources(p).sources.empty()) << url;
  }
  EXPECT_FALSE(check_limits(p).ports);
}

TEST(sources, are_added_before_connects_get_slow) {
  const auto ports = claim_budget(1).ports.value();
  plan p = large();
  p.processes = 3;
  p.crowd.idle = static_cast<int>(ports / 2) - p.connections;
  EXPECT_EQ(with_enough_sources(p).sources.size(), 0u);
  p.crowd.idle += 1;
  EXPECT_EQ(with_enough_sources(p).sources.size(), 3u) << "one for each process";
  p.crowd.idle = static_cast<int>(2 * ports);
  const plan enough = with_enough_sources(p);
  EXPECT_EQ(enough.sources.size(), 6u);
  EXPECT_EQ(ntohl(enough.sources[5].s_addr), INADDR_LOOPBACK + 5);
  EXPECT_EQ(with_enough_sources(enough).sources.size(), 6u);
  p.url = "http://192.0.2.1/";  // RFC 5737: for documentation
  p.allow_remote = true;
  EXPECT_TRUE(with_enough_sources(p).sources.empty()) << "we do not know which addresses are ours";
}

// All members: a new member does not compile here.
auto members(const target& t) {
  const auto& [path, weight, method, headers, body, expect_status, expect_body, expect_body_matches] = t;
  return std::tie(path, weight, method, headers, body, expect_status, expect_body, expect_body_matches);
}
auto members(const background_plan& c) {
  const auto& [a, b, cc, d, e, f, g, h, i, j, k, l] = c;
  return std::tie(a, b, cc, d, e, f, g, h, i, j, k, l);
}
auto members(const plan& p) {
  const auto& [url, targets, remote, connections, sources, crowd, per_connection, rate, arrivals, idle, overload, steps,
               storm, late, think, requests, ramp, warmup, seconds, timeout, seed, trace, processes, threads, cpus,
               congestion_control, cores, together] = p;
  return std::tuple_cat(
      std::tie(url, remote, connections, per_connection, rate, arrivals, idle, overload, storm, think, requests, ramp,
               warmup, seconds, timeout, seed, trace, processes, threads, cpus, congestion_control, cores, together),
      std::tuple(targets.size(), members(targets.back()), sources.size(), sources.back().s_addr, members(crowd),
                 steps.back().at_s, steps.back().rate, late->at_s, late->connections));
}

TEST(plan_wire, gives_back_what_it_was_given) {
  plan p;
  p.url = "http://127.0.0.1:1/x";
  p.targets = {{}, {"/y", 2, "POST", {"A: b"}, std::string("\xff\0z", 3), 201, "body", "b.*y"}};
  p.allow_remote = true;
  p.connections = 2;
  p.sources = {{htonl(INADDR_LOOPBACK)}, {htonl(INADDR_LOOPBACK + 1)}};
  p.crowd = {1, 2, 3, 4, 5, 6, 9, 7.5, 8, "/a", "/b", "/c"};
  p.requests_per_connection = 3;
  p.rate = 0.1;
  p.arrivals = arrivals::constant;
  p.idle = idle_strategy::spin;
  p.overload = true;
  p.steps = {{1, 2}, {3, 4}};
  p.storm_s = 5;
  p.late = {6, 7};
  p.think_s = 8;
  p.requests = 9;
  p.ramp_s = 10;
  p.warmup_s = 11;
  p.seconds = 12;
  p.timeout_s = 13;
  p.seed = UINT64_MAX;
  p.trace_s = 14;
  p.processes = 15;
  p.threads = 16;
  p.cpus = {17, 18};
  p.congestion_control = "reno";
  p.server_cores = 19;
  p.together = 20;
  const plan got = unpack(pack(p));
  EXPECT_EQ(members(got), members(p));
  p.storm_s.reset();
  EXPECT_FALSE(unpack(pack(p)).storm_s);
}

}  // namespace
}  // namespace tvl::load
