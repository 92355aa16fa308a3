// Workloads, and what is said about wrong ones.

#include "bench/suite/config/toml_fixture.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

TEST(workload, is_read_whole) {
  const temporary_folder folder;
  const auto w = read_workload(folder.write("wait.toml", good_workload));
  EXPECT_EQ(w.name, "wait");
  EXPECT_EQ(w.contestants, (std::vector<std::string>{"mine", "yours"}));
  EXPECT_EQ(values_of(w.full, "connections"), (std::vector<std::string>{"1", "64"}));
  EXPECT_EQ(values_of(w.full, "ms"), std::vector<std::string>{"50"});
  EXPECT_EQ(w.full.plan.sources.size(), 3u);
  EXPECT_EQ(w.full.plan.seconds, 3);
  EXPECT_EQ(w.full.repetitions, 5);
  EXPECT_EQ(values_of(w.quick, "connections"), std::vector<std::string>{"8"});
  EXPECT_FALSE(w.quick.named_only);
  EXPECT_EQ(w.quick.plan.seconds, 0.5);
  EXPECT_EQ(w.quick.plan.warmup_s, 1.5) << "what [quick] does not say is [load]'s";
  EXPECT_EQ(w.quick.repetitions, 5);
  EXPECT_EQ(request_path("/sleep?for={ms}", {{"ms", quantity::of(50)}}), "/sleep?for=50");
  ASSERT_EQ(w.ceilings.size(), 1U);
  EXPECT_EQ(ceiling_rate(w.ceilings[0], {64}), 1280);
  EXPECT_EQ(w.panels, (std::vector<std::string>{"throughput", "p99"}));
}

TEST(workload, points_to_profile_have_a_load_of_their_own) {
  const temporary_folder folder;
  const auto w = read_workload(folder.write("w.toml",
                                            "question = 'How?'\nendpoint = 'plaintext'\ncontestants = ['a']\n"
                                            "[load]\nconnections = [1, 64]\nseconds = 1\nwarmup_s = 0.5\n"
                                            "[why]\ncontestants = ['a', 'b']\nconnections = [64]\n"));
  ASSERT_TRUE(w.why);
  EXPECT_EQ(w.why->contestants, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(w.why->load.plan.seconds, 5);
  EXPECT_EQ(w.why->load.plan.warmup_s, 0.5);
  EXPECT_EQ(w.why->load.repetitions, 2);
  ASSERT_EQ(w.why->load.variables.front().values.size(), 1U);
  EXPECT_EQ(w.why->load.variables.front().part, role::x);
  EXPECT_EQ(w.full.plan.seconds, 1);
}

TEST(workload, keeps_connections_unless_each_request_has_its_own) {
  const temporary_folder folder;
  const auto keeps = [&](const std::string& from, const std::string& to) {
    const auto w = read_workload(folder.write("wait.toml", replaced(good_workload, from, to)));
    return keeps_connections(w, w.full);
  };
  const std::string unlimited = "requests_per_connection = 0";
  EXPECT_TRUE(keeps(unlimited, unlimited));
  EXPECT_TRUE(keeps(unlimited, "requests_per_connection = 50"));
  EXPECT_FALSE(keeps(unlimited, "requests_per_connection = 1"));
  EXPECT_TRUE(keeps(unlimited, "requests_per_connection = 1\ngreedy = [0, 1]")) << "pipelining needs one";
}

TEST(workload, errors_name_file_line_and_key) {
  EXPECT_EQ(workload_error("\"How long?\"", "\"Long.\""), "wait.toml:1: 'question' must end in a question mark");
  EXPECT_EQ(workload_error("\"delay\"", "\"dealy\""),
            "wait.toml:2: 'endpoint' names an unknown endpoint 'dealy' (nearest: delay)");
  EXPECT_EQ(workload_error("{ ms = 50 }", "{ s = 50 }"),
            "wait.toml:3: 'parameters' lacks 'ms', which /delay/{ms} needs");
  EXPECT_EQ(workload_error("{ ms = 50 }", "{ ms = 50, us = 1 }"),
            "wait.toml:3: unknown key 'us' (nearest: ms) in [parameters]");
  EXPECT_EQ(workload_error("{ ms = 50 }", "{ ms = [50, true] }"),
            "wait.toml:3: 'ms' in [parameters] must be a number or a text, or a list of such");
  EXPECT_EQ(workload_error("warmup_s", "warmup"), "wait.toml:10: unknown key 'warmup' (nearest: warmup_s) in [load]");
  EXPECT_EQ(workload_error("127.0.0.3", "127.0.0.x").substr(0, 23), "wait.toml:8: 'sources' ");
  EXPECT_EQ(workload_error("repetitions = 5", "repetitions = 0"),
            "wait.toml:11: 'repetitions' in [load] must be a whole number from 1 to 1000");
  EXPECT_EQ(workload_error("seconds = 0.5", "seconds = 0"), "wait.toml:14: 'seconds' in [quick] must be more than 0");
  EXPECT_EQ(workload_error("[1, 64]", "[1, 0]"),
            "wait.toml:6: 'connections' in [load] must be a whole number from 1 to 1000000, or a list of such");
  EXPECT_EQ(workload_error("[1, 64]", "[]"), "wait.toml:6: 'connections' in [load] must not be empty");
  EXPECT_EQ(workload_error("[1, 64]", "[1, 64, 1]"), "wait.toml:6: 'connections' in [load] holds 1 twice");
  EXPECT_EQ(workload_error("connections = [1, 64]\n", ""),
            "wait.toml:5: 'connections' in [load] is missing: a whole number or a list of them");
  EXPECT_EQ(workload_error("[load]", "[laod]"), "wait.toml:1: 'load' is missing: a table [load]");
  EXPECT_EQ(workload_error("\"connection\"", "\"conection\""),
            "wait.toml:17: 'per' in [[ceiling]] names an unknown unit 'conection' (nearest: connection)");
  EXPECT_EQ(workload_error("\"p99\"", "\"p98\""),
            "wait.toml:20: 'panels' in [chart] names an unknown word 'p98' (nearest: p99)");
  EXPECT_EQ(workload_error("[quick]", "[quik]"), "wait.toml:12: unknown key 'quik' (nearest: quick)");
  EXPECT_EQ(workload_error("connections = [8]", "connections = [8]\nnamed_only = 1"),
            "wait.toml:14: 'named_only' in [quick] must be true or false");
}

TEST(workload, expects_a_product_of_variables_as_response_time) {
  const temporary_folder folder;
  const auto with = [](const std::string& product) {
    return replaced(good_workload, "[chart]", "[[expected]]\nlabel = \"sum\"\nproduct = " + product + "\n[chart]");
  };
  const auto w = read_workload(folder.write("wait.toml", with("[\"connections\", \"ms\"]")));
  ASSERT_EQ(w.expected.size(), 1u);
  EXPECT_EQ(w.expected[0].label, "sum");
  const std::vector<setting> settings = {{"connections", quantity::of(8)}, {"ms", quantity{"0.5", 0.5}}};
  EXPECT_EQ(expected_ms(w.expected[0], settings), 4);
  EXPECT_EQ(expected_ms(w.expected[0], {settings[0]}), std::nullopt);
  const auto error = [&](const std::string& product) { return error_of(read_workload, "wait.toml", with(product)); };
  EXPECT_EQ(error("[\"msec\"]"),
            "wait.toml:21: 'product' in [[expected]] names an unknown variable 'msec' (nearest: ms)");
  EXPECT_EQ(error_of(read_workload, "wait.toml", replaced(with("[\"ms\"]"), "{ ms = 50 }", "{ ms = [50, \"x\"] }")),
            "wait.toml:21: 'product' in [[expected]] is 'ms', which may be 'x': no number");
  EXPECT_EQ(error("[]"), "wait.toml:21: 'product' in [[expected]] must not be empty");
}

TEST(workload, a_ceiling_is_per_unit_of_what_each_contestant_has) {
  const temporary_folder folder;
  const auto rate = [&](const std::string& per, const concurrency_slots& r) {
    const auto text = replaced(good_workload, "\"connection\"", "\"" + per + "\"");
    return ceiling_rate(read_workload(folder.write("wait.toml", text)).ceilings.at(0), r);
  };
  const concurrency_slots all{64, 2, 3, 4};
  EXPECT_EQ(rate("server", all), 20);
  EXPECT_EQ(rate("connection", all), 20 * 64);
  EXPECT_EQ(rate("thread", all), 20 * 2);
  EXPECT_EQ(rate("pool", all), 20 * 3);
  EXPECT_EQ(rate("offload_thread", all), 20 * 4);
  for (const auto* per : {"thread", "pool", "offload_thread"}) EXPECT_EQ(rate(per, {64}), std::nullopt) << per;
}

TEST(workload, sweeps_any_variable) {
  const temporary_folder folder;
  const auto w = read_workload(folder.write(
      "wait.toml",
      replaced(replaced(replaced(good_workload, "[1, 64]", "64\nthreads = [1, 8]\nrate = [\"saturation\", 2000]"),
                        "{ ms = 50 }", "{ ms = [0.5, 50] }"),
               "[chart]", "[chart]\nx = \"threads\"\nseries = \"ms\"")));
  ASSERT_EQ(w.full.variables.size(), 4U);
  const auto expect = [&](std::size_t i, const std::string& name, const std::vector<std::string>& values, role part) {
    EXPECT_EQ(w.full.variables[i].name, name);
    EXPECT_EQ(values_of(w.full, name), values);
    EXPECT_EQ(w.full.variables[i].part, part) << name;
  };
  expect(0, "connections", {"64"}, role::fixed);
  expect(1, "rate", {"saturation", "2000"}, role::facet);
  expect(2, "threads", {"1", "8"}, role::x);
  expect(3, "ms", {"0.5", "50"}, role::series);
  EXPECT_EQ(w.full.variables[1].values[0].number, std::nullopt);
  EXPECT_EQ(values_of(w.quick, "threads"), (std::vector<std::string>{"1", "8"}));
}

TEST(workload, errors_about_variables_name_file_line_and_key) {
  const auto load = [](const std::string& more) { return workload_error("[1, 64]\n", "[1, 64]\n" + more + "\n"); };
  EXPECT_EQ(
      load("rate = [\"saturated\"]"),
      "wait.toml:7: 'rate' in [load] must be a whole number from 1 to 1000000 or \"saturation\", or a list of such");
  EXPECT_EQ(
      load("rate = 0"),
      "wait.toml:7: 'rate' in [load] must be a whole number from 1 to 1000000 or \"saturation\", or a list of such");
  EXPECT_EQ(load("threads = [1, 2.5]"),
            "wait.toml:7: 'threads' in [load] must be a whole number from 1 to 1000000 or \"connections\", or a list "
            "of such");
  EXPECT_EQ(load("proceses = 2"), "wait.toml:7: unknown key 'proceses' (nearest: processes) in [load]");
  const auto chart = [](const std::string& line, const std::string& more = "") {
    return error_of(read_workload, "wait.toml",
                    replaced(replaced(good_workload, "[chart]", "[chart]\n" + line), "[1, 64]\n", "[1, 64]\n" + more));
  };
  EXPECT_EQ(chart("x = \"conections\""),
            "wait.toml:20: 'x' in [chart] names an unknown variable 'conections' (nearest: connections)");
  EXPECT_EQ(chart("x = \"threads\""),
            "wait.toml:20: 'x' in [chart] names an unknown variable 'threads' (known: connections, ms)");
  EXPECT_EQ(chart("x = \"rate\"", "rate = [1, \"saturation\"]\n"),
            "wait.toml:21: 'x' in [chart] is 'rate', which may be 'saturation': no number");
  EXPECT_EQ(chart("series = \"connections\""), "wait.toml:20: 'series' in [chart] is the x axis");
  EXPECT_EQ(chart("series = \"ms\""), "wait.toml:20: 'series' in [chart] is 'ms', which has one value only");
}

std::string beside_error(const std::string& from, const std::string& to) {
  return error_of(read_workload, "wait.toml", replaced(with_others, from, to));
}

TEST(workload, has_requests_of_others_beside_its_own) {
  const temporary_folder folder;
  const auto w = read_workload(folder.write("wait.toml", with_others));
  EXPECT_EQ(w.beside, (std::vector<std::string>{"block", "cpu"}));
  ASSERT_EQ(w.full.variables.size(), 5U);
  const auto expect = [&](std::size_t i, const std::string& name, const std::vector<std::string>& values, role part) {
    EXPECT_EQ(w.full.variables[i].name, name);
    EXPECT_EQ(values_of(w.full, name), values);
    EXPECT_EQ(w.full.variables[i].part, part) << name;
  };
  expect(0, "connections", {"64"}, role::fixed);
  expect(1, "percent", {"0", "0.1", "1"}, role::x);
  expect(2, "beside", {"block", "cpu"}, role::series);
  expect(3, "ms", {"100"}, role::fixed);
  expect(4, "us", {"5", "7"}, role::facet);
  EXPECT_EQ(w.full.variables[1].values[1].number, 0.1);
  EXPECT_EQ(w.full.plan.trace_s, 0.01);
  EXPECT_EQ(values_of(w.quick, "percent"), std::vector<std::string>{"1"});
  EXPECT_EQ(values_of(w.quick, "beside"), (std::vector<std::string>{"block", "cpu"}));
  EXPECT_EQ(w.quick.plan.trace_s, 0.01);
  EXPECT_EQ(endpoints_of(w, {{"percent", quantity::of(0)}, {"beside", {"cpu", std::nullopt}}}),
            (std::vector<std::string>{"plaintext", "cpu"}));
}

TEST(workload, others_may_be_asked_for_at_once) {
  const temporary_folder folder;
  const std::string together = replaced(with_others, "\"block\", \"cpu\"", "\"block+cpu\"");
  const auto w = read_workload(folder.write("wait.toml", replaced(together, "series  = \"beside\"\n", "")));
  EXPECT_EQ(values_of(w.full, "beside"), std::vector<std::string>{"block+cpu"});
  EXPECT_EQ(endpoints_of(w, {{"beside", {"block+cpu", std::nullopt}}}),
            (std::vector<std::string>{"plaintext", "block", "cpu"}));
  EXPECT_EQ(beside_error("\"block\", \"cpu\"", "\"block+cpu\", \"block\""),
            "wait.toml:5: 'endpoints' in [beside] holds block twice");
}

TEST(workload, errors_about_the_others_name_file_line_and_key) {
  EXPECT_EQ(beside_error("\"block\"", "\"blok\""),
            "wait.toml:5: 'endpoints' in [beside] names an unknown endpoint 'blok' (nearest: block)");
  EXPECT_EQ(beside_error("\"cpu\"", "\"block\""), "wait.toml:5: 'endpoints' in [beside] holds block twice");
  EXPECT_EQ(beside_error("[\"block\", \"cpu\"]", "\"block\""),
            "wait.toml:5: 'endpoints' in [beside] must be a list of texts");
  EXPECT_EQ(beside_error("[\"block\", \"cpu\"]", "[]"), "wait.toml:5: 'endpoints' in [beside] must not be empty");
  EXPECT_EQ(beside_error("endpoints  = [\"block\", \"cpu\"]\n", ""),
            "wait.toml:4: missing key 'endpoints' in [beside]");
  EXPECT_EQ(beside_error("ms = 100, ", ""),
            "wait.toml:6: 'parameters' in [beside] lacks 'ms', which /block/{ms} needs");
  EXPECT_EQ(beside_error("ms = 100", "ms = 100, n = 3"),
            "wait.toml:6: unknown key 'n' (known: ms, us) in [beside.parameters]");
  EXPECT_EQ(beside_error("endpoint    = \"plaintext\"", "endpoint = \"delay\"\nparameters = { ms = 1 }"),
            "wait.toml:7: 'parameters' in [beside] has 'ms', a variable that there is already");
  const auto percent = [](const std::string& values) { return beside_error("[0, 0.1, 1]", values); };
  const std::string wrong =
      "wait.toml:7: 'percent' in [beside] must be a number from 0 to below 100, or a list of such";
  for (const auto* values : {"100", "[1, -0.5]", "\"many\"", "[1, \"many\"]"})
    EXPECT_EQ(percent(values), wrong) << values;
  EXPECT_EQ(percent("[1, 1]"), "wait.toml:7: 'percent' in [beside] holds 1 twice");
  EXPECT_EQ(beside_error("percent    = [0, 0.1, 1]\n", ""), "wait.toml:4: missing key 'percent' in [beside]");
  EXPECT_EQ(beside_error("percent    =", "percents   ="), "wait.toml:4: missing key 'percent' in [beside]");
  EXPECT_EQ(beside_error("[beside]\n", "[beside]\nrate = 1\n"),
            "wait.toml:5: unknown key 'rate' (known: endpoints, percent, parameters) in [beside]");
  EXPECT_EQ(beside_error("[quick]\npercent = 1", "[quick]\npercent = 100"),
            "wait.toml:13: 'percent' in [quick] must be a number from 0 to below 100, or a list of such");
  EXPECT_EQ(beside_error("x       = \"percent\"\nseries  = \"beside\"", "x = \"beside\""),
            "wait.toml:15: 'x' in [chart] is 'beside', which may be 'block': no number");
  EXPECT_TRUE(workload_error("connections = [8]", "percent = 1").starts_with("wait.toml:13: unknown key 'percent' "));
}

constexpr char good_claim[] = R"([[claim]]
guide = "it is cheap"
metric = "cpu"
of = "mine beside:block"
expect = "lower"
versus = "yours"
threshold = 0.9
at = [1, 8]
slope = true
)";

std::string claim_error(const std::string& from, const std::string& to) {
  return error_of(read_workload, "wait.toml", good_workload + replaced(good_claim, from, to));
}

TEST(workload, a_claim_is_understood_before_anything_is_measured) {
  EXPECT_EQ(claim_error("threshold", "treshold"),
            "wait.toml:28: unknown key 'treshold' (nearest: threshold) in [[claim]]");
  EXPECT_EQ(claim_error("\"cpu\"", "\"cpus\""),
            "wait.toml:24: 'metric' in [[claim]] names an unknown metric 'cpus' (nearest: cpu)");
  EXPECT_EQ(claim_error("\"lower\"", "\"lowr\""),
            "wait.toml:26: 'expect' in [[claim]] names an unknown word 'lowr' (nearest: lower)");
  EXPECT_EQ(claim_error("guide = \"it is cheap\"\n", ""), "wait.toml:22: missing key 'guide' in [[claim]]");
  EXPECT_EQ(claim_error("[1, 8]", "[1, \"8\"]"),
            "wait.toml:29: 'at' in [[claim]] must be a list of sizes, numbers of 0 or more");
  EXPECT_EQ(claim_error("true", "1"), "wait.toml:30: 'slope' in [[claim]] must be true or false");
}

TEST(workload, a_claim_of_the_guide_has_the_words_of_the_guide) {
  EXPECT_EQ(claim_error("slope = true", "slope = true\nsource = \"giude\""),
            "wait.toml:31: 'source' in [[claim]] names an unknown source 'giude' (nearest: guide)");
  EXPECT_EQ(claim_error("slope = true", "slope = true\nsource = \"guide\""),
            "wait.toml:22: 'quote' in [[claim]] is needed where 'source' is \"guide\", and only there");
  EXPECT_EQ(claim_error("slope = true", "slope = true\nquote = \"It is cheap.\""),
            "wait.toml:31: 'quote' in [[claim]] is needed where 'source' is \"guide\", and only there");
  EXPECT_EQ(claim_error("slope = true", "slope = true\nsource = \"guide\"\nquote = \"It is cheap.\""), "no error");
}

TEST(workload, one_size_decides_a_claim) {
  EXPECT_EQ(claim_error("at = [1, 8]\nslope = true\n", ""),
            "wait.toml:22: 'decide_at' in [[claim]] is missing: one of the sizes 1, 64");
  EXPECT_EQ(claim_error("at = [1, 8]\nslope = true\n", "decide_at = 8\n"),
            "wait.toml:29: 'decide_at' in [[claim]] must be a size that the claim is about: 1, 64");
  EXPECT_EQ(claim_error("slope = true\n", "decide_at = 64\n"),
            "wait.toml:30: 'decide_at' in [[claim]] must be a size that the claim is about: 1");
  EXPECT_EQ(claim_error("slope = true\n", "slope = true\ndecide_at = 1\n"),
            "wait.toml:31: 'decide_at' in [[claim]] is for a claim about single sizes");
  for (const auto* one : {"decide_at = 64\n", "from = 2\n", "until = 63\n", "at = [1]\n"})
    EXPECT_EQ(claim_error("at = [1, 8]\nslope = true\n", one), "no error") << one;
  EXPECT_EQ(claim_error("versus = \"yours\"\nthreshold = 0.9\nat = [1, 8]\nslope = true\n",
                        "versus_x = 1\nthreshold = 0.9\n"),
            "no error")
      << "what it is compared with is no size of its own";
}

TEST(workload, claims_are_passed_on_as_they_stand) {
  const temporary_folder folder;
  const auto w = read_workload(folder.write("wait.toml", std::string(good_workload) + good_claim));
  EXPECT_EQ(w.claimed.tables, nlohmann::json::parse(R"([{"guide": "it is cheap", "metric": "cpu",
      "of": "mine beside:block", "expect": "lower", "versus": "yours", "threshold": 0.9, "at": [1, 8],
      "slope": true}])"));
  ASSERT_EQ(w.claimed.contestants.size(), 2U);
  EXPECT_EQ(w.claimed.contestants[0].first, "wait.toml:25: 'of' in [[claim]] names an ");
  EXPECT_EQ(w.claimed.contestants[0].second, "mine");
  EXPECT_EQ(read_workload(folder.write("wait.toml", good_workload)).claimed.tables, nlohmann::json::array());
  EXPECT_EQ(workload_error("[chart]", "[claim]\n[chart]"), "wait.toml:19: 'claim' must be tables: [[claim]]");
}

TEST(workload, a_trace_has_no_more_intervals_than_a_point_holds) {
  EXPECT_EQ(beside_error("seconds = 2\n", "seconds = 21\n"),
            "wait.toml:11: 'trace_s' in [load] is too short: a trace of 21 s in steps of 0.01 s has more than 2000 "
            "intervals");
  EXPECT_EQ(beside_error("percent = 1\n", "seconds = 21\ntrace_s = 0.01\n"),
            "wait.toml:14: 'trace_s' in [quick] is too short: a trace of 21 s in steps of 0.01 s has more than 2000 "
            "intervals");
  EXPECT_EQ(beside_error("trace_s = 0.01", "trace_s = -1"),
            "wait.toml:11: 'trace_s' in [load] must be a number of 0 or more");
}

}  // namespace
}  // namespace tvl::suite
