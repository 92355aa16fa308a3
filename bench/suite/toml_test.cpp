// Manifests and workloads, and what is said about wrong ones.

#include "bench/suite/build_facts.hpp"
#include "bench/suite/catalogue.hpp"
#include "bench/suite/endpoints.hpp"
#include "bench/suite/manifest.hpp"
#include "bench/suite/test_support.hpp"
#include "bench/suite/toml_file.hpp"
#include "bench/suite/workload.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

constexpr char good_manifest[] = R"(name    = "mine"
title   = "my server"
model   = "loop"
versus  = "yours"
command = ["{bin}/mine", "--port", "{port}"]
needs   = ["sh"]
[endpoints]
plaintext = "/hello"
delay     = "/sleep?for={ms}"
)";

constexpr char good_workload[] = R"(question    = "How long?"
endpoint    = "delay"
parameters  = { ms = 50 }
contestants = ["mine", "yours"]
[load]
connections = [1, 64]
requests_per_connection = 0
sources = "127.0.0.1-127.0.0.3"
seconds = 3
warmup_s = 1.5
repetitions = 5
[quick]
connections = [8]
seconds = 0.5
[[ceiling]]
label = "connections / delay"
per   = "connection"
rate  = 20.0
[chart]
panels  = ["throughput", "p99"]
caption = "Look here."
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

template <class Read>
std::string error_of(const Read& read, const std::string& name, const std::string& text) {
  const temporary_folder folder;
  try {
    read(folder.write(name, text));
  } catch (const bad_file& error) {
    return error.what();
  }
  return "no error";
}

std::string manifest_error(const std::string& from, const std::string& to) {
  return error_of(read_manifest, "mine.toml", replaced(good_manifest, from, to));
}

std::string workload_error(const std::string& from, const std::string& to) {
  return error_of(read_workload, "wait.toml", replaced(good_workload, from, to));
}

TEST(manifest, is_read_whole) {
  const temporary_folder folder;
  const auto m = read_manifest(folder.write("mine.toml", good_manifest));
  EXPECT_EQ(m.name, "mine");
  EXPECT_EQ(m.title, "my server");
  EXPECT_EQ(m.model, "loop");
  EXPECT_EQ(m.versus, "yours");
  EXPECT_EQ(m.command, (std::vector<std::string>{"{bin}/mine", "--port", "{port}"}));
  EXPECT_EQ(m.endpoints, (std::map<std::string, std::string>{{"plaintext", "/hello"}, {"delay", "/sleep?for={ms}"}}));
  EXPECT_EQ(m.needs, std::vector<std::string>{"sh"});
}

TEST(manifest, of_anybody_needs_no_title_no_model_and_any_file) {
  const temporary_folder folder;
  const auto file = folder.write("any.toml", "name = 'mine'\ncommand = ['./mine']\nport = 8080\n");
  const auto m = read_brought_manifest(file);
  EXPECT_EQ(m.title, "mine");
  EXPECT_EQ(m.model, "other");
  EXPECT_EQ(m.port, 8080);
  EXPECT_EQ(m.kind(), contestant_kind::launch);
  EXPECT_THROW(read_manifest(file), bad_file);
}

TEST(manifest, without_endpoints_offers_what_our_servers_do) {
  const temporary_folder folder;
  const auto m = read_manifest(folder.write(
      "mine.toml", "name = 'mine'\ntitle = 't'\nmodel = 'loop'\ncommand = ['x']\nneeds = ['no-such-program']\n"));
  EXPECT_EQ(m.endpoints, own_endpoints());
  EXPECT_EQ(m.versus, std::nullopt);
  EXPECT_EQ(m.needs, std::vector<std::string>{"no-such-program"});
}

TEST(manifest, errors_name_file_line_and_key) {
  EXPECT_EQ(manifest_error("title   = \"my server\"\n", ""), "mine.toml:1: missing key 'title'");
  EXPECT_EQ(manifest_error("versus", "verses"), "mine.toml:4: unknown key 'verses' (nearest: versus)");
  EXPECT_EQ(manifest_error("{port}", "{prot}"),
            "mine.toml:5: 'command' has an unknown placeholder 'prot' (nearest: port)");
  EXPECT_EQ(manifest_error("\"loop\"", "\"lopp\""),
            "mine.toml:3: 'model' names an unknown model 'lopp' (nearest: loop)");
  EXPECT_EQ(manifest_error("\"mine\"", "\"thine\""), "mine.toml:1: 'name' is 'thine', but the file is mine.toml");
  EXPECT_EQ(manifest_error("plaintext =", "plaintxt ="),
            "mine.toml:8: unknown key 'plaintxt' (nearest: plaintext) in [endpoints]");
  EXPECT_EQ(manifest_error("\"/hello\"", "\"hello\""),
            "mine.toml:8: 'plaintext' in [endpoints] must be a path that begins with '/'");
  EXPECT_EQ(manifest_error("{ms}", "{us}"),
            "mine.toml:9: 'delay' in [endpoints] has an unknown placeholder 'us' (nearest: ms)");
  EXPECT_EQ(manifest_error("[\"sh\"]", "\"sh\""), "mine.toml:6: 'needs' must be a list of texts");
  EXPECT_EQ(manifest_error("[\"{bin}/mine\", \"--port\", \"{port}\"]", "[]"),
            "mine.toml:5: 'command' must not be empty");
  EXPECT_EQ(manifest_error("\"my server\"", "7"), "mine.toml:2: 'title' must be a text that is not empty");
}

TEST(manifest, has_numbers_for_threads_and_processes) {
  const std::string command = "\"{port}\", \"--threads\", \"{threads}\"]";
  const auto with = [&](const std::string& table) {
    return replaced(replaced(good_manifest, "\"{port}\"]", command), "[endpoints]",
                    "[defaults]\n" + table + "\n[endpoints]");
  };
  const temporary_folder folder;
  EXPECT_EQ(read_manifest(folder.write("mine.toml", with("threads = 64"))).defaults,
            (std::map<std::string, int>{{"threads", 64}}));
  const auto error = [&](const std::string& table) { return error_of(read_manifest, "mine.toml", with(table)); };
  EXPECT_EQ(error("threads = 0"), "mine.toml:8: 'threads' in [defaults] must be a whole number from 1 to 1000000");
  EXPECT_EQ(error("processes = 2"), "mine.toml:8: 'processes' in [defaults] has no {processes} in 'command' to fill");
  EXPECT_EQ(error("thread = 2"), "mine.toml:8: unknown key 'thread' (nearest: threads) in [defaults]");
}

TEST(manifest, fills_every_variable_of_a_command_where_the_workload_does_not_say) {
  manifest m;
  m.defaults = {{"threads", 64}, {"pool", 3}};
  EXPECT_EQ(standards(m, 2),
            (std::map<std::string, int>{{"threads", 64}, {"processes", 2}, {"offload_threads", 16}, {"pool", 3}}));
}

TEST(manifest, takes_executor_pool_and_services) {
  const temporary_folder folder;
  const auto with = [&](const std::string& words, const std::string& defaults) {
    return read_manifest(
        folder.write("mine.toml", replaced(replaced(good_manifest, "\"{port}\"]", "\"{port}\"" + words + "]"),
                                           "[endpoints]", "[defaults]\n" + defaults + "\n[endpoints]")));
  };
  const auto m =
      with(", '{offload_threads}', '{pool}', '{redis}', '{postgres}', '{upstream}'", "offload_threads = 4\npool = 5");
  EXPECT_EQ(m.defaults, (std::map<std::string, int>{{"offload_threads", 4}, {"pool", 5}}));
  for (const auto* name : {"offload_threads", "pool", "redis", "postgres", "upstream"}) EXPECT_TRUE(takes(m, name));
}

TEST(manifest, broken_toml_names_the_line) {
  EXPECT_TRUE(manifest_error("\"my server\"", "\"my server").starts_with("mine.toml:2: "))
      << manifest_error("\"my server\"", "\"my server");
}

std::vector<std::string> values_of(const load_settings& settings, const std::string& name) {
  std::vector<std::string> values;
  for (const auto& v : settings.variables) {
    if (v.name != name) continue;
    for (const auto& value : v.values) values.push_back(value.text);
  }
  return values;
}

TEST(workload, is_read_whole) {
  const temporary_folder folder;
  const auto w = read_workload(folder.write("wait.toml", good_workload));
  EXPECT_EQ(w.name, "wait");
  EXPECT_EQ(w.contestants, (std::vector<std::string>{"mine", "yours"}));
  EXPECT_EQ(values_of(w.full, "connections"), (std::vector<std::string>{"1", "64"}));
  EXPECT_EQ(values_of(w.full, "ms"), std::vector<std::string>{"50"});
  EXPECT_EQ(w.full.sources.size(), 3u);
  EXPECT_EQ(w.full.seconds, 3);
  EXPECT_EQ(w.full.repetitions, 5);
  EXPECT_EQ(values_of(w.quick, "connections"), std::vector<std::string>{"8"});
  EXPECT_FALSE(w.named_only);
  EXPECT_EQ(w.quick.seconds, 0.5);
  EXPECT_EQ(w.quick.warmup_s, 1.5) << "what [quick] does not say is [load]'s";
  EXPECT_EQ(w.quick.repetitions, 5);
  EXPECT_EQ(request_path("/sleep?for={ms}", {{"ms", quantity::of(50)}}), "/sleep?for=50");
  ASSERT_EQ(w.ceilings.size(), 1U);
  EXPECT_EQ(ceiling_rate(w.ceilings[0], {64}), 1280);
  EXPECT_EQ(w.panels, (std::vector<std::string>{"throughput", "p99"}));
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
  const auto rate = [&](const std::string& per, const room& r) {
    const auto text = replaced(good_workload, "\"connection\"", "\"" + per + "\"");
    return ceiling_rate(read_workload(folder.write("wait.toml", text)).ceilings.at(0), r);
  };
  const room all{64, 2, 3, 4};
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
            "wait.toml:7: 'threads' in [load] must be a whole number from 1 to 1000000, or a list of such");
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

constexpr char with_others[] = R"(question    = "How long?"
endpoint    = "plaintext"
contestants = ["mine", "yours"]
[beside]
endpoints  = ["block", "cpu"]
parameters = { ms = 100, us = [5, 7] }
percent    = [0, 0.1, 1]
[load]
connections = 64
seconds = 2
trace_s = 0.01
[quick]
percent = 1
[chart]
x       = "percent"
series  = "beside"
panels  = ["p99"]
caption = "Look here."
)";

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
  EXPECT_EQ(w.full.trace_s, 0.01);
  EXPECT_EQ(values_of(w.quick, "percent"), std::vector<std::string>{"1"});
  EXPECT_EQ(values_of(w.quick, "beside"), (std::vector<std::string>{"block", "cpu"}));
  EXPECT_EQ(w.quick.trace_s, 0.01);
  EXPECT_EQ(endpoints_of(w, {{"percent", quantity::of(0)}, {"beside", {"cpu", std::nullopt}}}),
            (std::vector<std::string>{"plaintext", "cpu"}));
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

class selection_test : public testing::Test {
 protected:
  void SetUp() override {
    folder.write("servers/mine.toml", good_manifest);
    folder.write("servers/outsiders/yours.toml", replaced(good_manifest, "\"mine\"", "\"yours\""));
    folder.write("workloads/wait.toml", good_workload);
  }
  catalogue read() const { return read_catalogue(folder / "servers", folder / "workloads"); }
  static std::string error_of(const catalogue& known, const wish& asked) {
    try {
      select(known, asked);
    } catch (const bad_file& error) {
      return error.what();
    }
    return "no error";
  }
  temporary_folder folder;
};

TEST_F(selection_test, takes_the_workloads_contestants_and_repetitions) {
  const auto chosen = select(read(), {{}, {}, true, std::nullopt});
  ASSERT_EQ(chosen.demands.size(), 1U);
  EXPECT_EQ(chosen.demands[0].contestants, (std::vector<std::string>{"mine", "yours"}));
  EXPECT_EQ(chosen.demands[0].variables.front().values, std::vector<quantity>{quantity::of(8)});
  EXPECT_EQ(chosen.demands[0].repetitions, 5);
  EXPECT_TRUE(chosen.missing.empty());
  EXPECT_EQ(select(read(), {{"wait"}, {"yours"}, false, 2}).demands[0].repetitions, 2);
}

TEST_F(selection_test, a_quick_run_has_some_workloads_only_by_name) {
  folder.write("workloads/long.toml", replaced(good_workload, "[quick]\n", "[quick]\nnamed_only = true\n"));
  const auto workloads = [&](const wish& asked) {
    std::vector<std::string> names;
    for (const auto& d : select(read(), asked).demands) names.push_back(d.workload);
    return names;
  };
  EXPECT_EQ(workloads({{}, {}, true, {}}), std::vector<std::string>{"wait"});
  EXPECT_EQ(workloads({{}, {}, false, {}}), (std::vector<std::string>{"long", "wait"}));
  EXPECT_EQ(workloads({{"long"}, {}, true, {}}), std::vector<std::string>{"long"});
}

TEST_F(selection_test, knows_who_has_no_place_for_a_variable) {
  folder.write("servers/mine.toml", replaced(good_manifest, "\"{port}\"", "\"{port}\", \"-t\", \"{threads}\""));
  folder.write("workloads/wait.toml", replaced(good_workload, "[1, 64]", "[1, 64]\nthreads = [1, 2]"));
  const auto as_facet = select(read(), {{}, {}, false, {}});
  EXPECT_EQ(as_facet.demands[0].unknown.at("mine"), std::set<std::string>{});
  EXPECT_EQ(as_facet.demands[0].unknown.at("yours"), std::set<std::string>{"threads"});

  const auto on_x = replaced(replaced(good_workload, "[1, 64]", "[1, 64]\nthreads = [1, 2]"), "[chart]\n",
                             "[chart]\nx = \"threads\"\n");
  folder.write("workloads/wait.toml", on_x);
  EXPECT_EQ(error_of(read(), {{}, {}, false, {}}),
            "wait.toml: 'x' in [chart] is 'threads', but the command of yours has no {threads}");
  const auto chosen = select(read(), {{}, {"mine", "yours"}, false, {}});
  EXPECT_EQ(chosen.demands[0].contestants, std::vector<std::string>{"mine"});
  ASSERT_EQ(chosen.missing.size(), 1U);
  EXPECT_EQ(chosen.missing[0].status, "not offered");
  EXPECT_EQ(chosen.missing[0].reason, "no {threads} in its command, the x axis of wait");
}

TEST_F(selection_test, unknown_names_come_with_the_nearest) {
  EXPECT_EQ(error_of(read(), {{"wiat"}, {}, false, {}}), "unknown workload 'wiat' (nearest: wait)");
  EXPECT_EQ(error_of(read(), {{}, {"your"}, false, {}}), "unknown contestant 'your' (nearest: yours)");
  folder.write("workloads/wait.toml", replaced(good_workload, "\"yours\"", "\"yuors\""));
  EXPECT_EQ(error_of(read(), {{}, {}, false, {}}), "wait.toml: unknown contestant 'yuors' (nearest: yours)");
}

TEST_F(selection_test, leaves_out_who_cannot_be_measured) {
  folder.write("servers/mine.toml", replaced(good_manifest, "\"sh\"", "\"no-such-program\""));
  folder.write("servers/outsiders/yours.toml",
               replaced(replaced(good_manifest, "\"mine\"", "\"yours\""), "delay     = \"/sleep?for={ms}\"\n", ""));
  folder.write("servers/third.toml", "name = 1");
  const auto chosen = select(read(), {{}, {"mine", "yours", "third"}, false, {}});
  EXPECT_TRUE(chosen.demands[0].contestants.empty());
  ASSERT_EQ(chosen.missing.size(), 3U);
  EXPECT_EQ(chosen.missing[0].status, "not installed");
  EXPECT_EQ(chosen.missing[0].reason, "'no-such-program' is not on PATH");
  EXPECT_EQ(chosen.missing[1].status, "not offered");
  EXPECT_EQ(chosen.missing[2].status, "failed");
  EXPECT_EQ(chosen.missing[2].reason, "third.toml:1: 'name' must be a text that is not empty");
}

TEST_F(selection_test, leaves_out_the_points_whose_other_endpoint_is_not_offered) {
  const auto offering = [&](const std::string& name, const std::string& endpoints) {
    folder.write("servers/" + name + ".toml", "name = '" + name +
                                                  "'\ntitle = 't'\nmodel = 'loop'\ncommand = ['{port}']\n" +
                                                  "needs = ['sh']\n[endpoints]\n" + endpoints);
  };
  offering("mine", "plaintext = '/'\nblock = '/block/{ms}'\n");
  offering("third", "plaintext = '/'\n");
  offering("fourth", "block = '/block/{ms}'\ncpu = '/cpu/{us}'\n");
  offering("all", "plaintext = '/'\nblock = '/block/{ms}'\ncpu = '/cpu/{us}'\n");
  folder.write("workloads/wait.toml", with_others);
  const auto chosen = select(read(), {{}, {"mine", "third", "fourth", "all"}, false, {}});
  EXPECT_EQ(chosen.demands[0].contestants, (std::vector<std::string>{"mine", "all"}));
  std::map<std::string, int> points;
  for (const auto& s : schedule(chosen.demands)) {
    if (s.repetition == 0) ++points[s.contestant + " " + find(s.settings, "beside")->text];
  }
  EXPECT_EQ(points, (std::map<std::string, int>{{"mine block", 6}, {"all block", 6}, {"all cpu", 6}}));
  std::map<std::string, std::string> reasons;
  for (const auto& missing : chosen.missing) {
    EXPECT_EQ(missing.status, "not offered");
    EXPECT_EQ(missing.of_some_points, missing.contestant == "mine");
    reasons[missing.contestant] = missing.reason;
  }
  EXPECT_EQ(reasons, (std::map<std::string, std::string>{{"mine", "no endpoint 'cpu' in mine.toml"},
                                                         {"third", "no endpoint 'block' or 'cpu' in third.toml"},
                                                         {"fourth", "no endpoint 'plaintext' in fourth.toml"}}));
  wish brought{{}, {}, false, {}};
  brought.brought = {"third"};
  EXPECT_EQ(error_of(read(), brought), "no workload asks for what third offers");
}

TEST(catalogue, of_this_project_is_right_and_a_quick_run_takes_two_minutes_at_most) {
  const std::filesystem::path root = build::source_dir;
  const auto known = read_catalogue(root / "servers", root / "bench/workloads");
  for (const auto& [name, what] : known.broken) ADD_FAILURE() << what;
  EXPECT_EQ(select(known, {{}, {}, false, {}}).demands.size(), known.workloads.size());
  const double to_start_and_stop = 0.6;
  double seconds = 0;
  for (const auto& point : schedule(select(known, {{}, {}, true, {}}).demands)) {
    const auto& settings = known.workloads.at(point.workload).quick;
    seconds += settings.warmup_s + settings.seconds + to_start_and_stop;
  }
  EXPECT_GT(seconds, 0);
  EXPECT_LE(seconds, 120);
}

TEST_F(selection_test, empty_folders_are_an_error) {
  EXPECT_THROW(read_catalogue(folder / "nowhere", folder / "workloads"), bad_file);
  EXPECT_THROW(read_catalogue(folder / "servers", folder / "nowhere"), bad_file);
}

}  // namespace
}  // namespace tvl::suite
