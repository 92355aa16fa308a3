// What a command line selects.

#include "bench/suite/catalogue/selection.hpp"

#include "bench/suite/catalogue/asked_endpoint.hpp"
#include "bench/suite/commands/list_command.hpp"
#include "bench/suite/config/toml_fixture.hpp"
#include "bench/support/build_facts.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

class selection_test : public testing::Test {
 protected:
  void SetUp() override {
    folder.write("servers/mine.toml", good_manifest);
    folder.write("servers/outsiders/yours.toml", replaced(good_manifest, "\"mine\"", "\"yours\""));
    folder.write("workloads/wait.toml", good_workload);
  }
  catalogue read() const { return read_catalogue(folder / "servers", folder / "workloads"); }
  static std::string error_of(const catalogue& known, const selection_request& request) {
    try {
      select(known, request);
    } catch (const bad_file& error) {
      return error.what();
    }
    return "no error";
  }
  temporary_folder folder;
};

TEST_F(selection_test, takes_the_workloads_contestants_and_repetitions) {
  const auto chosen = select(read(), {{}, {}, true, std::nullopt});
  ASSERT_EQ(chosen.workloads.size(), 1U);
  EXPECT_EQ(chosen.workloads[0].contestants, (std::vector<std::string>{"mine", "yours"}));
  EXPECT_EQ(chosen.workloads[0].variables.front().values, std::vector<quantity>{quantity::of(8)});
  EXPECT_EQ(chosen.workloads[0].repetitions, 5);
  EXPECT_TRUE(chosen.missing.empty());
  EXPECT_EQ(select(read(), {{"wait"}, {"yours"}, false, 2}).workloads[0].repetitions, 2);
}

TEST_F(selection_test, takes_the_contestants_of_the_command_line_alone_if_told_so) {
  const auto contestants = [&](const selection_request& request) {
    return select(read(), request).workloads.at(0).contestants;
  };
  using names = std::vector<std::string>;
  EXPECT_EQ(contestants({{}, {}, false, {}, {"yours"}, {}, true}), names{"yours"});
  EXPECT_EQ(contestants({{}, {"mine"}, false, {}, {"yours"}, {}, true}), (names{"mine", "yours"}));
  EXPECT_EQ(error_of(read(), {{}, {}, false, {}, {}, {}, true}), "--only needs a --contestant or a --url");
}

TEST_F(selection_test, has_the_baseline_first) {
  const auto contestants = [&](const selection_request& request) {
    return select(read(), request).workloads.at(0).contestants;
  };
  using names = std::vector<std::string>;
  folder.write("servers/third.toml", replaced(good_manifest, "\"mine\"", "\"third\""));
  EXPECT_EQ(contestants({{}, {}, false, {}, {}, {}, false, "yours"}), (names{"yours", "mine"}));
  EXPECT_EQ(contestants({{}, {}, false, {}, {}, {}, false, "third"}), (names{"third", "mine", "yours"}))
      << "also where the workload does not name it";
  EXPECT_EQ(contestants({{}, {}, false, {}, {"yours"}, {}, true, "third"}), (names{"third", "yours"}));
  EXPECT_EQ(error_of(read(), {{}, {}, false, {}, {}, {}, false, "thrid"}),
            "--baseline: unknown contestant 'thrid' (nearest: third)");
}

TEST_F(selection_test, a_quick_run_has_some_workloads_only_by_name) {
  folder.write("workloads/long.toml", replaced(good_workload, "[quick]\n", "[quick]\nnamed_only = true\n"));
  const auto selected = [&](const selection_request& request) {
    std::vector<std::string> names;
    for (const auto& d : select(read(), request).workloads) names.push_back(d.workload);
    return names;
  };
  EXPECT_EQ(selected({{}, {}, true, {}}), std::vector<std::string>{"wait"});
  EXPECT_EQ(selected({{}, {}, false, {}}), (std::vector<std::string>{"long", "wait"}));
  EXPECT_EQ(selected({{"long"}, {}, true, {}}), std::vector<std::string>{"long"});
}

TEST_F(selection_test, every_run_has_some_workloads_only_by_name) {
  folder.write("workloads/long.toml", replaced(good_workload, "[load]\n", "[load]\nnamed_only = true\n"));
  for (const bool quick : {false, true}) {
    const auto chosen = select(read(), {{}, {}, quick, {}});
    ASSERT_EQ(chosen.workloads.size(), 1U);
    EXPECT_EQ(chosen.workloads[0].workload, "wait");
    EXPECT_EQ(select(read(), {{"long"}, {}, quick, {}}).workloads.size(), 1U);
  }
}

TEST_F(selection_test, leaves_out_contestants_without_the_endpoint_of_background_connections) {
  folder.write("workloads/wait.toml", replaced(good_workload, "[1, 64]\n", "[1, 64]\nidle_websockets = [0, 5]\n"));
  folder.write("servers/mine.toml", replaced(good_manifest, "[endpoints]", "[endpoints]\nws_echo = \"/ws\""));
  const auto chosen = select(read(), {{}, {}, false, {}});
  EXPECT_EQ(chosen.workloads[0].contestants, std::vector<std::string>{"mine"});
  ASSERT_EQ(chosen.missing.size(), 1U);
  EXPECT_EQ(chosen.missing[0].reason, "no endpoint 'ws_echo' in yours.toml");
}

TEST_F(selection_test, another_window_must_hold_the_load_changes) {
  folder.write("workloads/wait.toml", replaced(good_workload, "[1, 64]\n", "[1, 64]\nstorm_s = 0.4\n"));
  auto known = read();
  const auto chosen = select(known, {{}, {}, false, {}});
  set_seconds(known, 0.5);
  EXPECT_EQ(known.workloads.at("wait").full.plan.seconds, 0.5);
  EXPECT_NO_THROW(check_seconds(known, chosen, false));
  set_seconds(known, 0.4);
  try {
    check_seconds(known, chosen, false);
    FAIL();
  } catch (const bad_file& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with("wait.toml does not go with --seconds: 'storm_s' is wrong: "));
  }
}

TEST_F(selection_test, a_workload_can_be_put_on_another_endpoint) {
  folder.write("servers/mine.toml", std::string(good_manifest) + "[endpoints.orders]\npath = '/orders'\n");
  auto known = read();
  set_endpoint(known, "orders", {});
  const auto& w = known.workloads.at("wait");
  EXPECT_EQ(w.endpoint, "orders");
  EXPECT_EQ(w.question, "On orders instead of delay: How long?");
  EXPECT_TRUE(w.ceilings.empty()) << "it is that of a delay";
  EXPECT_EQ(values_of(w.full, "ms"), std::vector<std::string>()) << "a parameter of delay";
  const auto chosen = select(known, {{}, {}, false, {}});
  EXPECT_EQ(chosen.workloads[0].contestants, std::vector<std::string>{"mine"});
  ASSERT_EQ(chosen.missing.size(), 1U);
  EXPECT_EQ(chosen.missing[0].reason, "no endpoint 'orders' in yours.toml");

  auto same = read();
  set_endpoint(same, "delay", {"wait"});
  EXPECT_EQ(same.workloads.at("wait").question, "How long?");
  EXPECT_FALSE(same.workloads.at("wait").ceilings.empty());
}

TEST_F(selection_test, a_workload_that_cannot_be_put_on_the_endpoint_is_refused_by_name) {
  const auto refusal = [&](const std::string& endpoint) -> std::string {
    auto known = read();
    try {
      set_endpoint(known, endpoint, {"wait"});
    } catch (const bad_file& error) {
      return error.what();
    }
    return "no error";
  };
  folder.write("workloads/wait.toml", replaced(replaced(good_workload, "{ ms = 50 }", "{ ms = [1, 50] }"), "[chart]\n",
                                               "[chart]\nx = \"ms\"\n"));
  EXPECT_EQ(refusal("plaintext"),
            "--endpoint plaintext: workload wait is about 'ms', which the endpoint does not have");
  EXPECT_EQ(refusal("dealy"), "--endpoint: unknown endpoint 'dealy' (nearest: delay)");
}

TEST_F(selection_test, lists_variables_that_a_command_does_not_take) {
  folder.write("servers/mine.toml", replaced(good_manifest, "\"{port}\"", "\"{port}\", \"-t\", \"{threads}\""));
  folder.write("workloads/wait.toml", replaced(good_workload, "[1, 64]", "[1, 64]\nthreads = [1, 2]"));
  const auto as_facet = select(read(), {{}, {}, false, {}});
  EXPECT_EQ(as_facet.workloads[0].unknown.at("mine"), std::set<std::string>{});
  EXPECT_EQ(as_facet.workloads[0].unknown.at("yours"), std::set<std::string>{"threads"});

  const auto on_x = replaced(replaced(good_workload, "[1, 64]", "[1, 64]\nthreads = [1, 2]"), "[chart]\n",
                             "[chart]\nx = \"threads\"\n");
  folder.write("workloads/wait.toml", on_x);
  EXPECT_EQ(error_of(read(), {{}, {}, false, {}}),
            "wait.toml: 'x' in [chart] is 'threads', but the command of yours has no {threads}");
  const auto chosen = select(read(), {{}, {"mine", "yours"}, false, {}});
  EXPECT_EQ(chosen.workloads[0].contestants, std::vector<std::string>{"mine"});
  ASSERT_EQ(chosen.missing.size(), 1U);
  EXPECT_EQ(chosen.missing[0].status, "not offered");
  EXPECT_EQ(chosen.missing[0].reason, "no {threads} in its command, the x axis of wait");
}

TEST_F(selection_test, unknown_names_come_with_the_nearest) {
  EXPECT_EQ(error_of(read(), {{"wiat"}, {}, false, {}}), "unknown workload 'wiat' (nearest: wait)");
  EXPECT_EQ(error_of(read(), {{}, {"your"}, false, {}}), "unknown contestant 'your' (nearest: yours)");
  folder.write("workloads/wait.toml",
               std::string(good_workload) +
                   "[[claim]]\nguide = 'it is'\nmetric = 'cpu'\n"
                   "of = 'mine'\nexpect = 'lower'\nversus = 'yuors beside:block'\ndecide_at = 64\n");
  EXPECT_EQ(error_of(read(), {{}, {}, false, {}}),
            "wait.toml:27: 'versus' in [[claim]] names an unknown contestant 'yuors' (nearest: yours)");
  folder.write("workloads/wait.toml", replaced(good_workload, "\"yours\"", "\"yuors\""));
  EXPECT_EQ(error_of(read(), {{}, {}, false, {}}), "wait.toml: unknown contestant 'yuors' (nearest: yours)");
}

TEST_F(selection_test, leaves_out_what_cannot_be_measured) {
  folder.write("servers/mine.toml", replaced(good_manifest, "\"sh\"", "\"no-such-program\""));
  folder.write("servers/outsiders/yours.toml",
               replaced(replaced(good_manifest, "\"mine\"", "\"yours\""), "delay     = \"/sleep?for={ms}\"\n", ""));
  folder.write("servers/third.toml", "name = 1");
  const auto chosen = select(read(), {{}, {"mine", "yours", "third"}, false, {}});
  EXPECT_TRUE(chosen.workloads[0].contestants.empty());
  ASSERT_EQ(chosen.missing.size(), 3U);
  EXPECT_EQ(chosen.missing[0].status, "not installed");
  EXPECT_EQ(chosen.missing[0].reason, "'no-such-program' is not on PATH");
  EXPECT_EQ(chosen.missing[1].status, "not offered");
  EXPECT_EQ(chosen.missing[2].status, "failed");
  EXPECT_EQ(chosen.missing[2].reason, "third.toml:1: 'name' must be a text that is not empty");
}

TEST_F(selection_test, leaves_out_the_points_whose_other_endpoint_is_not_offered) {
  const auto offering = [&](const std::string& name, const std::string& endpoints) {
    folder.write("servers/" + name + ".toml", "name = '" + name +
                                                  "'\ntitle = 't'\nmodel = 'loop'\ncommand = ['{port}']\n" +
                                                  "needs = ['sh']\n[endpoints]\n" + endpoints);
  };
  offering("mine", "plaintext = '/'\nblock = '/block/{ms}'\n");
  offering("third", "plaintext = '/'\n");
  offering("fourth", "block = '/block/{ms}'\ncpu = '/cpu/{us}'\n");
  offering("all", "plaintext = '/'\nblock = '/block/{ms}'\ncpu = '/cpu/{us}'\n");
  folder.write("workloads/wait.toml", with_others);
  const auto chosen = select(read(), {{}, {"mine", "third", "fourth", "all"}, false, {}});
  EXPECT_EQ(chosen.workloads[0].contestants, (std::vector<std::string>{"mine", "all"}));
  std::map<std::string, int> points;
  for (const auto& s : schedule(chosen.workloads)) {
    if (s.repetition == 0 && !s.control) ++points[s.contestant + " " + find(s.settings, "beside")->text];
  }
  EXPECT_EQ(points, (std::map<std::string, int>{{"mine block", 6}, {"all block", 6}, {"all cpu", 6}}));
  std::map<std::string, std::string> reasons;
  for (const auto& missing : chosen.missing) {
    EXPECT_EQ(missing.status, "not offered");
    EXPECT_EQ(missing.of_some_points, missing.contestant == "mine");
    reasons[missing.contestant] = missing.reason;
  }
  EXPECT_EQ(reasons, (std::map<std::string, std::string>{{"mine", "no endpoint 'cpu' in mine.toml"},
                                                         {"third", "no endpoint 'block' or 'cpu' in third.toml"},
                                                         {"fourth", "no endpoint 'plaintext' in fourth.toml"}}));
  selection_request supplied{{}, {}, false, {}};
  supplied.user_contestants = {"third"};
  EXPECT_EQ(error_of(read(), supplied), "no workload asks for what third offers");
}

TEST(catalogue, of_this_project_is_readable_and_a_run_takes_an_hour_a_quick_one_four_minutes) {
  const std::filesystem::path root = build::source_dir;
  const auto known = read_catalogue(root / "servers", root / "bench/workloads");
  for (const auto& [name, what] : known.broken) ADD_FAILURE() << what;
  const auto by_name = std::ranges::count_if(known.workloads, [](const auto& w) { return w.second.full.named_only; });
  EXPECT_EQ(by_name, 3) << "ablations, soak and touch";
  EXPECT_EQ(select(known, {{}, {}, false, {}}).workloads.size() + static_cast<std::size_t>(by_name),
            known.workloads.size());
  const auto minutes = [&](bool quick) {
    return planned_seconds(planned_rounds(schedule(select(known, {{}, {}, quick, {}}).workloads, 0, usual_controls),
                                          known, quick)) /
           60;
  };
  EXPECT_GT(minutes(true), 0);
  EXPECT_LE(minutes(true), 4);
  EXPECT_LE(minutes(false), 60);
}

TEST_F(selection_test, ablations_are_known_but_no_star_means_them) {
  folder.write("servers/ablations/other.toml", replaced(good_manifest, "mine", "other"));
  folder.write("workloads/wait.toml", replaced(good_workload, "[\"mine\", \"yours\"]", "[\"*\"]"));
  const auto known = read();
  EXPECT_TRUE(known.manifests.contains("other"));
  EXPECT_EQ(known.workloads.at("wait").contestants, (std::vector<std::string>{"mine", "yours"}));
}

TEST_F(selection_test, empty_folders_are_an_error) {
  EXPECT_THROW(read_catalogue(folder / "nowhere", folder / "workloads"), bad_file);
  EXPECT_THROW(read_catalogue(folder / "servers", folder / "nowhere"), bad_file);
}

}  // namespace
}  // namespace tvl::suite
