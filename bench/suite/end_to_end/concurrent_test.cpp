// tvl-suite --together: the servers of a block are loaded concurrently.

#include "bench/suite/end_to_end/suite_fixture.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tvl::suite {
namespace {

class concurrent_test : public suite_test {
 protected:
  void SetUp() override {
    suite_test::SetUp();
    contestant("other", "ok");
    workload("fast", "right', 'other", "connections = [1, 2]\nseconds = 0.3\nwarmup_s = 0.05\nrepetitions = 1\n");
  }
};

TEST_F(concurrent_test, measures_the_points_of_a_group_concurrently) {
  const auto r = suite({"--together"});
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_NE(r.err.find("[6/6] "), std::string::npos) << r.err;
  std::map<std::string, std::set<std::string>> groups;
  for (const auto& p : records()) {
    EXPECT_EQ(p.at("plan").at("together"), 3);
    EXPECT_EQ(p.at("plan").at("connections"), p.at("x"));
    EXPECT_GT(p.at("replies").get<int>(), 0);
    EXPECT_GE(p.at("server_counters").at("requests"), p.at("replies"));
    EXPECT_LT(p.at("server_counters").at("requests"), 2 * p.at("requests").at("sent").get<int>() + 100);
    const std::string who = p.at("contestant").get<std::string>() + (p.at("control") ? "/control" : "");
    EXPECT_TRUE(groups[p.at("block").get<std::string>() + "#" + p.at("repetition").dump()].insert(who).second);
  }
  EXPECT_EQ(groups.size(), 2U);
  for (const auto& [group, all] : groups)
    EXPECT_EQ(all, (std::set<std::string>{"right", "right/control", "other"})) << group;
}

TEST_F(concurrent_test, a_failed_contestant_is_left_out_and_the_others_are_measured) {
  contestant("dying", "dying");
  workload("fast", "right', 'dying", "connections = [1]\nseconds = 0.5\nwarmup_s = 0\nrepetitions = 2\n");
  const auto r = suite({"--together"});
  EXPECT_EQ(r.code, 1) << r.err;
  std::map<std::string, int> points;
  for (const auto& p : records()) ++points[p.at("contestant").get<std::string>() + (p.contains("left_out") ? "!" : "")];
  EXPECT_EQ(points["dying!"], 1);
  EXPECT_EQ(points["dying"], 0);
  EXPECT_EQ(points["right"], 2) << "the first repetition is incomplete";
}

TEST_F(concurrent_test, refuses_workloads_that_need_one_server_at_a_time) {
  folder.write("servers/right.toml",
               "name = 'right'\ntitle = 'a test'\nmodel = 'loop'\ncommand = ['" TVL_PYTHON
               "', '{port}', '{redis}']\n[endpoints]\nplaintext = '/'\ncache = '/{key}'\nws_room = '/room'\n");
  const auto refused = [&](const std::string& what, const std::string& load) {
    folder.write("workloads/fast.toml", "question = 'How?'\n" + what + "\ncontestants = ['right']\n[load]\n" + load);
    const auto error = refusal({"--together"});
    EXPECT_FALSE(std::filesystem::exists(folder / "run"));
    return error;
  };
  EXPECT_EQ(refused("endpoint = 'plaintext'", "connections = 2\npercent_of_knee = 50\nknee_slo = 'p99=10ms'\n"),
            "--together: fast is about each contestant's knee");
  EXPECT_EQ(refused("endpoint = 'ws_room'\nkind = 'room'", "connections = 2\nrate = 100\n"),
            "--together: fast is a room");
  EXPECT_EQ(refused("endpoint = 'cache'\nparameters = { key = 'key:1' }", "connections = 2\n"),
            "--together: fast calls services");
}

}  // namespace
}  // namespace tvl::suite
