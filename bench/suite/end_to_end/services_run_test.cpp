// Runs with services.

#include "bench/suite/end_to_end/suite_fixture.hpp"
#include "bench/suite/services/services_fixture.hpp"

namespace tvl::suite {
namespace {

class services_run_test : public suite_test {
 protected:
  void SetUp() override {
    suite_test::SetUp();
    folder.write("servers/right.toml",
                 "name = 'right'\ntitle = 'a test'\nmodel = 'loop'\n"
                 "command = ['/usr/bin/env', 'PATH=" +
                     std::string(std::getenv("PATH")) + "', '" TVL_PYTHON "', '{dir}/fake.py', '" +
                     folder.path().string() +
                     "', '{port}', 'ok', '{redis}']\n"
                     "[endpoints]\nplaintext = '/plaintext'\ncache = '/cache/key:1'\n");
    folder.write("workloads/cached.toml",
                 "question = 'How?'\nendpoint = 'cache'\nparameters = { key = 'key:1' }\ncontestants = ['right']\n"
                 "[load]\nconnections = 1\nseconds = 0.2\nwarmup_s = 0.05\nrepetitions = 1\n");
  }
};

TEST_F(services_run_test, records_the_called_services) {
  if (!redis_is_installed()) GTEST_SKIP() << "redis-server is not installed";
  const auto r = suite({});
  EXPECT_EQ(r.code, 0) << r.err;
  int called = 0;
  for (const auto& p : records()) {
    if (p.at("workload") != "cached") {
      EXPECT_EQ(p.at("services"), nlohmann::json::object());
      continue;
    }
    ++called;
    EXPECT_EQ(p.at("services").at("redis").at("origin"), "started");
    EXPECT_TRUE(p.at("services").at("redis").at("cpu_share").is_number());
  }
  EXPECT_EQ(called, 1);
}

// Killed while services start, fill, are called or end: PostgreSQL takes 2 s to start.
TEST_F(services_run_test, runs_killed_at_random_moments_are_completed_by_resuming) {
  if (!redis_is_installed() || !postgres_is_installed()) GTEST_SKIP() << "a service is not installed";
  auto manifest = read_file(folder / "servers/right.toml");
  manifest.replace(manifest.find("'{redis}'"), 9, "'{redis}', '{postgres}'");
  folder.write("servers/right.toml", manifest + "[endpoints.db]\npath = '/db/1'\nexpect_body = 'Hello, World!'\n");
  const std::string rest =
      "contestants = ['right']\n[load]\nconnections = 1\nseconds = 0.2\nwarmup_s = 0.05\nrepetitions = 3\n";
  folder.write("workloads/cached.toml",
               "question = 'How?'\nendpoint = 'cache'\nparameters = { key = 'key:1' }\n" + rest);
  folder.write("workloads/stored.toml", "question = 'How?'\nendpoint = 'db'\nparameters = { id = 1, ms = 0 }\n" + rest);
  kill_and_resume(2, 4 + 3 + 3, 6000);
  std::map<std::string, int> called;
  for (const auto& p : records())
    for (const auto& [name, how] : p.at("services").items()) ++called[name];
  EXPECT_EQ(called, (std::map<std::string, int>{{"postgres", 3}, {"redis", 3}}));
}

// The redis-server that the suite started; 0 = none.
pid_t redis_of(pid_t suite) {
  for (const auto& p : load::process_tree(suite)) {
    if (read_file("/proc/" + std::to_string(p.pid) + "/comm") == "redis-server\n") return p.pid;
  }
  return 0;
}

class ended_service_test : public services_run_test {
 protected:
  // Runs the suite with three repetitions, and kills its Redis `times` times, each while the second one is measured.
  int run_without_redis(int times) {
    workload_with_three_repetitions();
    bp::child child(bp::exe = TVL_SUITE, bp::args = with_folders({"--workload", "cached"}), bp::std_out > bp::null,
                    bp::std_err > (folder / "err").string());
    wait_for_lines(folder / "run/points.jsonl", 1);
    for (pid_t last = 0; times > 0 && child.running(); usleep(1000)) {
      const pid_t redis = redis_of(child.id());
      if (redis == 0 || redis == last) continue;
      kill(last = redis, SIGKILL);
      --times;
    }
    child.wait();
    return child.exit_code();
  }

 private:
  void workload_with_three_repetitions() const {
    folder.write("workloads/cached.toml",
                 "question = 'How?'\nendpoint = 'cache'\nparameters = { key = 'key:1' }\ncontestants = ['right']\n"
                 "[load]\nconnections = 1\nseconds = 0.5\nwarmup_s = 0.05\nrepetitions = 3\n");
  }
};

TEST_F(ended_service_test, is_started_again_and_the_point_repeated) {
  if (!redis_is_installed()) GTEST_SKIP() << "redis-server is not installed";
  EXPECT_EQ(run_without_redis(1), 0);
  std::vector<std::pair<int, int>> seen;
  for (const auto& p : records()) {
    ASSERT_FALSE(p.contains("left_out")) << p.dump();
    seen.emplace_back(p.at("repetition"), p.at("services").at("redis").at("restarts"));
  }
  EXPECT_EQ(seen, (std::vector<std::pair<int, int>>{{0, 0}, {1, 1}, {2, 1}}));
  const auto err = read_file(folder / "err");
  EXPECT_NE(err.find("redis was ended by signal 9"), std::string::npos) << err;
  EXPECT_NE(err.find(": it is started again, and the point repeated"), std::string::npos) << err;
}

TEST_F(ended_service_test, twice_in_a_repetition_leaves_out_the_points_and_blames_the_service) {
  if (!redis_is_installed()) GTEST_SKIP() << "redis-server is not installed";
  EXPECT_EQ(run_without_redis(2), 1);
  const auto all = records();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].at("left_out").at("status"), "failed");
  const auto reason = all[1].at("left_out").at("reason").get<std::string>();
  EXPECT_TRUE(reason.starts_with("redis was ended by signal 9")) << reason;
}

TEST_F(services_run_test, leaves_out_points_without_their_service) {
  const environment_variable path("PATH", folder / "empty");
  const auto r = suite({"--benchmark_filter=right/1$"});
  EXPECT_EQ(r.code, 0) << r.err;
  int left_out = 0, measured = 0;
  for (const auto& p : records()) {
    if (p.contains("left_out")) {
      ++left_out;
      EXPECT_EQ(p.at("workload"), "cached");
      EXPECT_EQ(p.at("left_out").at("status"), "not installed");
      EXPECT_EQ(p.at("left_out").at("reason"), "redis: 'redis-server' is not on PATH");
    } else {
      ++measured;
      EXPECT_EQ(p.at("workload"), "fast");
    }
  }
  EXPECT_EQ(left_out, 1);
  EXPECT_EQ(measured, 2);
}

TEST_F(services_run_test, validates_endpoints_with_services) {
  const auto with_redis = program({"validate", "right", "--servers", folder / "servers"});
  if (redis_is_installed()) {
    EXPECT_EQ(with_redis.code, 0) << with_redis.err;
    EXPECT_NE(with_redis.out.find("  cache               pass\n"), std::string::npos) << with_redis.out;
  }

  const environment_variable path("PATH", folder / "empty");
  const auto without = program({"validate", "right", "--servers", folder / "servers"});
  EXPECT_EQ(without.code, 0) << without.out << without.err;
  EXPECT_NE(without.out.find("  cache               not checked: needs redis: 'redis-server' is not on PATH\n"),
            std::string::npos)
      << without.out;
  EXPECT_NE(without.out.find(" not offered, 1 not checked\n"), std::string::npos) << without.out;
  const auto report =
      nlohmann::json::parse(program({"validate", "right", "--json", "--servers", folder / "servers"}).out);
  for (const auto& c : report.at("contestants").at(0).at("checks")) {
    if (c.at("check") != "cache") continue;
    EXPECT_EQ(c.at("result"), "not checked");
    EXPECT_EQ(c.at("got"), "needs redis: 'redis-server' is not on PATH");
    EXPECT_TRUE(c.at("expected").is_null());
  }
}

TEST_F(services_run_test, refuses_a_given_service_that_is_unreachable) {
  const auto address = "127.0.0.1:" + std::to_string(unused_port());
  const auto r = suite({"--redis", address});
  EXPECT_EQ(r.code, 2);
  EXPECT_EQ(r.err, "tvl-suite: --redis " + address + ": Connection refused\n");
  EXPECT_FALSE(std::filesystem::exists(folder / "run/points.jsonl"));
  EXPECT_EQ(suite({"--redis", address, "--workload", "fast"}).code, 0);
}

}  // namespace
}  // namespace tvl::suite
