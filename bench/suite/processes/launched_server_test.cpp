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
  void SetUp() override {
    folder.write("fake.py", fake_server);
    folder.write("odd.py", odd_server);
  }
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
  // Below a shell that goes on: with `script`, the server is "$@".
  launch below_shell(const std::string& script, const std::string& mode) const {
    auto l = fake(mode);
    l.command.insert(l.command.begin(), {"sh", "-c", script, "sh"});
    return l;
  }
  launch odd(const std::string& mode) const {
    auto l = how({TVL_PYTHON, folder / "odd.py", "{port}", mode});
    l.ready_limit = 4s;
    return l;
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
  const auto processes = load::process_trees(server.metered());
  EXPECT_EQ(set_congestion_control(processes, server.port(), "reno"), "reno");
  EXPECT_EQ(set_congestion_control(processes, server.port(), "none such"), "reno") << "what it has is told";
  EXPECT_EQ(set_congestion_control(processes, 1, "reno"), std::nullopt) << "nothing listens there";
  const int port = server.port();
  server.stop();
  EXPECT_EQ(set_congestion_control(processes, port, "reno"), std::nullopt) << "it has ended";
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

TEST_F(launched_server_test, has_its_environment_and_folder) {
  auto l = how({"sh", "-c", "echo \"$GIVEN $PWD\"; exit 3"});
  l.env = {{"GIVEN", "port {port}"}};
  l.cwd = folder.path();
  const auto text = failure(l);
  EXPECT_TRUE(text.starts_with("mine ended with exit code 3; stdout: | port ")) << text;
  EXPECT_EQ(text.find("{port}"), text.npos) << text;
  EXPECT_TRUE(text.ends_with(" " + folder.path().string())) << text;
}

TEST_F(launched_server_test, runs_on_its_core) {
  auto l = fake("ok");
  l.cpus = {0};
  launched_server server(l);
  cpu_set_t cpus;
  ASSERT_EQ(sched_getaffinity(server.metered().front(), sizeof cpus, &cpus), 0);
  EXPECT_EQ(CPU_COUNT(&cpus), 1);
  EXPECT_TRUE(CPU_ISSET(0, &cpus));
}

TEST_F(launched_server_test, that_exits_at_once_is_reported_with_its_stderr) {
  EXPECT_EQ(failure(how({"sh", "-c", "echo one; echo two >&2; echo three >&2; exit 3"})),
            "mine ended with exit code 3; stdout: | one; stderr: | two | three");
  EXPECT_EQ(failure(how({"sh", "-c", "kill -9 $$"})), "mine was ended by signal 9 (nothing on stdout and stderr)");
  EXPECT_EQ(failure(how({"printf", "a\\033[2J\\377\\n"})), "mine ended with exit code 0; stdout: | a\\x1b[2J\\xff");
}

TEST_F(launched_server_test, that_does_not_exist_is_reported) {
  EXPECT_EQ(failure(how({"no-such-program"})), "mine 'no-such-program' is not on PATH");
  const auto text = failure(how({folder / "absent"}));
  EXPECT_TRUE(text.starts_with("mine cannot start " + (folder / "absent").string() + ": No such file")) << text;
}

TEST_F(launched_server_test, that_never_listens_is_ended) {
  auto l = how({"sh", "-c", "echo $$ > " + (folder / "pids").string() + "; echo busy >&2; exec sleep 60", "{port}"});
  l.ready_limit = 300ms;
  const auto text = failure(l);
  EXPECT_TRUE(text.starts_with("mine did not answer http://127.0.0.1:")) << text;
  EXPECT_TRUE(text.ends_with("/plaintext within 300 ms: it does not listen; stderr: | busy")) << text;
}

TEST_F(launched_server_test, that_prints_no_port_is_ended) {
  auto l = how({"sleep", "60"});
  l.ready_limit = 200ms;
  EXPECT_EQ(failure(l),
            "mine did not print 'listening on ADDRESS:PORT' within 200 ms: it does not listen (nothing on stdout and "
            "stderr)");
}

TEST_F(launched_server_test, on_the_wrong_port_is_ended) {
  auto l = how({"sh", "-c", "exec \"$@\" 0 ok", "{port}", TVL_PYTHON, folder / "fake.py", folder.path()});
  l.ready_limit = 6s;  // Python starts within this on a busy machine
  const auto text = failure(l);
  EXPECT_TRUE(text.starts_with("mine did not answer http://127.0.0.1:")) << text;
  EXPECT_NE(text.find(" within 6 s: it listens on 127.0.0.1:"), text.npos) << text;
  EXPECT_NE(text.find(", not on port "), text.npos) << text;
}

TEST_F(launched_server_test, with_a_port_of_its_own_is_waited_for_there) {
  const int port = unused_port();
  auto l = fake("ok", std::to_string(port));
  l.port = port;
  launched_server server(l);
  EXPECT_EQ(server.url("/"), "http://127.0.0.1:" + std::to_string(port) + "/");
  EXPECT_EQ(failure(l), "mine cannot have port " + std::to_string(port) + ": Address already in use");
  server.stop();
  launched_server again(l);
  EXPECT_EQ(http_client(2s).get(again.url("/plaintext")).status, 200);
}

TEST_F(launched_server_test, that_goes_on_in_the_background_is_used_where_it_listens) {
  for (const auto* script : {"\"$@\" & exit 0", "setsid \"$@\" & exit 0"}) {
    launched_server server(below_shell(script, "ok"));
    EXPECT_EQ(server.metered(), still_running(folder.path())) << script;
    EXPECT_EQ(server.not_metered(), "");
    server.check_alive();
    const auto ended = server.stop();
    EXPECT_TRUE(still_running(folder.path()).empty()) << script;
    EXPECT_EQ(ended.trouble, "") << script;
    EXPECT_TRUE(ended.counters.is_object()) << "it ended on the signal";
  }
}

TEST_F(launched_server_test, that_ends_in_the_background_is_noticed) {
  launched_server server(below_shell("\"$@\" & exit 0", "ok"));
  const auto pid = server.metered().front();
  kill(pid, SIGKILL);
  siginfo_t ended{};
  waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT);
  EXPECT_THROW(server.check_alive(), server_failed);
}

TEST_F(launched_server_test, that_leaves_others_which_do_not_answer_is_reported_and_ended) {
  auto l = how({"sh", "-c", "sleep 60 & echo $! >" + (folder / "pids").string() + "; exit 0", "{port}"});
  l.ready_limit = 500ms;
  const auto text = failure(l);
  EXPECT_TRUE(text.starts_with("mine ended with exit code 0 and left 1 process behind: none answers")) << text;
}

TEST_F(launched_server_test, below_a_launcher_is_metered_and_ended_without_a_rest) {
  launched_server server(below_shell("\"$@\" & wait", "ok"));
  EXPECT_EQ(server.metered(), still_running(folder.path())) << "not the shell";
  const auto ended = server.stop();
  EXPECT_TRUE(ended.counters.is_object()) << "the signal reached it";
  EXPECT_EQ(ended.left_behind, 0U);
  EXPECT_EQ(ended.trouble, "");
}

TEST_F(launched_server_test, below_a_launcher_that_ignores_sigterm_is_killed_with_a_remedy) {
  auto l = below_shell("\"$@\" & wait", "stubborn");
  l.stop_limit = 300ms;
  launched_server server(l);
  const auto ended = server.stop();
  EXPECT_EQ(ended.left_behind, 1U);
  EXPECT_EQ(ended.trouble,
            "left 1 process that did not end on SIGTERM, now killed; 'sh' stays above the server: start the server "
            "itself, or put `exec` before its command");
}

TEST_F(launched_server_test, none_of_whose_processes_listens_is_not_metered) {
  launched_server other(fake("ok"));
  const auto port = std::to_string(other.port());
  launched_server server(how({"sh", "-c", "echo listening on 127.0.0.1:" + port + "; exec sleep 60"}));
  EXPECT_TRUE(server.metered().empty());
  const auto& why = server.not_metered();
  EXPECT_TRUE(why.starts_with("has no CPU and memory figures: none of its processes listens on port " + port +
                              ", but process " + std::to_string(other.metered().front()) + " ("))
      << why;
}

TEST_F(launched_server_test, that_says_503_while_it_starts_is_waited_for) {
  launched_server server(odd("starting"));
  EXPECT_EQ(http_client(2s).get(server.url("/plaintext")).status, 200);
}

TEST_F(launched_server_test, that_does_not_answer_is_named) {
  const std::vector<std::pair<std::string, std::string>> modes = {
      {"busy", ": status 503 until the end"},
      {"tls", ": it speaks TLS"},
      {"banner", ": it speaks no HTTP/1.x, and says '220 mail ready'"},
      {"short", ": its reply is short: 5 of 13 bytes of the body, then the connection is closed"},
      {"elsewhere", ": it listens on 127.0.0.2:"}};
  for (const auto& [mode, why] : modes) {
    const auto text = failure(odd(mode));
    EXPECT_TRUE(text.starts_with("mine did not answer http://127.0.0.1:")) << text;
    EXPECT_NE(text.find(why), text.npos) << mode << ": " << text;
  }
}

TEST_F(launched_server_test, that_listens_on_ipv6_alone_is_asked_there) {
  if (!std::filesystem::exists("/proc/net/if_inet6")) GTEST_SKIP() << "this kernel has no IPv6";
  launched_server server(odd("v6"));
  EXPECT_EQ(server.url("/x"), "http://[::1]:" + std::to_string(server.port()) + "/x");
  EXPECT_EQ(http_client(2s).get(server.url("/plaintext")).status, 200);
  EXPECT_EQ(server.metered().size(), 1U);
}

TEST_F(launched_server_test, listens_on_a_unix_socket_of_its_own) {
  std::string socket;
  {
    launched_server server(how({TVL_PYTHON, folder / "odd.py", "{socket}", "unix"}));
    const auto url = server.url("/plaintext");
    EXPECT_TRUE(url.starts_with("unix:/") && url.ends_with(":/plaintext")) << url;
    EXPECT_EQ(http_client(2s).get(url).status, 200);
    EXPECT_EQ(server.metered().size(), 1U);
    EXPECT_EQ(server.congestion_control(), std::nullopt);
    socket = url.substr(5, url.rfind(':') - 5);
    EXPECT_TRUE(std::filesystem::exists(socket));
  }
  EXPECT_FALSE(std::filesystem::exists(socket));
}

TEST_F(launched_server_test, that_prints_without_end_has_a_bounded_log) {
  {
    launched_server server(below_shell("yes | head -c 20000000 >&2; echo last words >&2; exec \"$@\"", "ok"));
    EXPECT_EQ(server.stop().complaints, "y | y | last words");
  }
  EXPECT_LT(std::filesystem::file_size(folder / "logs/mine.stderr"), 2 * bounded_log::part_bytes + 100);
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
  const auto pid = server.metered().front();
  kill(pid, SIGKILL);
  siginfo_t ended{};
  waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT);
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
