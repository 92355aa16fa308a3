// The conditions of a run.

#include "bench/suite/output/environment.hpp"

#include "bench/suite/processes/test_support.hpp"
#include "bench/support/usage_error.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

TEST(environment, has_the_frozen_rules_that_lie_beside_the_workloads) {
  const temporary_folder folder;
  folder.write("bench/workloads/wait.toml", "");
  EXPECT_TRUE(frozen_rules(folder / "bench/workloads").is_null());
  folder.write("results/rules.json", R"({"sha256": "12ab", "frozen": "2026-11-29"})");
  EXPECT_EQ(frozen_rules(folder / "bench/workloads").at("sha256"), "12ab");
  folder.write("results/rules.json", "{");
  EXPECT_TRUE(frozen_rules(folder / "bench/workloads").is_null());
}

TEST(environment, of_a_run_that_goes_on_keeps_what_it_began_with) {
  const temporary_folder folder;
  auto then = environment("tvl-suite --quick", true);
  then["commit"] = "abc";
  then["seed"] = 7;
  then["resumed"] = nlohmann::json::array();
  then["contestants"]["mine"] = {{"title", "t"},
                                 {"identity",
                                  {{"manifest", {{"path", "mine.toml"}, {"sha256", "1"}, {"bytes", 9}}},
                                   {"program", {{"path", "/usr/bin/mine"}, {"sha256", "12"}, {"bytes", 9}}}}}};
  const auto file = folder.write("environment.json", then.dump());
  auto now = environment("tvl-suite --resume there", false);
  now["contestants"] = then["contestants"];
  const auto both = resumed_conditions(file, now);
  EXPECT_EQ(both.at("command"), "tvl-suite --quick");
  EXPECT_EQ(both.at("commit"), "abc");
  EXPECT_EQ(both.at("seed"), 7);
  ASSERT_EQ(both.at("resumed").size(), 1U);
  EXPECT_EQ(both.at("resumed")[0].at("commit"), now.at("commit"));
  EXPECT_EQ(both.at("contestants"), then.at("contestants"));
  auto changed = now;
  changed["contestants"]["mine"]["identity"]["manifest"]["sha256"] = "2";
  changed["contestants"]["mine"]["identity"]["program"] = {{"path", "/usr/bin/mine"}, {"sha256", "34"}, {"bytes", 9}};
  try {
    resumed_conditions(file, changed);
    FAIL();
  } catch (const bad_input& error) {
    EXPECT_EQ(std::string(error.what()),
              folder.path().string() +
                  ": mine is not what the run began with: its manifest, its program /usr/bin/mine differ");
  }
  then["contestants"]["mine"]["identity"] = nullptr;
  folder.write("environment.json", then.dump());
  EXPECT_NO_THROW(resumed_conditions(file, changed)) << "an older run did not record it";
  then["host"] = "elsewhere";
  folder.write("environment.json", then.dump());
  EXPECT_THROW(resumed_conditions(file, now), bad_input);
  folder.write("environment.json", "{");
  EXPECT_THROW(resumed_conditions(file, now), bad_input);
}

TEST(environment, says_what_the_machine_is_and_how_this_was_built) {
  const auto e = environment("tvl-suite --quick", true);
  EXPECT_GE(e.at("cores").get<int>(), 1);
  EXPECT_GT(e.at("memory_bytes").get<std::uint64_t>(), 1U << 20);
  EXPECT_TRUE(e.at("limits").at("open_files_soft").is_number());
  EXPECT_EQ(e.at("limits").at("ip_local_port_range").size(), 2U);
  EXPECT_EQ(e.at("limits").at("by_name").at("kernel.pid_max"), e.at("limits").at("pid_max"));
  EXPECT_GT(e.at("bounds").at("connections").at("most").get<int>(), 0);
  EXPECT_TRUE(e.at("host_state").contains("virtual machine"));
  EXPECT_NE(e.at("compiler").get<std::string>().find(' '), std::string::npos);
  EXPECT_TRUE(e.at("benchmark").at("library_build_type") == "debug" ||
              e.at("benchmark").at("library_build_type") == "release");
  EXPECT_EQ(e.at("command"), "tvl-suite --quick");
  EXPECT_EQ(e.at("created").get<std::string>().size(), 20U);
  EXPECT_EQ(e.at("dirty").is_null(), !e.at("dirty").is_boolean());
}

}  // namespace
}  // namespace tvl::suite
