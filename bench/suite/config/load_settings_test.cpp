// Keys of [load] and [quick]: background connections, changes inside the window, the knee.

#include "bench/suite/config/load_settings.hpp"

#include "bench/suite/config/toml_fixture.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

workload with(const std::string& lines) {
  const temporary_folder folder;
  return read_workload(folder.write("wait.toml", replaced(good_workload, "[1, 64]\n", "[1, 64]\n" + lines + "\n")));
}

std::string error_with(const std::string& lines) { return workload_error("[1, 64]\n", "[1, 64]\n" + lines + "\n"); }

TEST(load_settings, populations_are_variables_and_may_be_empty) {
  const auto w =
      with("idle = [0, 1000]\nidle_websockets = 5\ngreedy = 1\nslow_senders = 0\nslow_readers = 7\ndrip_s = 0.5");
  EXPECT_EQ(values_of(w.full, "idle"), (std::vector<std::string>{"0", "1000"}));
  EXPECT_EQ(values_of(w.quick, "idle"), (std::vector<std::string>{"0", "1000"}));
  EXPECT_EQ(values_of(w.full, "slow_senders"), std::vector<std::string>{"0"});
  EXPECT_EQ(w.full.plan.crowd.drip_s, 0.5);
  EXPECT_EQ(background_endpoints(w.full), (std::vector<std::string>{"ws_echo", "bytes"}));
  EXPECT_EQ(endpoints_of(w, {{"idle_websockets", quantity::of(5)}, {"slow_readers", quantity::of(0)}}),
            (std::vector<std::string>{"delay", "ws_echo"}));
  EXPECT_EQ(error_with("idle = -1"),
            "wait.toml:7: 'idle' in [load] must be a whole number from 0 to 1000000, or a list of such");
  EXPECT_EQ(error_with("idle_websocket = 1").substr(0, 40), "wait.toml:7: unknown key 'idle_websocket");
  EXPECT_EQ(error_with("drip_s = 0"), "wait.toml:7: 'drip_s' in [load] must be more than 0");
}

TEST(load_settings, threads_and_processes_may_be_one_for_each_connection) {
  const auto w = with("processes = \"connections\"\nthreads = [1, \"connections\"]");
  EXPECT_EQ(values_of(w.full, "processes"), std::vector<std::string>{one_each});
  EXPECT_EQ(
      error_with("processes = \"conections\""),
      "wait.toml:7: 'processes' in [load] must be a whole number from 1 to 1000000 or \"connections\", or a list of "
      "such");
}

TEST(load_settings, stacks_are_sizes) {
  EXPECT_EQ(values_of(with("stack = [\"64KiB\", \"8MiB\"]").full, "stack"),
            (std::vector<std::string>{"64KiB", "8MiB"}));
  for (const auto* wrong : {"64", "\"64 KiB\"", "\"0KiB\"", "\"8GiB\""})
    EXPECT_EQ(error_with(std::string("stack = ") + wrong),
              "wait.toml:7: 'stack' in [load] must be a size such as \"64KiB\" or \"8MiB\", or a list of such")
        << wrong;
}

TEST(load_settings, the_rate_may_change_inside_the_window) {
  const auto w = with("rate = 100\nsteps = [[0.2, 200], [0.4, 100.5]]");
  ASSERT_EQ(w.full.plan.steps.size(), 2U);
  EXPECT_EQ(w.full.plan.steps[1].at_s, 0.4);
  EXPECT_EQ(w.full.plan.steps[1].rate, 100.5);
  EXPECT_EQ(w.quick.plan.steps.size(), 2U);
  EXPECT_EQ(error_with("steps = [[0.2, 200]]"), "wait.toml:7: 'steps' in [load] need a rate to begin with");
  EXPECT_EQ(error_with("rate = [\"saturation\", 5]\nsteps = [[0.2, 200]]"),
            "wait.toml:8: 'steps' in [load] need a rate to begin with");
  const std::string shape = "wait.toml:8: 'steps' in [load] must be a list of pairs [at_s, rate], numbers of 0 or more";
  for (const auto* wrong : {"3", "[]", "[1, 2]", "[[1]]", "[[1, 2, 3]]", "[[1, -2]]", "[[1, \"2\"]]"})
    EXPECT_EQ(error_with(std::string("rate = 100\nsteps = ") + wrong), shape) << wrong;
  const auto wrong = [](const std::string& steps) { return error_with("rate = 100\nsteps = " + steps).substr(0, 42); };
  for (const auto* steps : {"[[0, 5]]", "[[3, 5]]", "[[0.2, 5], [0.1, 5]]", "[[0.2, 0]]"})
    EXPECT_EQ(wrong(steps), "wait.toml:8: 'steps' in [load] is wrong: t") << steps;
}

TEST(load_settings, what_changes_has_to_lie_in_the_quick_window_too) {
  EXPECT_TRUE(error_with("storm_s = 1").starts_with("wait.toml:13: 'storm_s' in [quick] is wrong: "));  // it has 0.5 s
  EXPECT_EQ(with("storm_s = 0.25").full.plan.storm_s, 0.25);
}

TEST(load_settings, connections_may_come_late) {
  const auto w = with("late = [0.25, 2000]");
  ASSERT_TRUE(w.full.plan.late);
  EXPECT_EQ(w.full.plan.late->at_s, 0.25);
  EXPECT_EQ(w.full.plan.late->connections, 2000);
  EXPECT_EQ(error_with("late = 2"),
            "wait.toml:7: 'late' in [load] must be a pair [at_s, connections], numbers of 0 or more");
  for (const auto* wrong : {"[0.2, 0]", "[0.2, 1.5]"})
    EXPECT_EQ(error_with(std::string("late = ") + wrong),
              "wait.toml:7: 'late' in [load] has to bring a whole number of connections, at least 1");
  EXPECT_EQ(error_with("late = [0.2, 5]\nstorm_s = 0.2"),
            "wait.toml:8: 'storm_s' in [load] is wrong: a storm and late connections do not go together");
}

TEST(load_settings, a_share_of_the_knee_needs_to_know_what_the_knee_is) {
  const auto w = with("percent_of_knee = [50, 120]\nknee_slo = \"p99=10ms\"\nsteps = [[0.2, 200]]");
  EXPECT_EQ(w.full.knee_slo, "p99=10ms");
  EXPECT_EQ(values_of(w.full, "percent_of_knee"), (std::vector<std::string>{"50", "120"}));
  EXPECT_TRUE(error_with("percent_of_knee = 50").starts_with("wait.toml:5: 'knee_slo' in [load] is missing: "));
  EXPECT_TRUE(
      error_with("knee_slo = \"p99=10ms\"").starts_with("wait.toml:5: 'percent_of_knee' in [load] is missing: "));
  EXPECT_TRUE(
      error_with("percent_of_knee = 50\nknee_slo = \"10ms\"").starts_with("wait.toml:8: 'knee_slo' in [load] "));
  EXPECT_EQ(error_with("percent_of_knee = 50\nknee_slo = \"p99=10ms\"\nrate = 5"),
            "wait.toml:9: 'rate' in [load] and 'percent_of_knee' are two ways to say one thing");
}

TEST(load_settings, generator_processes_are_a_number_or_as_many_as_it_takes) {
  EXPECT_EQ(with("processes_of_generator = 3").full.plan.processes, 3);
  EXPECT_EQ(with("processes_of_generator = \"auto\"").full.plan.processes, 0);
  for (const auto* wrong : {"0", "65", "1.5", "\"some\"", "[1, 2]"})
    EXPECT_EQ(error_with(std::string("processes_of_generator = ") + wrong),
              "wait.toml:7: 'processes_of_generator' in [load] must be \"auto\" or a whole number from 1 to 64")
        << wrong;
}

TEST(load_settings, a_room_is_a_kind_of_its_own) {
  const auto room = [](const std::string& kind, const std::string& endpoint) {
    return workload_error("endpoint    = \"delay\"\nparameters  = { ms = 50 }\n",
                          "endpoint = \"" + endpoint + "\"\nkind = \"" + kind + "\"\n");
  };
  EXPECT_EQ(room("room", "ws_room"), "no error");
  EXPECT_EQ(room("room", "ws_echo"), "wait.toml:3: 'kind' is \"room\", which is for the endpoint ws_room");
  EXPECT_EQ(room("load", "ws_room"), "wait.toml:2: 'endpoint' is ws_room, which needs kind = \"room\"");
  EXPECT_EQ(room("rom", "ws_room"), "wait.toml:3: 'kind' names an unknown kind 'rom' (nearest: room)");
}

}  // namespace
}  // namespace tvl::suite
