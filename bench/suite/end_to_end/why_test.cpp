// --why: profiles of some points, in a folder of their own.

#include "bench/machine/cpus.hpp"
#include "bench/suite/end_to_end/suite_fixture.hpp"
#include "bench/suite/processes/installed_programs.hpp"
#include "bench/suite/profiling/perf_recording.hpp"

#include <cstdlib>

namespace tvl::suite {
namespace {

class why_test : public suite_test {
 protected:
  void SetUp() override {
    suite_test::SetUp();
    contestant("other", "ok");
    workload("fast", "right",
             "connections = [1, 2]\nseconds = 0.2\nwarmup_s = 0.05\nrepetitions = 1\n"
             "[why]\ncontestants = ['right', 'other']\nconnections = [2]\nseconds = 0.5\n");
  }
  std::vector<nlohmann::json> profiled() const {
    std::vector<nlohmann::json> all;
    std::istringstream lines(read_file(folder / "run/profiles/points.jsonl"));
    for (std::string line; std::getline(lines, line);) all.push_back(nlohmann::json::parse(line));
    return all;
  }
};

TEST_F(why_test, every_point_is_measured_with_a_profile_and_without) {
  if (const auto why = why_not_profiled(allowed_cpus()); !why.empty()) GTEST_SKIP() << why;
  const auto done = suite({"--why"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(records().size(), 2U) << "the results have no profiles";
  std::map<std::string, int> plain, with_profile;
  for (const auto& record : profiled()) {
    ++(record.at("profile").is_null() ? plain : with_profile)[record.at("contestant")];
    EXPECT_EQ(record.at("load"), "2");
    if (record.at("profile").is_null()) continue;
    EXPECT_GT(record.at("profile").at("samples"), 0) << record;
    const std::string file = record.at("profile").at("file");
    EXPECT_FALSE(read_file(folder / "run/profiles" / file).empty()) << file;
  }
  const std::map<std::string, int> two_passes_of_each{{"other", 2}, {"right", 2}};
  EXPECT_EQ(plain, two_passes_of_each);
  EXPECT_EQ(with_profile, two_passes_of_each);

  const auto again = program({"--resume", folder / "run"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(profiled().size(), 8U) << "a run that is complete profiles nothing again";
}

TEST_F(why_test, without_perf_the_run_goes_on_and_says_so) {
  const std::string path = std::getenv("PATH");
  folder.write("empty/readme", "");
  setenv("PATH", (folder / "empty").c_str(), 1);
  const bool is_elsewhere = !find_program("perf").empty();  // in /usr/sbin
  const auto done = suite({"--why"});
  setenv("PATH", path.c_str(), 1);
  if (is_elsewhere) GTEST_SKIP() << "perf is in /usr/sbin";
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_NE(done.err.find("--why: perf is not installed: Debian's linux-perf has it"), std::string::npos) << done.err;
  EXPECT_EQ(records().size(), 2U);
  ASSERT_EQ(profiled().size(), 2U);
  for (const auto& record : profiled()) EXPECT_EQ(record.at("left_out").at("status"), "not profiled");
}

TEST_F(why_test, is_refused_where_no_workload_has_points_to_profile) {
  workload("plain", "right", "connections = [1]\nseconds = 0.2\n");
  EXPECT_EQ(refusal({"--why", "--workload", "plain"}),
            "--why: none of the chosen workloads has points to profile, a table [why]");
}

}  // namespace
}  // namespace tvl::suite
