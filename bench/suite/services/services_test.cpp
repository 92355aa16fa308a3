#include "bench/suite/services/services.hpp"

#include "bench/suite/processes/launched_server.hpp"
#include "bench/suite/processes/test_support.hpp"
#include "bench/suite/services/postgres.hpp"
#include "bench/suite/services/redis.hpp"
#include "bench/suite/services/services_fixture.hpp"
#include "bench/support/http_client.hpp"
#include "bench/support/usage_error.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>

namespace tvl::suite {
namespace {

using namespace std::chrono_literals;
using testing::Test;

// Prints the two lines of tvl-upstream.
constexpr char fake_upstream[] = R"(
exec )" TVL_PYTHON R"( -c '
import http.server, json, signal, sys
class handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"tls_port": 1, "ca": sys.argv[1]}).encode()
        self.send_response(200 if self.path == "/info" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
server = http.server.HTTPServer(("127.0.0.1", 0), handler)
print("listening on 127.0.0.1:%d" % server.server_port)
print("tls on 127.0.0.1:1 ca x", flush=True)
server.serve_forever()' "$@"
)";

class services_test : public Test {
 protected:
  static void SetUpTestSuite() { become_subreaper(); }

  void SetUp() override {
    std::filesystem::create_directory(folder / "tmp");
    std::filesystem::permissions(folder.path(), std::filesystem::perms(0711));  // services run as other accounts
    std::filesystem::permissions(folder / "tmp", std::filesystem::perms(0711));
    temporary.emplace("TMPDIR", folder / "tmp");
  }
  void TearDown() override {
    EXPECT_TRUE(std::filesystem::is_empty(folder / "tmp"));
    for (const auto& p : load::process_tree(getpid())) EXPECT_EQ(p.pid, getpid()) << "left behind";
  }

  // It has this process's PATH, even if a test changes the suite's.
  void write_program(const std::string& name, const std::string& script) const {
    const auto file =
        folder.write(name, "#!/bin/sh\nexport PATH='" + std::string(std::getenv("PATH")) + "'\n" + script);
    chmod(file.c_str(), 0755);
  }
  std::unique_ptr<services> start(const service_names& wanted, const service_flags& given = {},
                                  std::stop_token stop = {}) {
    return std::make_unique<services>(wanted, given, folder / "bin", folder / "logs", std::vector<int>(), stop);
  }
  std::string refusal(const service_names& wanted, const service_flags& given) {
    try {
      start(wanted, given);
    } catch (const bad_input& error) {
      return error.what();
    }
    return "accepted";
  }

  temporary_folder folder;
  std::optional<environment_variable> temporary;
};

TEST(services_for, are_those_of_the_endpoint_that_the_command_has_a_place_for) {
  manifest m;
  m.command = {"x", "--redis", "{redis}", "--postgres={postgres}", "{upstream}"};
  EXPECT_EQ(services_for(m, "cache"), service_names{"redis"});
  EXPECT_EQ(services_for(m, "db"), service_names{"postgres"});
  for (const auto* endpoint : {"fetch", "token", "object"}) {
    EXPECT_EQ(services_for(m, endpoint), service_names{"upstream"});
  }
  EXPECT_EQ(services_for(m, "services"), (service_names{"postgres", "redis", "upstream"}));
  EXPECT_EQ(services_for(m, "plaintext"), service_names{});
  m.command = {"x", "{port}"};
  EXPECT_EQ(services_for(m, "cache"), service_names{});
}

TEST(service_cpus, are_never_the_servers) {
  EXPECT_EQ(service_cpus({{0}, {1}, false}, {0, 1}), std::vector{1});
  EXPECT_EQ(service_cpus({{0}, {3}, false}, {0, 1, 2, 3}), (std::vector{1, 2}));
}

TEST(service_limit, is_a_full_core_or_all_cores_full) {
  EXPECT_EQ(service_limit({}, 1, 1), "");
  EXPECT_EQ(service_limit({{"redis", 0.2}, {"upstream", std::nullopt}}, 0.5, 1), "");
  EXPECT_EQ(service_limit({{"redis", 0.97}}, 0, 4), "redis used 97 % of a core");
  EXPECT_EQ(service_limit({{"postgres", 0.97}}, 0, 4), "");
  EXPECT_EQ(service_limit({{"postgres", 1.0}, {"redis", 0.4}}, 0.55, 2),
            "the services used 140 % and the generator 55 % of a core, of 2 that they have");
}

TEST_F(services_test, start_only_if_needed) {
  const auto none = start({});
  EXPECT_EQ(none->values(), (std::map<std::string, std::string>{{"postgres", ""}, {"redis", ""}, {"upstream", ""}}));
  EXPECT_TRUE(std::filesystem::is_empty(folder / "tmp"));
  EXPECT_EQ(none->record({}, {}), nlohmann::json::object());
}

TEST_F(services_test, redis_is_filled_and_ended) {
  if (!redis_is_installed()) GTEST_SKIP() << "redis-server is not installed";
  auto one = start({"redis"});
  const auto address = one->values().at("redis");
  EXPECT_EQ(ask_redis(address, "DBSIZE"), "10000");
  {
    const environment_variable no_password("REDISCLI_AUTH", "none");
    EXPECT_EQ(ask_redis(address, "DBSIZE"), "NOAUTH Authentication required.");
  }
  EXPECT_EQ(ask_redis(address, "STRLEN key:0"), "100");
  EXPECT_EQ(ask_redis(address, "GET key:9999"), "value of key:9999 " + std::string(82, '.'));
  EXPECT_EQ(ask_redis(address, "GET " + redis_key(77)), redis_value("key:77"));
  EXPECT_EQ(one->absent({"redis"}), std::nullopt);
  EXPECT_EQ(one->known({"redis", "postgres"}), service_names{"redis"});
  EXPECT_EQ(one->known({"postgres"}), service_names{});
  service_flags own;
  own.redis = address;
  EXPECT_EQ(start({"redis"}, own)->known({"redis"}), service_names{});

  const auto record = one->record({"redis"}, {{"redis", 0.25}}).at("redis");
  EXPECT_EQ(record.at("origin"), "started");
  EXPECT_TRUE(record.at("version").is_string());
  EXPECT_EQ(record.at("cpu_share"), 0.25);
  EXPECT_TRUE(one->record({"redis"}, {}).at("redis").at("cpu_share").is_null());
  EXPECT_TRUE(one->meters({"redis"}).at("redis").read().cpu_ns.has_value());
  one.reset();
  EXPECT_EQ(ask_redis(address, "PING"), "Connection refused");
}

TEST_F(services_test, postgres_is_filled_and_can_only_be_read) {
  if (!postgres_is_installed()) GTEST_SKIP() << "postgres is not installed";
  auto one = start({"postgres"});
  ASSERT_EQ(one->absent({"postgres"}), std::nullopt) << one->absent({"postgres"})->reason;
  const auto conninfo = one->values().at("postgres");
  EXPECT_EQ(ask_postgres(conninfo, "select count(*) from items"), "10000");
  EXPECT_EQ(ask_postgres(conninfo, "select id || name || price from items where id = 42"), "42item 4215.54");
  for (const int id : {1, 270, 5405, postgres_rows}) {
    const auto row = postgres_row(id);
    EXPECT_EQ(ask_postgres(conninfo, "select name from items where id = " + std::to_string(id)), row.name);
    EXPECT_EQ(std::stod(ask_postgres(conninfo, "select price from items where id = " + std::to_string(id))), row.price);
  }
  EXPECT_NE(ask_postgres(conninfo, "delete from items returning id").find("permission denied"), std::string::npos);
  EXPECT_NE(ask_postgres(conninfo + " user=owner", "select 1").find("no pg_hba.conf entry"), std::string::npos);
  EXPECT_TRUE(one->record({"postgres"}, {}).at("postgres").at("version").is_string());
  one.reset();
  EXPECT_NE(ask_postgres(conninfo, "select 1").find("Connection refused"), std::string::npos);
}

TEST_F(services_test, do_not_run_as_root) {
  if (geteuid() != 0 || !redis_is_installed()) GTEST_SKIP() << "not root, or redis-server is not installed";
  const auto one = start({"redis"});
  struct stat facts {};
  const auto pid = one->meters({"redis"}).at("redis").root();
  ASSERT_EQ(stat(("/proc/" + std::to_string(pid)).c_str(), &facts), 0);
  EXPECT_NE(facts.st_uid, 0U);
}

TEST_F(services_test, upstream_reports_its_address) {
  write_program("bin/tvl-upstream", fake_upstream);
  auto one = start({"upstream"});
  const auto url = one->values().at("upstream");
  EXPECT_EQ(http_client(5s).get(url + "/info").status, 200);
  EXPECT_TRUE(one->record({"upstream"}, {}).at("upstream").at("version").is_null());
  EXPECT_EQ(refusal({"upstream"}, {std::nullopt, std::nullopt, url}), "accepted");
  EXPECT_EQ(refusal({"upstream"}, {std::nullopt, std::nullopt, url + "/x"}),
            "--upstream " + url + "/x is no tvl-upstream: /info is answered with status 404");
  one.reset();
  const auto gone = refusal({"upstream"}, {std::nullopt, std::nullopt, url});
  EXPECT_TRUE(gone.starts_with("--upstream " + url + ": ")) << gone;
}

TEST_F(services_test, that_are_not_installed_are_absent_while_others_run) {
  write_program("bin/tvl-upstream", fake_upstream);
  const environment_variable path("PATH", folder / "empty");
  const auto some = start({"redis", "upstream"});
  ASSERT_TRUE(some->absent({"redis", "upstream"}));
  EXPECT_EQ(some->absent({"redis"})->status, "not installed");
  EXPECT_EQ(some->absent({"redis"})->reason, "redis: 'redis-server' is not on PATH");
  EXPECT_EQ(some->absent({"upstream"}), std::nullopt);
  EXPECT_EQ(some->values().at("redis"), "");
  EXPECT_NE(some->values().at("upstream"), "");
}

TEST_F(services_test, that_do_not_start_are_absent_with_their_stderr) {
  write_program("path/redis-server", "echo no memory >&2\nexit 1\n");
  const environment_variable path("PATH", (folder / "path").string() + ":/usr/bin:/bin");
  std::filesystem::permissions(folder / "path", std::filesystem::perms(0755));
  const auto none = start({"redis", "upstream"});
  EXPECT_EQ(none->absent({"redis"})->status, "failed");
  EXPECT_EQ(none->absent({"redis"})->reason, "redis ended with exit code 1; stderr: | no memory");
  EXPECT_EQ(none->absent({"upstream"})->reason, "upstream: tvl-upstream is not built here");
}

TEST_F(services_test, of_the_user_are_not_modified) {
  if (!redis_is_installed()) GTEST_SKIP() << "redis-server is not installed";
  const auto owner = start({"redis"});
  const auto address = owner->values().at("redis");
  {
    const auto user = start({"redis"}, {address, std::nullopt, std::nullopt});
    EXPECT_EQ(user->values().at("redis"), address);
    EXPECT_EQ(user->record({"redis"}, {}).at("redis").at("origin"), "given");
    EXPECT_TRUE(user->meters({"redis"}).empty());
  }
  EXPECT_EQ(ask_redis(address, "DEL key:9999"), "1");
  EXPECT_EQ(refusal({"redis"}, {address, std::nullopt, std::nullopt}),
            "--redis " + address + " has to hold key:0 to key:9999, with 100 bytes each, and does not");
  EXPECT_EQ(ask_redis(address, "EXISTS key:9999"), "0");
}

TEST_F(services_test, of_the_user_that_are_unreachable_are_refused) {
  const auto nowhere = "127.0.0.1:" + std::to_string(unused_port());
  EXPECT_EQ(refusal({"redis"}, {nowhere, std::nullopt, std::nullopt}), "--redis " + nowhere + ": Connection refused");
  const auto port = std::to_string(unused_port());
  const auto problem = refusal({"postgres"}, {std::nullopt, "host=127.0.0.1 port=" + port, std::nullopt});
  EXPECT_TRUE(problem.starts_with("--postgres: ")) << problem;
  EXPECT_NE(problem.find("Connection refused"), std::string::npos) << problem;
  EXPECT_EQ(refusal({}, {nowhere, std::nullopt, std::nullopt}), "accepted") << "not needed";
}

TEST_F(services_test, of_the_user_without_the_rows_are_refused) {
  if (!postgres_is_installed()) GTEST_SKIP() << "postgres is not installed";
  const auto owner = start({"postgres"});
  const auto conninfo = owner->values().at("postgres");
  EXPECT_EQ(refusal({"postgres"}, {std::nullopt, conninfo, std::nullopt}), "accepted");
  const auto port = conninfo.substr(conninfo.find("port=") + 5, 5);
  const auto problem =
      refusal({"postgres"}, {std::nullopt, conninfo + " options='-c search_path=nowhere'", std::nullopt});
  EXPECT_TRUE(problem.starts_with("--postgres has to hold items (id, name, price) with ids 1 to 10000, and does not"))
      << problem;
  EXPECT_NE(problem.find("\"items\" does not exist"), std::string::npos) << problem;
}

TEST_F(services_test, that_end_are_noticed) {
  if (!redis_is_installed()) GTEST_SKIP() << "redis-server is not installed";
  const auto one = start({"redis"});
  EXPECT_NO_THROW(one->check_alive({"redis"}));
  const auto pid = one->meters({"redis"}).at("redis").root();
  kill(pid, SIGKILL);
  siginfo_t ended{};
  waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT);
  EXPECT_NO_THROW(one->check_alive({"upstream"}));
  EXPECT_THROW(one->check_alive({"redis"}), server_failed);
  EXPECT_TRUE(one->ended({"redis"})->how.starts_with("redis was ended by signal 9")) << one->ended({"redis"})->how;
}

TEST_F(services_test, that_end_can_be_started_again_with_all_their_data) {
  write_program("bin/tvl-upstream", fake_upstream);
  service_names wanted = {"upstream"};
  if (redis_is_installed()) wanted.insert("redis");
  if (postgres_is_installed()) wanted.insert("postgres");
  const auto all = start(wanted);
  for (const auto& name : wanted) {
    EXPECT_EQ(all->record({name}, {}).at(name).at("restarts"), 0);
    kill(all->meters({name}).at(name).root(), SIGKILL);
    while (!all->ended({name})) std::this_thread::sleep_for(1ms);
    all->restart(name);
    EXPECT_EQ(all->ended({name}), std::nullopt) << name;
    EXPECT_EQ(all->absent({name}), std::nullopt) << all->absent({name})->reason;
    EXPECT_EQ(all->record({name}, {}).at(name).at("restarts"), 1);
  }
  if (wanted.contains("redis")) EXPECT_EQ(ask_redis(all->values().at("redis"), "DBSIZE"), "10000");
  if (wanted.contains("postgres"))
    EXPECT_EQ(ask_postgres(all->values().at("postgres"), "select count(*) from items"), "10000");
  all->give_up({"upstream", "upstream was ended by signal 9"});
  EXPECT_EQ(all->absent(wanted)->reason, "upstream was ended by signal 9");
  EXPECT_EQ(all->values().at("upstream"), "");
}

TEST_F(services_test, survive_the_end_of_a_contestant) {
  if (!redis_is_installed() || !postgres_is_installed()) GTEST_SKIP() << "redis-server or postgres is not installed";
  const auto two = start({"postgres", "redis"});
  folder.write("fake.py", fake_server);
  launch how;
  how.name = "mine";
  how.command = {TVL_PYTHON, folder / "fake.py", folder.path(), "{port}", "forking"};
  how.probe = "/plaintext";
  how.logs = folder / "logs";
  EXPECT_EQ(launched_server(how).stop().left_behind, 1U);
  two->check_alive({"postgres", "redis"});
  EXPECT_EQ(ask_redis(two->values().at("redis"), "PING"), "PONG");
  EXPECT_EQ(ask_postgres(two->values().at("postgres"), "select 1"), "1");
}

TEST_F(services_test, are_not_waited_for_after_a_stop) {
  if (!postgres_is_installed()) GTEST_SKIP() << "postgres is not installed";
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THROW(start({"postgres"}, {}, stop.get_token()), run_stopped);
  std::stop_source soon;
  std::jthread later([&soon] {
    std::this_thread::sleep_for(300ms);  // typically during initdb
    soon.request_stop();
  });
  try {
    start({"postgres"}, {}, soon.get_token());
  } catch (const run_stopped&) {
    // TearDown() checks that nothing is left
  }
}

std::size_t folders_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

// The processes of a killed suite end; the next suite removes its files.
TEST_F(services_test, of_a_killed_suite_are_removed) {
  if (!redis_is_installed() || !postgres_is_installed()) GTEST_SKIP() << "redis-server or postgres is not installed";
  int ready[2];
  ASSERT_EQ(pipe2(ready, O_CLOEXEC), 0);
  const pid_t suite = fork();
  if (suite == 0) {
    const auto two = start({"postgres", "redis"});
    const auto count = static_cast<char>(load::process_tree(getpid()).size());
    if (write(ready[1], &count, 1) != 1) _exit(1);
    pause();
  }
  close(ready[1]);
  char count = 0;
  ASSERT_EQ(read(ready[0], &count, 1), 1);
  close(ready[0]);
  EXPECT_GT(count, 3);
  kill(suite, SIGKILL);
  while (waitpid(-1, nullptr, 0) > 0) continue;  // the suite, then its orphans

  const auto left = std::filesystem::directory_iterator(folder / "tmp")->path();
  start({"upstream"});
  EXPECT_EQ(folders_in(folder / "tmp"), 1U) << "too new to be removed";
  std::filesystem::last_write_time(left, std::filesystem::file_time_type::clock::now() - 2min);
  const services_folder mine;
  EXPECT_EQ(folders_in(folder / "tmp"), 1U);
  EXPECT_TRUE(std::filesystem::exists(mine.path()));
  std::filesystem::last_write_time(mine.path(), std::filesystem::file_time_type::clock::now() - 2min);
  start({"upstream"});
  EXPECT_TRUE(std::filesystem::exists(mine.path())) << "is in use";
}

}  // namespace
}  // namespace tvl::suite
