#include "bench/suite/processes/launched_server.hpp"

#include "bench/suite/processes/server_sockets.hpp"
#include "bench/suite/processes/test_support.hpp"
#include "bench/support/http_client.hpp"

#include <gtest/gtest.h>

#include <sched.h>
#include <sys/wait.h>

namespace tvl::suite {
namespace {

using namespace std::chrono_literals;

class launched_server_test : public testing::Test {
 protected:
  static void SetUpTestSuite() { become_subreaper(); }
  void SetUp() override { folder.write("fake.py", fake_server); }
  void TearDown() override { EXPECT_TRUE(still_running(folder.path()).empty()); }

  launch how(std::vector<std::string> command) const {
    launch l;
    l.name = "mine";
    l.command = std::move(command);
    l.probe = "/plaintext";
    l.logs = folder / "logs";
    return l;
  }
  launch fake(const std::string& mode, const std::string& port = "{port}") const {
    return how({TVL_PYTHON, folder / "fake.py", folder.path(), port, mode});
  }
  static std::string failure(launch l) {
    try {
      launched_server(std::move(l));
    } catch (const server_failed& error) {
      return error.what();
    }
    return "no failure";
  }

  temporary_folder folder;
};

TEST_F(launched_server_test, answers_after_the_start_and_prints_counters_at_the_end) {
  launched_server server(fake("ok"));
  EXPECT_EQ(http_client(2s).get(server.url("/plaintext")).body, "Hello, World!");
  const auto ended = server.stop();
  EXPECT_GE(ended.counters.at("requests").get<int>(), 2);
  EXPECT_FALSE(ended.killed);
  EXPECT_EQ(ended.left_behind, 0U);
}

TEST_F(launched_server_test, has_one_congestion_control_whoever_wrote_it) {
  launched_server server(fake("ok"));
  const auto usual = server.congestion_control();
  if (!usual) GTEST_SKIP() << "no right to duplicate a descriptor of a child";
  EXPECT_EQ(set_congestion_control(*server.pid(), server.port(), "reno"), "reno");
  EXPECT_EQ(set_congestion_control(*server.pid(), server.port(), "none such"), "reno") << "what it has is told";
  EXPECT_EQ(set_congestion_control(*server.pid(), 1, "reno"), std::nullopt) << "nothing listens there";
  const int port = server.port();
  const pid_t pid = *server.pid();
  server.stop();
  EXPECT_EQ(set_congestion_control(pid, port, "reno"), std::nullopt) << "it has ended";
}

TEST_F(launched_server_test, stderr_is_kept_for_the_record) {
  launched_server quiet(fake("ok"));
  EXPECT_EQ(quiet.stop().complaints, "");
  auto command = fake("ok").command;
  command.insert(command.begin(), {"sh", "-c", "echo one >&2; echo two >&2; exec \"$@\"", "sh"});
  launched_server talking(how(command));
  EXPECT_EQ(talking.stop().complaints, "one | two");
}

TEST_F(launched_server_test, without_a_port_in_the_command_prints_a_ready_line) {
  launched_server server(fake("ok", "0"));
  EXPECT_EQ(http_client(2s).get(server.url("/plaintext")).status, 200);
}

TEST_F(launched_server_test, the_second_launch_does_not_read_the_first_ones_output) {
  launched_server(fake("ok", "0")).stop();
  launched_server second(fake("ok", "0"));
  EXPECT_EQ(second.stop().counters.at("requests"), 1);
}

TEST_F(launched_server_test, runs_on_its_core) {
  auto l = fake("ok");
  l.cpus = {0};
  launched_server server(l);
  cpu_set_t cpus;
  ASSERT_EQ(sched_getaffinity(*server.pid(), sizeof cpus, &cpus), 0);
  EXPECT_EQ(CPU_COUNT(&cpus), 1);
  EXPECT_TRUE(CPU_ISSET(0, &cpus));
}

TEST_F(launched_server_test, that_exits_at_once_is_reported_with_its_stderr) {
  EXPECT_EQ(failure(how({"sh", "-c", "echo one; echo two >&2; echo three >&2; exit 3"})),
            "mine ended with exit code 3; stderr: | two | three");
  EXPECT_EQ(failure(how({"sh", "-c", "kill -9 $$"})), "mine was ended by signal 9 (nothing on stderr)");
}

TEST_F(launched_server_test, that_does_not_exist_is_reported) {
  EXPECT_EQ(failure(how({"no-such-program"})), "mine 'no-such-program' is not on PATH (nothing on stderr)");
  const auto text = failure(how({folder / "absent"}));
  EXPECT_TRUE(text.starts_with("mine cannot start " + (folder / "absent").string() + ": No such file")) << text;
}

TEST_F(launched_server_test, that_never_listens_is_ended) {
  auto l = how({"sh", "-c", "echo $$ > " + (folder / "pids").string() + "; echo busy >&2; exec sleep 60", "{port}"});
  l.ready_limit = 300ms;
  const auto text = failure(l);
  EXPECT_TRUE(text.starts_with("mine did not answer http://127.0.0.1:")) << text;
  EXPECT_TRUE(text.ends_with("/plaintext within 300 ms; stderr: | busy")) << text;
}

TEST_F(launched_server_test, that_prints_no_port_is_ended) {
  auto l = how({"sleep", "60"});
  l.ready_limit = 200ms;
  EXPECT_EQ(failure(l), "mine did not print 'listening on ADDRESS:PORT' within 200 ms (nothing on stderr)");
}

TEST_F(launched_server_test, on_the_wrong_port_is_ended) {
  auto l = how({"sh", "-c", "exec \"$@\" 0 ok", "{port}", TVL_PYTHON, folder / "fake.py", folder.path()});
  l.ready_limit = 6s;  // Python starts within this on a busy machine
  const auto text = failure(l);
  EXPECT_TRUE(text.starts_with("mine did not answer http://127.0.0.1:")) << text;
  EXPECT_NE(text.find(" within 6000 ms, and says that it listens on port "), text.npos) << text;
}

TEST_F(launched_server_test, with_a_port_of_its_own_is_waited_for_there) {
  const int port = unused_port();
  auto l = fake("ok", std::to_string(port));
  l.port = port;
  launched_server server(l);
  EXPECT_EQ(server.url("/"), "http://127.0.0.1:" + std::to_string(port) + "/");
  EXPECT_EQ(failure(l),
            "mine cannot have port " + std::to_string(port) + ": Address already in use (nothing on stderr)");
  server.stop();
  launched_server again(l);
  EXPECT_EQ(http_client(2s).get(again.url("/plaintext")).status, 200);
}

TEST_F(launched_server_test, that_daemonises_is_reported_and_ended) {
  const auto text =
      failure(how({"sh", "-c", "\"$@\" & exit 0", "sh", TVL_PYTHON, folder / "fake.py", folder.path(), "0", "ok"}));
  // One, or more while a wrapper script is still searching python3.
  EXPECT_TRUE(text.starts_with("mine ended with exit code 0 and left ")) << text;
  EXPECT_NE(text.find(" of its processes behind: it has to stay in the foreground"), text.npos) << text;
}

TEST_F(launched_server_test, leaves_no_children_even_if_they_ignore_sigterm) {
  launched_server server(fake("forking"));
  EXPECT_EQ(still_running(folder.path()).size(), 2U);
  const auto ended = server.stop();
  EXPECT_EQ(ended.left_behind, 1U);
  EXPECT_TRUE(ended.counters.is_object());
}

TEST_F(launched_server_test, that_ignores_sigterm_is_killed) {
  auto l = fake("stubborn");
  l.stop_limit = 200ms;
  launched_server server(l);
  const auto ended = server.stop();
  EXPECT_TRUE(ended.killed);
  EXPECT_TRUE(ended.counters.is_null());
}

TEST_F(launched_server_test, ends_with_the_object) {
  { const launched_server server(fake("forking")); }
  EXPECT_TRUE(still_running(folder.path()).empty());
}

TEST_F(launched_server_test, that_ends_later_is_noticed) {
  launched_server server(fake("ok"));
  kill(*server.pid(), SIGKILL);
  siginfo_t ended{};
  waitid(P_PID, static_cast<id_t>(*server.pid()), &ended, WEXITED | WNOWAIT);
  EXPECT_THROW(server.check_alive(), server_failed);
}

TEST_F(launched_server_test, is_not_waited_for_after_a_stop) {
  std::stop_source stop;
  stop.request_stop();
  auto l = how({"sleep", "60"});
  l.stop = stop.get_token();
  EXPECT_THROW(launched_server{l}, run_stopped);
}

}  // namespace
}  // namespace tvl::suite
