// The small parts of a run: cores, the journal, the time left, the record of a point.

#include "bench/machine/cpus.hpp"
#include "bench/suite/measuring/progress.hpp"
#include "bench/suite/output/environment.hpp"
#include "bench/suite/output/point_record.hpp"
#include "bench/suite/output/points_file.hpp"
#include "bench/suite/processes/test_support.hpp"
#include "bench/support/format.hpp"
#include "bench/support/usage_error.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <stdexcept>

namespace tvl::suite {
namespace {

TEST(cpus, lists_are_parsed) {
  EXPECT_EQ(parse_cpus("0"), std::vector<int>{0});
  EXPECT_EQ(parse_cpus("0,2-4"), (std::vector<int>{0, 2, 3, 4}));
  for (const auto* wrong : {"", "a", "1-", "1,,2", "-1", "99999"})
    EXPECT_THROW(parse_cpus(wrong), std::invalid_argument) << wrong;
}

TEST(cpus, server_gets_the_first_and_generator_the_last) {
  const auto split = split_cpus({}, {}, {0, 1, 2, 3}, false);
  EXPECT_EQ(split.server, std::vector<int>{0});
  EXPECT_EQ(split.generator, std::vector<int>{3});
  EXPECT_FALSE(split.shared);
}

TEST(cpus, one_core_is_refused_unless_allowed) {
  EXPECT_THROW(split_cpus({}, {}, {0}, false), std::invalid_argument);
  EXPECT_TRUE(split_cpus({}, {}, {0}, true).shared);
  EXPECT_THROW(split_cpus({0, 1}, {1}, {0, 1}, false), std::invalid_argument);
  EXPECT_THROW(split_cpus({9}, {}, {0, 1}, true), std::invalid_argument);
}

TEST(cpus, measured_are_those_of_server_generator_and_services) {
  EXPECT_EQ(measured_cpus({{0}, {3}, false}, {}), (std::vector<int>{0, 3}));
  EXPECT_EQ(measured_cpus({{4, 5}, {1}, false}, {1, 2}), (std::vector<int>{1, 2, 4, 5}));
}

TEST(journal, appends_lines_that_can_be_read_at_once) {
  const temporary_folder folder;
  journal points(folder / "points.jsonl");
  points.append({{"workload", "delay"}, {"text", "two\nlines"}});
  EXPECT_EQ(nlohmann::json::parse(read_file(folder / "points.jsonl")).at("text"), "two\nlines");
  points.append({{"workload", "churn"}});
  EXPECT_EQ(points.records(), 2);
  std::istringstream lines(read_file(folder / "points.jsonl"));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) EXPECT_TRUE(nlohmann::json::accept(line));
  EXPECT_EQ(count, 2);
}

TEST(journal, does_not_mix_runs_and_says_when_the_disk_is_full) {
  const temporary_folder folder;
  folder.write("points.jsonl", "{}\n");
  EXPECT_THROW(journal(folder / "points.jsonl"), std::system_error);
  EXPECT_THROW(journal(folder / "nowhere/points.jsonl"), std::system_error);
}

TEST(journal, goes_on_behind_what_is_kept_and_says_nothing_twice) {
  const temporary_folder folder;
  const nlohmann::json left_out = {{"left_out", "not installed"}};
  journal(folder / "points.jsonl").append_once(left_out);
  const auto kept = std::filesystem::file_size(folder / "points.jsonl");
  std::ofstream(folder / "points.jsonl", std::ios::app) << "{\"torn";
  journal points(folder / "points.jsonl", kept);
  EXPECT_EQ(points.records(), 1);
  points.append_once(left_out);
  points.append({{"workload", "churn"}});
  EXPECT_EQ(points.records(), 2);
  EXPECT_EQ(read_file(folder / "points.jsonl"), "{\"left_out\":\"not installed\"}\n{\"workload\":\"churn\"}\n");
  EXPECT_THROW(journal(folder / "points.jsonl", kept), bad_input) << "two at a time";
}

TEST(progress, is_one_plain_line_per_point_when_nobody_watches) {
  std::ostringstream out;
  progress p(out, false, {{"delay", "a", 4}, {"churn", "a", 4}});
  p.begin("delay/a/1");
  p.second(1, 100);
  p.end("fast", 5);
  EXPECT_EQ(out.str(), "[1/2] delay/a/1  fast  (5 s left)\n");
}

TEST(progress, overwrites_its_line_on_a_terminal) {
  std::ostringstream out;
  progress p(out, true, {{"delay", "a", 4}});
  p.begin("delay/a/1");
  p.end("fast", 4);
  EXPECT_NE(out.str().find("\r\033[K[1/1] delay/a/1  starting"), std::string::npos);
  EXPECT_TRUE(out.str().ends_with("fast  (0 s left)\n"));
}

TEST(format, has_three_digits_and_a_unit) {
  EXPECT_EQ(time_text(5.914e-6), "5.91 us");
  EXPECT_EQ(time_text(0.0502), "50.2 ms");
  EXPECT_EQ(time_text(std::nan("")), "n/a");
  EXPECT_EQ(rate_text(152'345), "152 k/s");
  EXPECT_EQ(bytes_text(5.1 * 1024 * 1024), "5.10 MiB");
  EXPECT_EQ(number_text(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(duration_text(125), "2 min 05 s");
}

class record_test : public testing::Test {
 protected:
  record_test() {
    w.name = "delay";
    w.endpoint = "delay";
    w.ceilings = {{"connections / delay", ceiling::unit::connection, 20}};
    m.name = "mine";
    c.where = {"delay", "mine", {{"connections", quantity::of(64), role::x}}, 1, 0};
    c.at_once = {64};
    p.window_s = 2;
  }
  void replies(std::uint64_t n) {
    p.replies = n;
    p.throughput = static_cast<double>(n) / p.window_s;
  }
  workload w;
  manifest m;
  point_context c;
  load::point p;
};

TEST_F(record_test, above_its_ceiling_is_impossible) {
  replies(2900);
  judge(p, w, c);
  EXPECT_FALSE(p.verdict.valid);
  ASSERT_EQ(p.verdict.reasons.size(), 1U);
  EXPECT_EQ(p.verdict.reasons[0].code, "impossible");
  EXPECT_EQ(p.verdict.reasons[0].text,
            "impossible: 1450 replies/s are above the ceiling of 1280 (connections / delay)");
  EXPECT_EQ(outcome_of(p).label, "not valid: " + p.verdict.reasons[0].text);
}

TEST_F(record_test, a_full_service_is_the_limit_unless_the_server_is_full_too) {
  const cpu_shares shares = {{"postgres", 0.5}};
  p.generator.cpu_share = 0.47;
  p.asked.threads = 1;
  judge_services(p, shares, {{0}, {3}, false}, {1, 2});  // its cores are not the generator's
  EXPECT_EQ(p.verdict.limiter, "none");
  p.verdict.limiter = "server-cpu";
  judge_services(p, shares, {{0}, {1}, false}, {1});
  EXPECT_EQ(p.verdict.limiter, "server-cpu");
  p.verdict.limiter = "generator";
  judge_services(p, shares, {{0}, {1}, false}, {1});
  EXPECT_EQ(p.verdict.limiter, "services");
  EXPECT_TRUE(p.verdict.valid);
  EXPECT_EQ(p.verdict.reasons.back().text,
            "the services used 50 % and the generator 47 % of a core, of 1 that they have");
}

TEST_F(record_test, at_its_ceiling_is_limited_by_it) {
  replies(2560 + 64);  // each connection had one request on its way when the window began
  judge(p, w, c);
  EXPECT_TRUE(p.verdict.valid);
  EXPECT_EQ(p.verdict.limiter, "ceiling");
}

TEST_F(record_test, far_below_its_ceiling_it_is_not) {
  replies(1000);
  judge(p, w, c);
  EXPECT_TRUE(p.verdict.valid);
  EXPECT_EQ(p.verdict.limiter, "none");
}

TEST_F(record_test, a_ceiling_per_thread_is_for_those_with_so_many_threads) {
  w.ceilings = {{"processes x threads / delay", ceiling::unit::thread, 20}};
  replies(500);
  judge(p, w, c);
  EXPECT_TRUE(p.verdict.valid);
  EXPECT_TRUE(point_record(p, w, m, c).at("ceilings").empty());
  c.at_once.threads = 8;
  EXPECT_EQ(point_record(p, w, m, c).at("ceilings")[0].at("rate"), 160);
  judge(p, w, c);
  EXPECT_FALSE(p.verdict.valid);
  EXPECT_EQ(p.verdict.limiter, "ceiling");
}

TEST_F(record_test, what_began_before_the_window_is_as_much_as_the_ceiling_has_units) {
  w.ceilings = {{"pool / latency", ceiling::unit::pool, 20}};
  c.at_once.pool = 8;
  replies(static_cast<std::uint64_t>(1.02 * 8 * 20 * p.window_s) + 8);
  judge(p, w, c);
  EXPECT_TRUE(p.verdict.valid);
  EXPECT_EQ(p.verdict.limiter, "ceiling");
  replies(p.replies + 2);
  judge(p, w, c);
  EXPECT_FALSE(p.verdict.valid) << "the 64 connections do not matter: only 8 can have been at the database";
}

TEST_F(record_test, says_what_response_time_is_expected) {
  w.expected = {{"sum", {"n", "ms"}}, {"threads", {"threads"}}};
  c.where.settings.push_back({"n", quantity::of(4), role::fixed});
  c.where.settings.push_back({"ms", quantity::of(20), role::fixed});
  EXPECT_EQ(point_record(p, w, m, c).at("expected"), nlohmann::json::parse(R"([{"label": "sum", "ms": 80}])"));
}

TEST_F(record_test, says_which_values_the_point_has) {
  const quantity saturation{"saturation", std::nullopt};
  w.x = "threads";
  w.series = "rate";
  c.where.settings = {{"connections", quantity::of(64), role::fixed},
                      {"rate", saturation, role::series},
                      {"threads", quantity::of(4), role::x},
                      {"processes", quantity::of(1), role::fixed},
                      {"ms", quantity{"0.5", 0.5}, role::facet}};
  const auto r = point_record(p, w, m, c);
  EXPECT_EQ(r.at("variables"),
            (nlohmann::json{{"connections", 64}, {"rate", "saturation"}, {"threads", 4}, {"ms", 0.5}}));
  EXPECT_EQ(r.at("x"), 4);
  EXPECT_EQ(r.at("load"), "4/rate:saturation/ms:0.5");
  EXPECT_EQ(r.at("series"), "rate:saturation");
  EXPECT_EQ(r.at("facet"), "ms:0.5");
  const auto limit = limit_record(c.where, {"kernel.pid_max", "too few"}, {});
  for (const auto* key : {"x", "load", "series", "facet", "variables"}) EXPECT_EQ(limit.at(key), r.at(key)) << key;
  EXPECT_EQ(limit.at("left_out"),
            (nlohmann::json{{"status", "limit"}, {"reason", "too few"}, {"code", "kernel.pid_max"}}));
}

TEST_F(record_test, a_shared_core_is_a_reason) {
  c.cpus.shared = true;
  replies(1000);
  judge(p, w, c);
  EXPECT_EQ(p.verdict.reasons, (std::vector<load::reason>{{"shared-core", "server and generator share a core"}}));
}

TEST_F(record_test, a_busy_host_makes_it_invalid) {
  replies(1000);
  c.idle = {0.15, 1.5};
  judge(p, w, c);
  EXPECT_TRUE(p.verdict.valid);
  EXPECT_EQ(point_record(p, w, m, c).at("host").at("idle_check"),
            (nlohmann::json{{"busy_share", 0.15}, {"waited_s", 1.5}}));
  c.idle = {0.3, 10};
  judge(p, w, c);
  EXPECT_FALSE(p.verdict.valid);
  EXPECT_EQ(p.verdict.limiter, "host-busy");
  EXPECT_EQ(
      p.verdict.reasons,
      (std::vector<load::reason>{{"host-busy", "others used 0.30 cores right before it, after 10.0 s of waiting"}}));
}

TEST_F(record_test, a_busy_host_is_no_reason_beside_other_work) {
  replies(1000);
  c.idle = {0.3, 0};
  p.host.beside_other_work = true;
  judge(p, w, c);
  EXPECT_TRUE(p.verdict.valid);
  EXPECT_EQ(point_record(p, w, m, c).at("host").at("beside_other_work"), true);
}

TEST_F(record_test, a_control_says_so) {
  EXPECT_EQ(point_record(p, w, m, c).at("control"), false);
  c.where.control = true;
  EXPECT_EQ(point_record(p, w, m, c).at("control"), true);
}

TEST_F(record_test, a_server_that_closes_connections_has_its_reason_told) {
  replies(1000);
  c.complaints = "mine: cannot start a thread for a connection";
  judge(p, w, c);
  EXPECT_TRUE(p.verdict.reasons.empty()) << "without lost connections a message does not invalidate";
  p.requests.protocol_errors = 1;
  judge(p, w, c);
  EXPECT_EQ(
      p.verdict.reasons,
      (std::vector<load::reason>{{"server-message", "the server says: mine: cannot start a thread for a connection"}}));
}

TEST_F(record_test, says_where_the_point_belongs) {
  replies(1000);
  c.cpus = {{0}, {1}, false};
  const auto r = point_record(p, w, m, c);
  EXPECT_EQ(r.at("schema"), 1);
  EXPECT_EQ(r.at("block"), "delay/64");
  EXPECT_EQ(r.at("load"), "64");
  EXPECT_EQ(r.at("x"), 64);
  EXPECT_TRUE(r.at("series").is_null());
  EXPECT_TRUE(r.at("facet").is_null());
  for (const auto* once : {"question", "chart", "title"}) EXPECT_FALSE(r.contains(once)) << once;
  EXPECT_EQ(r.at("repetition"), 1);
  EXPECT_TRUE(r.at("versus").is_null());
  EXPECT_EQ(r.at("ceilings")[0].at("rate"), 1280);
  EXPECT_EQ(r.at("cpus").at("generator"), nlohmann::json::array({1}));
  EXPECT_FALSE(r.contains("left_out"));
}

TEST_F(record_test, of_a_mix_the_first_targets_figures_are_reported) {
  replies(3000);
  p.latency.response.record(50'000'000, 3000);
  p.targets.resize(2);
  p.targets[0].requests.ok = 2000;
  p.targets[0].response.record(1'000'000, 2000);
  p.targets[1].requests.ok = 1000;
  const auto o = outcome_of(p);
  EXPECT_EQ(o.rate, 1000);
  EXPECT_EQ(o.response_time_s, 0.001);
  EXPECT_EQ(o.p99_us, 1000);
  p.targets.clear();
  EXPECT_EQ(outcome_of(p).rate, 1500);
  EXPECT_NEAR(*outcome_of(p).p99_us, 50'000, 50);
}

TEST_F(record_test, what_was_not_measured_is_absent_and_not_zero) {
  const auto o = outcome_of(p);
  EXPECT_FALSE(o.response_time_s || o.server_cpu_s || o.rate || o.p99_us || o.switches || o.memory_bytes);
}

TEST_F(record_test, what_is_the_same_for_all_points_is_said_once_in_a_run) {
  w.name = "delay";
  w.question = "How long?";
  w.caption = "Look here.";
  w.panels = {"p99"};
  m.title = "my server";
  catalogue known;
  known.workloads["delay"] = w;
  known.manifests["mine"] = known.manifests["absent"] = m;
  const auto said = descriptions(known, {{{"delay", {}, {"mine"}, 1}}, {{"delay", "absent", "not installed", ""}}});
  EXPECT_EQ(said.at("workloads").at("delay"), nlohmann::json::parse(R"({"question": "How long?",
      "chart": {"panels": ["p99"], "caption": "Look here.", "x": "connections", "series": null}})"));
  EXPECT_EQ(said.at("contestants").at("mine").at("title"), "my server");
  EXPECT_TRUE(said.at("contestants").contains("absent"));
  EXPECT_TRUE(said.at("contestants").at("mine").at("identity").at("manifest").is_null()) << "it has no file";
}

TEST_F(record_test, has_no_secret_of_the_url) {
  c.path = "/plaintext?token=one";
  p.asked.url = "http://me:word@127.0.0.1:80/plaintext?token=one";
  const auto record = point_record(p, w, m, c);
  EXPECT_EQ(record.at("path"), "/plaintext?token=***");
  EXPECT_EQ(record.dump().find("word@"), std::string::npos) << record;
}

}  // namespace
}  // namespace tvl::suite
