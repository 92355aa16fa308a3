// Runs of the program with servers in Python as its contestants.

#include "bench/suite/end_to_end/suite_fixture.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace tvl::suite {
namespace {

TEST_F(suite_test, measures_every_point_on_a_server_of_its_own_and_reports) {
  const auto r = suite({"--benchmark_out=" + (folder / "gb.json").string()});
  EXPECT_EQ(r.code, 0) << r.err;
  const auto points = records();
  ASSERT_EQ(points.size(), 4U);
  for (const auto& p : points) {
    EXPECT_EQ(p.at("contestant"), "right");
    EXPECT_GT(p.at("replies").get<int>(), 0);
    EXPECT_GT(p.at("server").at("cpu_us_per_request").get<double>(), 0);
    EXPECT_GT(p.at("server_counters").at("requests").get<int>(), 0);
  }
  EXPECT_NE(r.out.find("fast/right/1"), std::string::npos) << r.out;
  EXPECT_NE(r.err.find("[4/4] fast/right/2"), std::string::npos) << r.err;
  EXPECT_EQ(nlohmann::json::parse(read_file(folder / "run/environment.json")).at("schema"), 1);
  std::istringstream pids(read_file(folder / "pids"));
  std::set<std::string> servers;
  for (std::string pid; std::getline(pids, pid);) servers.insert(pid);
  EXPECT_EQ(servers.size(), points.size() + 1) << "one more was validated";
  const auto report = nlohmann::json::parse(read_file(folder / "gb.json"));
  EXPECT_EQ(std::ranges::count(report.at("benchmarks"), "iteration", [](const auto& b) { return b.at("run_type"); }),
            4);
}

TEST_F(suite_test, filters_and_repeats_like_google_benchmark_and_marks_a_shared_core) {
  EXPECT_EQ(suite({"--benchmark_list_tests"}).out, "fast/right/1\nfast/right/2\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "run"));
  const auto r =
      suite({"--benchmark_filter=/2$", "--benchmark_repetitions=1", "--server-cpus", "0", "--generator-cpus", "0"});
  EXPECT_EQ(r.code, 0) << r.err;
  ASSERT_EQ(records().size(), 1U);
  EXPECT_EQ(records()[0].at("x"), 2);
  const auto reasons = records()[0].at("verdict").at("reasons");
  EXPECT_EQ(std::ranges::count(reasons, "shared-core", [](const auto& r) { return r.at("code"); }), 1);
}

TEST_F(suite_test, a_star_names_all_other_contestants) {
  contestant("another", "ok");
  contestant("zebra", "ok");
  workload("whole_field", "right', '*", "connections = 1\n");
  const auto listed = suite({"--benchmark_list_tests", "--workload", "whole_field"});
  EXPECT_EQ(listed.out,
            "whole_field/right/1\nwhole_field/right/1/control\nwhole_field/another/1\nwhole_field/zebra/1\n");
}

TEST_F(suite_test, sweeps_variables) {
  folder.write("servers/pool.toml",
               "name = 'pool'\ntitle = 'a test'\nmodel = 'pool'\ncommand = ['sh', '-c', '" +
                   std::string("echo {threads} >> {dir}/threads; exec " TVL_PYTHON " {dir}/fake.py ") +
                   folder.path().string() + " {port} ok']\n[defaults]\nthreads = 7\n" +
                   "[endpoints]\nplaintext = '/plaintext'\n");
  workload("fast", "right', 'pool",
           "connections = 2\nrate = ['saturation', 50]\nthreads = [1, 3]\nseconds = 0.2\nwarmup_s = 0\n"
           "repetitions = 1\n[chart]\nseries = 'threads'\npanels = ['cpu']\ncaption = 'a test'\n");
  EXPECT_EQ(suite({"--benchmark_list_tests"}).out,
            "fast/right/2/rate:saturation\nfast/right/2/rate:saturation/control\n"
            "fast/pool/2/rate:saturation/threads:1\nfast/pool/2/rate:saturation/threads:3\n"
            "fast/right/2/rate:50\nfast/right/2/rate:50/control\n"
            "fast/pool/2/rate:50/threads:1\nfast/pool/2/rate:50/threads:3\n");
  const auto r = suite({"--benchmark_filter=pool/2/rate:50/threads:3"});
  EXPECT_EQ(r.code, 0) << r.err;
  ASSERT_EQ(records().size(), 1U);
  const auto p = records()[0];
  EXPECT_EQ(p.at("plan").at("rate"), 50);
  EXPECT_EQ(p.at("series"), "threads:3");
  EXPECT_EQ(p.at("facet"), "rate:50");
  EXPECT_EQ(p.at("variables"), (nlohmann::json{{"connections", 2}, {"rate", 50}, {"threads", 3}}));
  EXPECT_EQ(p.at("block"), "fast/2/rate:50/threads:3");
  EXPECT_EQ(read_file(folder / "servers/threads"), "7\n3\n") << "its default for validation, the point's for measuring";
}

TEST_F(suite_test, a_ceiling_counts_the_slots_of_all_processes) {
  for (const std::string model : {"prefork", "loops"}) {
    folder.write("servers/" + model + ".toml",
                 "name = '" + model + "'\ntitle = 'a test'\nmodel = '" + model +
                     "'\ncommand = ['sh', '-c', 'exec " TVL_PYTHON " {dir}/fake.py " + folder.path().string() +
                     " {port} ok', '{processes}', '{pool}', '{offload_threads}']\n" +
                     (model == "loops" ? "one_process = true\n" : "") + "[endpoints]\nplaintext = '/plaintext'\n");
  }
  workload("fast", "prefork', 'loops', 'right",
           "connections = 2\nrate = 50\nprocesses = 3\npool = 5\noffload_threads = 7\nseconds = 0.05\nwarmup_s = 0\n"
           "repetitions = 1\n[[ceiling]]\nlabel = 'pool'\nper = 'pool'\nrate = 1000\n"
           "[[ceiling]]\nlabel = 'executor'\nper = 'offload_thread'\nrate = 1000\n");
  const auto r = suite({});
  EXPECT_EQ(r.code, 0) << r.err;
  std::map<std::string, std::map<std::string, double>> found;
  for (const auto& p : records()) {
    auto& rates = found[p.at("contestant").get<std::string>()];
    for (const auto& top : p.at("ceilings")) rates[top.at("label").get<std::string>()] = top.at("rate").get<double>();
  }
  using rates = std::map<std::string, double>;
  EXPECT_EQ(found["prefork"], (rates{{"pool", 15'000}, {"executor", 21'000}}));
  EXPECT_EQ(found["loops"], (rates{{"pool", 15'000}, {"executor", 7000}})) << "its loops are one process";
  EXPECT_EQ(found["right"], rates()) << "it has neither";
}

TEST_F(suite_test, adds_interfering_requests_and_traces_the_foreground) {
  folder.write("workloads/mixed.toml",
               "question = 'How?'\nendpoint = 'plaintext'\ncontestants = ['right']\n[beside]\nendpoints = ['delay']\n"
               "parameters = { ms = 3 }\npercent = [0, 12.5]\n[load]\nconnections = 8\nrate = 400\nseconds = 0.5\n"
               "warmup_s = 0\nrepetitions = 1\ntrace_s = 0.1\n[chart]\nx = 'percent'\npanels = ['p99']\n"
               "caption = 'a test'\n");
  const auto r = suite({"--workload", "mixed"});
  EXPECT_EQ(r.code, 0) << r.err;
  const auto points = records();
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].at("x"), 0);
  EXPECT_EQ(points[0].at("targets"), nlohmann::json::array());
  const auto& p = points[1];
  EXPECT_EQ(p.at("x"), 12.5);
  EXPECT_EQ(p.at("load"), "12.5");
  EXPECT_EQ(p.at("path"), "/plaintext");
  ASSERT_EQ(p.at("targets").size(), 2U);
  EXPECT_EQ(p.at("targets")[0].at("path"), "/plaintext");
  EXPECT_EQ(p.at("targets")[0].at("weight"), 87.5);
  EXPECT_EQ(p.at("targets")[1].at("path"), "/delay/3");
  EXPECT_EQ(p.at("targets")[1].at("weight"), 12.5);
  EXPECT_GT(p.at("targets")[1].at("requests").at("ok"), 0);
  EXPECT_GE(p.at("targets")[1].at("latency").at("response").at("min"), 3000);
  EXPECT_EQ(p.at("trace").at("interval_s"), 0.1);
  EXPECT_EQ(p.at("trace").at("max_us").size(), 5U);
}

TEST_F(suite_test, wrong_replies_to_interfering_requests_are_found) {
  contestant("early", "early");
  folder.write("workloads/mixed.toml",
               "question = 'How?'\nendpoint = 'plaintext'\ncontestants = ['early']\n[beside]\nendpoints = ['delay']\n"
               "parameters = { ms = 300 }\npercent = 1\n[load]\nconnections = 1\nseconds = 0.1\nwarmup_s = 0\n"
               "repetitions = 1\n");
  EXPECT_EQ(suite({"--workload", "mixed"}).code, 1);
  ASSERT_EQ(records().size(), 1U);
  const std::string reason = records()[0].at("left_out").at("reason");
  EXPECT_TRUE(reason.starts_with("early answers wrongly: delay: expected a reply after ")) << reason;
}

TEST_F(suite_test, beside_other_work_every_point_has_that_mark) {
  const auto r = suite({"--beside-other-work"});
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_FALSE(records().empty());
  for (const auto& p : records()) {
    EXPECT_EQ(p.at("host").at("beside_other_work"), true);
    EXPECT_EQ(p.at("host").at("cores"), p.at("cpus").at("server") == p.at("cpus").at("generator") ? 1 : 2);
    const auto& reasons = p.at("verdict").at("reasons");
    EXPECT_EQ(std::ranges::count(reasons, "beside-other-work", [](const auto& why) { return why.at("code"); }), 1) << p;
  }
}

TEST_F(suite_test, a_server_without_keep_alive_is_measured_where_each_request_has_a_connection) {
  contestant("closing", "closing");
  contestant("old", "old");
  const std::string load = "connections = [1, 2]\nseconds = 0.2\nwarmup_s = 0\nrepetitions = 2\n";
  workload("churn", "closing', 'old", load + "requests_per_connection = 1\n");
  workload("kept", "closing', 'old", load);
  const auto r = suite({"--workload", "churn", "--workload", "kept"});
  EXPECT_EQ(r.code, 0) << r.err;
  std::map<std::string, int> measured, left_out, answered;
  for (const auto& p : records()) {
    const auto where = p.at("workload").get<std::string>() + "/" + p.at("contestant").get<std::string>();
    if (!p.contains("left_out")) {
      if (!p.at("control")) ++measured[where];
      answered[where] += p.at("requests").at("ok").get<int>();
      EXPECT_EQ(p.at("requests").at("protocol_errors"), 0) << where;
      continue;
    }
    ++left_out[where];
    EXPECT_EQ(p.at("left_out"), (nlohmann::json{{"status", "not offered"}, {"reason", "keep-alive"}}));
  }
  EXPECT_EQ(measured, (std::map<std::string, int>{{"churn/closing", 4}, {"churn/old", 4}})) << r.err;
  EXPECT_GT(answered["churn/closing"], 0);
  EXPECT_GT(answered["churn/old"], 0);
  EXPECT_EQ(left_out, (std::map<std::string, int>{{"kept/closing", 1}, {"kept/old", 1}})) << r.err;
}

TEST_F(suite_test, a_failed_contestant_is_left_out_once_and_the_others_are_measured) {
  contestant("wrong", "wrong");
  contestant("forking", "forking");
  contestant("dying", "dying");
  folder.write("servers/broken.toml", "name = ");
  workload("fast", "wrong', 'right', 'forking', 'dying', 'broken",
           "connections = [1]\nseconds = 0.3\nwarmup_s = 0\nrepetitions = 2\n");
  const auto r = suite({});
  EXPECT_EQ(r.code, 1) << r.err;
  std::map<std::string, int> measured;
  std::map<std::string, std::string> reasons;
  for (const auto& p : records()) {
    if (p.contains("left_out")) {
      EXPECT_FALSE(reasons.contains(p.at("contestant")));
      EXPECT_EQ(p.at("left_out").at("status"), "failed");
      reasons[p.at("contestant")] = p.at("left_out").at("reason");
    } else {
      ++measured[p.at("contestant")];
    }
  }
  EXPECT_EQ(measured, (std::map<std::string, int>{{"forking", 2}, {"right", 2}}));
  EXPECT_EQ(
      reasons["wrong"],
      "wrong answers wrongly: plaintext: expected 200 text/plain 'Hello, World!', got 200 text/plain 'Hello, World?', "
      "first difference at byte 12 (from 0): '!' expected, '?' found (what is right: servers/outsiders/CONTRACT.md)");
  EXPECT_TRUE(reasons["dying"].starts_with("dying ended with exit code 7; stdout: | listening on "))
      << reasons["dying"];
  EXPECT_TRUE(reasons["broken"].starts_with("broken.toml:1: ")) << reasons["broken"];
  EXPECT_EQ(reasons.size(), 3U);
  EXPECT_NE(r.err.find("forking left 1 process that did not end on SIGTERM, now killed"), r.err.npos) << r.err;
}

TEST_F(suite_test, too_few_descriptors_end_the_contestants_line) {
  workload("fast", "right", "connections = [1, 900000, 950000]\nseconds = 0.1\nwarmup_s = 0\nrepetitions = 2\n");
  const auto r = suite({});
  EXPECT_EQ(r.code, 0) << r.err;
  std::vector<nlohmann::json> beyond;
  for (const auto& p : records()) {
    if (p.contains("left_out")) beyond.push_back(p);
  }
  ASSERT_EQ(beyond.size(), 1U);
  EXPECT_EQ(beyond[0].at("x"), 900000);
  EXPECT_EQ(beyond[0].at("load"), "900000");
  EXPECT_TRUE(beyond[0].at("facet").is_null());
  EXPECT_EQ(beyond[0].at("left_out").at("status"), "limit");
  EXPECT_NE(beyond[0].at("left_out").at("reason").get<std::string>().find("descriptors"), std::string::npos)
      << beyond[0].at("left_out");
  EXPECT_EQ(records().size(), 3U);

  workload("fast", "right", "connections = 900000\nseconds = 0.1\nwarmup_s = 0\nrepetitions = 1\n");
  std::filesystem::remove_all(folder / "run");
  const auto none = suite({});
  EXPECT_EQ(none.code, 1);
  EXPECT_TRUE(none.err.ends_with("nothing was measured\n")) << none.err;
}

}  // namespace
}  // namespace tvl::suite
