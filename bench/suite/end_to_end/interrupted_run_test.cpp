// Runs that end early: Ctrl-C, SIGKILL, a full disk; and their continuation.

#include "bench/suite/end_to_end/suite_fixture.hpp"

#include <boost/process/start_dir.hpp>

#include <poll.h>
#include <sys/syscall.h>

#include <chrono>
#include <map>
#include <set>
#include <thread>

namespace tvl::suite {
namespace {

TEST_F(suite_test, ctrl_c_keeps_the_records_and_leaves_no_process) {
  workload("fast", "right", "connections = [1]\nseconds = 0.1\nwarmup_s = 0\nrepetitions = 100\n");
  bp::child child(bp::exe = TVL_SUITE, bp::args = with_folders({}), bp::std_out > (folder / "out").string(),
                  bp::std_err > (folder / "err").string());
  wait_for_lines(folder / "run/points.jsonl", 2);
  kill(child.id(), SIGINT);
  child.wait();
  EXPECT_EQ(child.exit_code(), 130);
  EXPECT_GE(records().size(), 2U);
  EXPECT_LT(records().size(), 10U);
  const auto err = read_file(folder / "err");
  EXPECT_NE(err.find("stopped; " + std::to_string(records().size()) + " records kept in " +
                     (folder / "run/points.jsonl").string()),
            std::string::npos)
      << err;
}

// Of a soak that is hours.
TEST_F(suite_test, ctrl_c_keeps_what_a_long_window_has_measured) {
  workload("fast", "right", "connections = [1]\nseconds = 600\nwarmup_s = 0\nrepetitions = 1\n");
  bp::child child(bp::exe = TVL_SUITE, bp::args = with_folders({}), bp::std_out > (folder / "out").string(),
                  bp::std_err > (folder / "err").string());
  wait_for_lines(folder / "pids", 2);  // the first is validated
  std::this_thread::sleep_for(std::chrono::seconds(16));
  kill(child.id(), SIGINT);
  child.wait();
  EXPECT_EQ(child.exit_code(), 130) << read_file(folder / "err");
  ASSERT_EQ(records().size(), 1U) << read_file(folder / "err");
  EXPECT_TRUE(records()[0].at("interrupted"));
  EXPECT_FALSE(records()[0].at("verdict").at("valid"));
  EXPECT_GE(records()[0].at("window_s"), 10);
  EXPECT_GE(records()[0].at("timeline").size(), 10U);
}

TEST_F(suite_test, a_killed_suite_leaves_no_server) {
  workload("fast", "right", "connections = [1]\nseconds = 5\nwarmup_s = 0\nrepetitions = 1\n");
  bp::child child(bp::exe = TVL_SUITE, bp::args = with_folders({}), bp::std_out > bp::null, bp::std_err > bp::null);
  wait_for_lines(folder / "pids", 1);
  kill(child.id(), SIGKILL);
  child.wait();
  for (const pid_t pid : still_running(folder.path())) {
    pollfd server{static_cast<int>(syscall(SYS_pidfd_open, pid, 0)), POLLIN, 0};
    EXPECT_EQ(poll(&server, 1, 5000), 1);
    close(server.fd);
  }
}

// A run that is interrupted by this signal and resumed.
class resume_run_test : public suite_test, public testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
    suite_test::SetUp();
    contestant("another", "ok");
    select("1, 2");
  }
  void select(const std::string& connections) const {
    workload("fast", "right', 'another",
             "connections = [" + connections + "]\nseconds = 0.1\nwarmup_s = 0\nrepetitions = 2\n");
  }
  void interrupt_by(int signal) const {
    bp::child child(bp::exe = TVL_SUITE, bp::args = with_folders({"--seed", "7"}), bp::std_out > bp::null,
                    bp::std_err > bp::null);
    wait_for_lines(folder / "run/points.jsonl", 4);
    kill(child.id(), signal);
    child.wait();
  }
  nlohmann::json environment_of_run() const {
    return nlohmann::json::parse(read_file(folder / "run/environment.json"));
  }
};

TEST_P(resume_run_test, continues_unless_the_selection_has_changed) {
  interrupt_by(GetParam());
  const auto before = records();
  ASSERT_LT(before.size(), 12U);
  const auto written = read_file(folder / "run/points.jsonl");
  select("1, 4");
  const auto refused = program({"--resume", folder / "run"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("not those any more that the run was begun with"), std::string::npos) << refused.err;
  EXPECT_EQ(read_file(folder / "run/points.jsonl"), written);

  select("1, 2");
  std::ofstream(folder / "run/points.jsonl", std::ios::app) << "{\"workload\": \"fa";
  const auto r = program({"--resume", folder / "run"});
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_NE(r.err.find("points are kept"), std::string::npos) << r.err;
  EXPECT_NE(r.err.find("is cut off"), std::string::npos) << r.err;
  const auto after = records();
  EXPECT_EQ(after.size(), 12U);
  std::set<std::string> names;
  std::map<std::string, std::string> seeds;  // load and repetition -> seed
  for (const auto& p : after) {
    const auto place = p.at("load").get<std::string>() + p.at("repetition").dump();
    names.insert(place + p.at("contestant").dump() + p.at("control").dump());
    EXPECT_EQ(seeds.emplace(place, p.at("plan").at("seed").dump()).first->second, p.at("plan").at("seed").dump());
  }
  EXPECT_EQ(names.size(), 12U) << "each once";
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(after[i], before[i]) << "the first repetition was complete";
  EXPECT_EQ(environment_of_run().at("seed"), 7);
  EXPECT_EQ(environment_of_run().at("run").at("points"), 12);
  EXPECT_EQ(environment_of_run().at("resumed").size(), 1U);
  const auto again = program({"--resume", folder / "run"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(records(), after) << "nothing was left to do";
}

INSTANTIATE_TEST_SUITE_P(signals, resume_run_test, testing::Values(SIGINT, SIGKILL),
                         [](const auto& signal) { return signal.param == SIGINT ? "ctrl_c" : "killed"; });

TEST_F(suite_test, a_run_does_not_go_on_with_another_program) {
  workload("fast", "right", "connections = [1]\nseconds = 0.05\nwarmup_s = 0\nrepetitions = 1\n");
  ASSERT_EQ(suite({}).code, 0);
  const auto points = read_file(folder / "run/points.jsonl"), conditions = read_file(folder / "run/environment.json");
  folder.write("servers/fake.py", std::string(fake_server) + "# another\n");
  const auto refused = program({"--resume", folder / "run"});
  EXPECT_EQ(refused.code, 2);
  const auto script = std::filesystem::canonical(folder / "servers/fake.py").string();
  EXPECT_EQ(refused.err, "tvl-suite: " + (folder / "run").string() +
                             ": right is not what the run began with: its file " + script + " differs\n");
  EXPECT_EQ(read_file(folder / "run/points.jsonl"), points);
  EXPECT_EQ(read_file(folder / "run/environment.json"), conditions);
  folder.write("servers/fake.py", fake_server);
  EXPECT_EQ(program({"--resume", folder / "run"}).code, 0);
}

TEST_F(suite_test, a_run_goes_on_with_names_of_files_relative_to_where_it_was_begun) {
  workload("fast", "right", "connections = [1]\nseconds = 0.05\nwarmup_s = 0\nrepetitions = 1\n");
  folder.write("mine.toml", "name = 'mine'\ncommand = ['" TVL_PYTHON "', 'servers/fake.py', '" +
                                folder.path().string() + "', '{port}', 'ok']\n[endpoints]\nplaintext = '/plaintext'\n");
  const auto arguments = with_folders({"--contestant", "mine.toml", "--only"});
  bp::child begun(bp::exe = TVL_SUITE, bp::args = arguments, bp::start_dir = folder.path().string(),
                  bp::std_out > bp::null, bp::std_err > (folder / "err").string());
  begun.wait();
  ASSERT_EQ(begun.exit_code(), 0) << read_file(folder / "err");
  ASSERT_EQ(records().size(), 1U) << "none of the contestants that the workload names";
  EXPECT_EQ(records()[0].at("contestant"), "mine");
  const auto resumed = program({"--resume", folder / "run"});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
}

TEST_F(suite_test, a_run_that_ended_can_have_more_repetitions_of_some_points) {
  workload("fast", "right", "connections = [1, 2]\nseconds = 0.05\nwarmup_s = 0\nrepetitions = 2\n");
  const auto planned = suite({});
  ASSERT_EQ(planned.code, 0) << planned.err;
  const auto before = records().size();
  std::ofstream(folder / "more") << "fast/right/2\n";
  const auto r = program({"--resume", folder / "run", "--more", folder / "more", "--passes", "3"});
  EXPECT_EQ(r.code, 0) << r.err;
  const auto after = records();
  ASSERT_EQ(after.size(), before + 3);
  for (std::size_t i = before; i < after.size(); ++i) {
    EXPECT_EQ(after[i].at("load"), "2");
    EXPECT_EQ(after[i].at("repetition"), 2 + (i - before));
  }
  EXPECT_EQ(program({"--resume", folder / "run"}).code, 0);
  EXPECT_EQ(records(), after) << "nothing was left to do";
  EXPECT_EQ(program({"--resume", folder / "run", "--more", folder / "more"}).code, 0);
  const auto twice = records();
  EXPECT_EQ(twice.size(), after.size() + 2) << "two passes, unless --passes says otherwise";

  std::ofstream(folder / "more") << "fast/wrong/2\n";
  const auto refused = program({"--resume", folder / "run", "--more", folder / "more"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("'fast/wrong/2' is no point of this run"), std::string::npos) << refused.err;
  EXPECT_EQ(records(), twice);
}

TEST_F(suite_test, a_full_disk_is_reported_and_the_records_stay) {
  workload("fast", "right", "connections = [1]\nseconds = 0.05\nwarmup_s = 0\nrepetitions = 100\n");
  std::string command = "ulimit -f 32; exec " TVL_SUITE;
  for (const auto& word : with_folders({})) command += " '" + word + "'";
  bp::child child("/bin/sh", "-c", command, bp::std_out > bp::null, bp::std_err > (folder / "err").string());
  child.wait();
  EXPECT_EQ(child.exit_code(), 2);
  const auto kept = records().size();
  EXPECT_GT(kept, 0U);
  EXPECT_LT(kept, 100U);
  EXPECT_TRUE(read_file(folder / "err")
                  .ends_with("tvl-suite: " + (folder / "run/points.jsonl").string() + ": a record cannot be written, " +
                             std::to_string(kept) + " are kept: File too large\n"))
      << read_file(folder / "err");
}

}  // namespace
}  // namespace tvl::suite
