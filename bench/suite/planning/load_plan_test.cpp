// What a point offers, and how its contestant is started for it.

#include "bench/suite/planning/load_plan.hpp"

#include "bench/suite/config/endpoints.hpp"
#include "bench/suite/planning/command_values.hpp"
#include "bench/suite/processes/test_support.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

class plan_for_test : public testing::Test {
 protected:
  plan_for_test() {
    w.endpoint = "plaintext";
    m.model = "loop";
    m.endpoints = all_endpoints();
    set("connections", 100);
  }
  void set(const std::string& name, long value) { s.settings.push_back({name, quantity::of(value)}); }
  void set(const std::string& name, const std::string& word) { s.settings.push_back({name, {word, std::nullopt}}); }
  load::plan plan(std::optional<double> knee = {}) const {
    return plan_for(w, load, m, s, "http://127.0.0.1:8080", knee);
  }
  command_values has() const { return {m, s, plan(), 2}; }

  workload w;
  load_settings load;
  manifest m;
  scheduled s;
};

TEST_F(plan_for_test, brings_the_crowd_to_this_contestants_paths) {
  m.endpoints["bytes"] = "/pattern?size={n}";
  m.endpoints["ws_echo"] = "/echo.ws";
  load.plan.crowd.drip_s = 0.5;
  for (const std::string name : {"idle", "idle_websockets", "greedy", "slow_senders", "slow_readers", "garbage"})
    set(name, 7);
  const auto p = plan();
  EXPECT_EQ(p.url, "http://127.0.0.1:8080/plaintext");
  EXPECT_EQ(p.crowd.connections(), 6 * 7);
  EXPECT_EQ(p.crowd.websocket_target, "/echo.ws");
  EXPECT_EQ(p.crowd.slow_reader_target, "/pattern?size=16777216");
  EXPECT_EQ(p.crowd.drip_s, 0.5);
}

TEST_F(plan_for_test, asks_as_the_manifest_says) {
  w.endpoint = "orders";
  w.beside = {"plaintext"};
  m.endpoints["orders"] = "/orders";
  m.headers = {"Host: example.org"};
  m.requests["orders"].method = "POST";
  m.requests["orders"].expect_status = 201;
  m.warmup_s = 7;
  load.plan.warmup_s = 2;
  EXPECT_EQ(plan().url, "http://127.0.0.1:8080/orders");
  EXPECT_EQ(plan().warmup_s, 7);
  ASSERT_EQ(plan().targets.size(), 1U);
  EXPECT_EQ(plan().targets[0].path, "");
  EXPECT_EQ(plan().targets[0].method, "POST");
  EXPECT_EQ(plan().targets[0].expect_status, 201);
  set("percent", 10);
  set("beside", "plaintext");
  const auto p = plan();
  ASSERT_EQ(p.targets.size(), 2U);
  EXPECT_EQ(p.targets[0].path, "/orders");
  EXPECT_EQ(p.targets[0].method, "POST");
  EXPECT_EQ(p.targets[0].weight, 90);
  EXPECT_EQ(p.targets[1].path, "/plaintext");
  EXPECT_EQ(p.targets[1].headers, m.headers);
}

TEST_F(plan_for_test, what_is_asked_for_at_once_shares_its_part_of_the_requests) {
  set("percent", 30);
  set("beside", "delay+offload+json");
  set("ms", 5);
  ASSERT_EQ(plan().targets.size(), 4U);
  EXPECT_EQ(plan().targets[0].weight, 70);
  EXPECT_EQ(plan().targets[1].path, "/delay/5");
  EXPECT_EQ(plan().targets[3].weight, 10);
  m.endpoints.erase("offload");
  ASSERT_EQ(plan().targets.size(), 3U) << "those that it offers";
  EXPECT_EQ(plan().targets[2].path, "/json");
  EXPECT_EQ(plan().targets[2].weight, 15);
}

TEST_F(plan_for_test, more_than_can_be_served_is_meant_where_it_is) {
  set("idle", 7);
  EXPECT_FALSE(plan().overload);
  set("slow_senders", 0);
  EXPECT_FALSE(plan().overload);
  s.settings.back().value = quantity::of(1);
  EXPECT_TRUE(plan().overload);
  s.settings.pop_back();
  load.knee_slo = "p99=10ms";
  EXPECT_TRUE(plan().overload);
}

TEST_F(plan_for_test, rates_are_shares_of_the_knee_once_that_is_known) {
  set("percent_of_knee", 50);
  load.knee_slo = "p99=10ms";
  load.plan.steps = {{1, 100}, {2, 200}};
  EXPECT_EQ(plan().rate, 50);
  const auto p = plan(3000);
  EXPECT_EQ(p.rate, 1500);
  EXPECT_EQ(p.steps[0].rate, 3000);
  EXPECT_EQ(p.steps[1].rate, 6000);
}

TEST_F(plan_for_test, a_websocket_has_a_url_of_its_own_kind_and_a_room_one_generator) {
  w.endpoint = "ws_echo";
  EXPECT_EQ(plan().url, "ws://127.0.0.1:8080/ws/echo");
  EXPECT_EQ(plan().processes, 0) << "as many as it takes";
  w.endpoint = "ws_room";
  w.is_room = true;
  EXPECT_EQ(plan().processes, 1);
}

TEST_F(plan_for_test, a_thread_or_process_for_each_counts_everybody) {
  m.command = {"x", "{processes}", "{threads}"};
  m.model = "prefork";
  set("processes", "connections");
  set("threads", 1);
  set("idle", 20);
  load.plan.late = {0.1, 3};
  EXPECT_EQ(has().texts().at("processes"), "123");
  EXPECT_EQ(has().processes(), 123);
  EXPECT_EQ(has().threads(), 123);
  EXPECT_EQ(has().slots().connections, 103) << "idle background connections need no slot";
  EXPECT_EQ(has().slots().threads, 123);
}

TEST_F(plan_for_test, processes_that_are_threads_share_their_descriptors) {
  m.command = {"x", "{processes}", "{pool}", "{offload_threads}"};
  m.model = "loops";
  set("processes", 4);
  EXPECT_EQ(has().processes(), 4);
  EXPECT_EQ(has().slots().offload_threads, 4 * 16);
  m.one_process = true;
  EXPECT_EQ(has().processes(), 1);
  EXPECT_EQ(has().slots().offload_threads, 16);
  EXPECT_EQ(has().slots().pool, 4 * 16) << "each loop has one of its own";
}

TEST_F(plan_for_test, a_thread_model_starts_one_for_each_connection) {
  set("idle", 20);
  EXPECT_EQ(has().threads(), 1);
  m.model = "threads";
  EXPECT_EQ(has().threads(), 120);
}

TEST_F(plan_for_test, what_is_not_said_is_the_manifests_or_the_standard) {
  m.command = {"x", "{stack}", "{threads}"};
  m.defaults = {{"threads", quantity::of(256)}};
  EXPECT_EQ(has().texts().at("threads"), "256");
  EXPECT_EQ(has().texts().at("stack"), "64KiB");
  set("stack", "8MiB");
  EXPECT_EQ(has().texts().at("stack"), "8MiB");
}

}  // namespace
}  // namespace tvl::suite
