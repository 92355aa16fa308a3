#include "bench/suite/processes/attached_server.hpp"

#include "bench/suite/processes/launched_server.hpp"
#include "bench/suite/processes/test_support.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

namespace tvl::suite {
namespace {

class attached_server_test : public testing::Test {
 protected:
  void SetUp() override {
    folder.write("fake.py", fake_server);
    launch how;
    how.name = "other";
    how.command = {TVL_PYTHON, folder / "fake.py", folder.path(), "{port}", "ok"};
    how.probe = "/plaintext";
    how.logs = folder / "logs";
    theirs.emplace(how);
  }
  std::string failure(const std::string& base, std::optional<pid_t> pid) const {
    try {
      attached_server("mine", base, pid, "/plaintext");
    } catch (const server_failed& error) {
      return error.what();
    }
    return "no failure";
  }

  temporary_folder folder;
  std::optional<launched_server> theirs;
};

TEST_F(attached_server_test, is_used_and_left_running) {
  {
    attached_server server("mine", theirs->url(""), theirs->metered().front(), "/plaintext");
    EXPECT_EQ(server.metered(), theirs->metered());
    EXPECT_EQ(server.url("/x"), theirs->url("/x"));
    server.check_alive();
    EXPECT_TRUE(server.stop().counters.is_null());
  }
  theirs->check_alive();
}

TEST_F(attached_server_test, without_a_pid_is_found_by_its_port) {
  attached_server server("mine", theirs->url(""), std::nullopt, "/plaintext");
  EXPECT_EQ(server.metered(), theirs->metered());
  EXPECT_EQ(server.not_metered(), "");
  server.check_alive();
}

TEST_F(attached_server_test, a_pid_above_it_is_that_of_a_launcher) {
  attached_server server("mine", theirs->url(""), getpid(), "/plaintext");
  EXPECT_EQ(server.metered(), theirs->metered());
}

TEST_F(attached_server_test, a_pid_that_does_not_listen_there_is_refused) {
  const pid_t other = fork();
  if (other == 0) {
    close_range(3, ~0U, 0);
    for (;;) pause();
  }
  const auto text = failure(theirs->url(""), other);
  kill(other, SIGKILL);
  waitpid(other, nullptr, 0);
  EXPECT_TRUE(text.starts_with("mine: process " + std::to_string(other) + " (")) << text;
  EXPECT_NE(text.find(") does not listen on " + theirs->url("").substr(7) + ", but process " +
                      std::to_string(theirs->metered().front()) + " ("),
            text.npos)
      << text;
}

TEST_F(attached_server_test, that_speaks_another_protocol_is_named) {
  folder.write("odd.py", odd_server);
  const std::vector<std::pair<std::string, std::string>> modes = {
      {"tls", "it speaks TLS, and http:// is measured without it"},
      {"quiet-tls", "it speaks TLS, and http:// is measured without it"},
      {"silent-tls", "it speaks TLS, and http:// is measured without it"},
      {"shut", "it closes the connection without a reply"}};
  for (const auto& [mode, why] : modes) {
    const auto port = std::to_string(unused_port());
    const auto url = "http://127.0.0.1:" + port;
    launch how;
    how.name = "odd";
    how.command = {TVL_PYTHON, folder / "odd.py", port, mode};
    how.port = std::stoi(port);
    how.answers = [&](int) { return ask(url + "/", std::chrono::seconds(2)).connected; };
    how.logs = folder / "logs";
    const launched_server odd(how);
    EXPECT_EQ(failure(url, std::nullopt), "mine does not answer " + url + "/plaintext: " + why);
  }
}

TEST_F(attached_server_test, that_does_not_exist_is_reported) {
  const auto nowhere = "http://127.0.0.1:" + std::to_string(unused_port());
  EXPECT_EQ(failure(nowhere, std::nullopt), "mine does not answer " + nowhere + "/plaintext");
  // Linux has at most 2^22 pids.
  EXPECT_EQ(failure(theirs->url(""), 5'000'000), "mine: there is no process 5000000");
}

TEST_F(attached_server_test, that_ends_is_noticed) {
  attached_server server("mine", theirs->url(""), theirs->metered().front(), "/plaintext");
  const auto pid = theirs->metered().front();
  kill(pid, SIGKILL);
  siginfo_t ended{};
  waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT);
  EXPECT_THROW(server.check_alive(), server_failed);
}

}  // namespace
}  // namespace tvl::suite
