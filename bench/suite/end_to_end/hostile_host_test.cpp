// Hosts and neighbours that misbehave: closed descriptors, a closed terminal, stopped processes, another run, SIGKILL.

#include "bench/suite/end_to_end/suite_fixture.hpp"

#include <chrono>
#include <thread>

namespace tvl::suite {
namespace {

using namespace std::chrono_literals;

class hostile_host_test : public suite_test {
 protected:
  // The suite, started by a shell after this preparation.
  bp::child start_after(const std::string& preparation) const {
    std::string script = preparation + "; exec " TVL_SUITE;
    for (const auto& word : with_folders({})) script += " '" + word + "'";
    return bp::child("/bin/sh", "-c", script, bp::std_out > (folder / "out").string(),
                     bp::std_err > (folder / "err").string());
  }
  pid_t newest_server() const {
    std::istringstream pids(read_file(folder / "pids"));
    pid_t last = 0;
    for (pid_t pid = 0; pids >> pid;) last = pid;
    return last;
  }
};

// What is printed would land in the first file that is opened.
TEST_F(hostile_host_test, closed_standard_descriptors_get_nothing_into_the_records) {
  for (const auto* closed : {"exec 0<&- 1>&- 2>&-", "exec 1>&-", "exec 2>&-"}) {
    std::filesystem::remove_all(folder / "run");
    auto child = start_after(closed);
    child.wait();
    EXPECT_EQ(child.exit_code(), 0) << closed;
    EXPECT_EQ(records().size(), 4U) << closed;
  }
}

TEST_F(hostile_host_test, a_closed_terminal_is_like_ctrl_c_unless_nohup_is_before_the_command) {
  workload("fast", "right", "connections = [1]\nseconds = 0.2\nwarmup_s = 0\nrepetitions = 10\n");
  auto stopped = start_after(":");
  wait_for_lines(folder / "run/points.jsonl", 2);
  kill(stopped.id(), SIGHUP);
  stopped.wait();
  EXPECT_EQ(stopped.exit_code(), 130);
  EXPECT_GE(records().size(), 2U);
  EXPECT_LT(records().size(), 10U);

  std::filesystem::remove_all(folder / "run");
  auto going_on = start_after("trap '' HUP");
  wait_for_lines(folder / "run/points.jsonl", 2);
  kill(going_on.id(), SIGHUP);
  going_on.wait();
  EXPECT_EQ(going_on.exit_code(), 0);
  EXPECT_EQ(records().size(), 10U);
}

TEST_F(hostile_host_test, a_stopped_suite_goes_on) {
  auto child = start_after(":");
  wait_for_lines(folder / "run/points.jsonl", 1);
  kill(child.id(), SIGSTOP);
  std::this_thread::sleep_for(1s);
  kill(child.id(), SIGCONT);
  child.wait();
  EXPECT_EQ(child.exit_code(), 0);
  EXPECT_EQ(records().size(), 4U);
}

TEST_F(hostile_host_test, a_stopped_contestant_has_answered_late) {
  workload("fast", "right", "connections = [1]\nseconds = 2\nwarmup_s = 0\nrepetitions = 1\n");
  auto child = start_after(":");
  wait_for_lines(folder / "pids", 2);  // validated, measured
  const pid_t server = newest_server();
  std::this_thread::sleep_for(500ms);
  kill(server, SIGSTOP);
  std::this_thread::sleep_for(1s);
  kill(server, SIGCONT);
  child.wait();
  EXPECT_EQ(child.exit_code(), 0);
  ASSERT_EQ(records().size(), 1U);
  EXPECT_GE(records()[0].at("latency").at("response").at("max"), 900'000) << "us";
}

TEST_F(hostile_host_test, a_killed_generator_process_is_not_the_contestants_fault) {
  workload("fast", "right",
           "connections = [2]\nseconds = 1\nwarmup_s = 0\nrepetitions = 1\nprocesses_of_generator = 2\n");
  auto child = start_after(":");
  pid_t generator = 0;
  while (generator == 0 && child.running()) {
    for (const auto& p : load::process_tree(child.id())) {
      if (read_file("/proc/" + std::to_string(p.pid) + "/comm") == "tvl-load\n") generator = p.pid;
    }
    std::this_thread::sleep_for(1ms);
  }
  ASSERT_NE(generator, 0);
  kill(generator, SIGKILL);
  child.wait();
  EXPECT_EQ(child.exit_code(), 0);
  ASSERT_EQ(records().size(), 1U);
  EXPECT_TRUE(records()[0].contains("replies")) << records()[0];
  const auto err = read_file(folder / "err");
  EXPECT_NE(err.find("ended early: signal 9: the point is repeated"), std::string::npos) << err;
}

TEST_F(hostile_host_test, two_runs_at_once_do_not_touch_each_other) {
  auto arguments = with_folders({});
  std::ranges::replace(arguments, (folder / "run").string(), (folder / "other").string());
  bp::child other(bp::exe = TVL_SUITE, bp::args = arguments, bp::std_out > bp::null, bp::std_err > bp::null);
  EXPECT_EQ(suite({}).code, 0);
  other.wait();
  EXPECT_EQ(other.exit_code(), 0);
  for (const auto* run : {"run", "other"}) {
    const auto text = read_file(folder / run / "points.jsonl");
    EXPECT_EQ(std::ranges::count(text, '\n'), 4) << run;
  }
}

TEST_F(hostile_host_test, runs_killed_at_random_moments_are_completed_by_resuming) { kill_and_resume(3, 4, 1500); }

}  // namespace
}  // namespace tvl::suite
