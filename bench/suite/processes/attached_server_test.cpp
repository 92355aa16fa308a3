#include "bench/suite/processes/attached_server.hpp"

#include "bench/suite/processes/launched_server.hpp"
#include "bench/suite/processes/test_support.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>

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
    attached_server server("mine", theirs->url(""), theirs->pid(), "/plaintext");
    EXPECT_EQ(server.pid(), theirs->pid());
    EXPECT_EQ(server.url("/x"), theirs->url("/x"));
    server.check_alive();
    EXPECT_TRUE(server.stop().counters.is_null());
  }
  theirs->check_alive();
}

TEST_F(attached_server_test, without_a_pid_has_none) {
  attached_server server("mine", theirs->url(""), std::nullopt, "/plaintext");
  EXPECT_EQ(server.pid(), std::nullopt);
  server.check_alive();
}

TEST_F(attached_server_test, that_does_not_exist_is_reported) {
  const auto nowhere = "http://127.0.0.1:" + std::to_string(unused_port());
  EXPECT_EQ(failure(nowhere, std::nullopt), "mine does not answer " + nowhere + "/plaintext");
  // Linux has at most 2^22 pids.
  EXPECT_EQ(failure(theirs->url(""), 5'000'000), "mine: there is no process 5000000");
}

TEST_F(attached_server_test, that_ends_is_noticed) {
  attached_server server("mine", theirs->url(""), theirs->pid(), "/plaintext");
  const auto pid = *theirs->pid();
  kill(pid, SIGKILL);
  siginfo_t ended{};
  waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT);
  EXPECT_THROW(server.check_alive(), server_failed);
}

}  // namespace
}  // namespace tvl::suite
