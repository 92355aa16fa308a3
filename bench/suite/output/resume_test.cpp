// What a run that was cut off keeps, and what it measures again.

#include "bench/suite/output/resume.hpp"

#include "bench/suite/processes/test_support.hpp"
#include "bench/support/usage_error.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace tvl::suite {
namespace {

class resume_test : public testing::Test {
 protected:
  // Two blocks of two repetitions of three: a, its control, b.
  const std::vector<scheduled> rounds = schedule({{"w", {numbers("connections", {1, 8})}, {"a", "b"}, 2}});

  static std::string line(const scheduled& s) {
    const nlohmann::json record = {{"workload", s.workload}, {"contestant", s.contestant}, {"load", s.load()},
                                   {"control", s.control},   {"repetition", s.repetition}, {"replies", 10}};
    return record.dump() + "\n";
  }
  std::string lines(std::size_t count) const {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += line(rounds[i]);
    return text;
  }
  static std::string left_out(const std::string& contestant, const std::string& status) {
    const nlohmann::json record = {
        {"workload", "w"}, {"contestant", contestant}, {"left_out", {{"status", status}, {"reason", "a test"}}}};
    return record.dump() + "\n";
  }
  kept_points read(const std::string& text) const {
    return read_kept_points(folder.write("points.jsonl", text), rounds);
  }
  std::string error_of(const std::string& text) const {
    try {
      read(text);
    } catch (const bad_input& error) {
      return std::filesystem::path(error.what()).filename();
    }
    return "no error";
  }
  temporary_folder folder;
};

TEST_F(resume_test, a_profiled_round_is_one_of_its_own) {
  const auto both = with_profiles(schedule({{"w", {numbers("connections", {1})}, {"a"}, 1}}, 0, 0));
  auto plain = nlohmann::json::parse(line(both[0])), profiled = plain;
  plain["profile"] = nullptr;
  profiled["profile"] = {{"file", nullptr}};
  const auto first = folder.write("profiles.jsonl", (both[0].profiled ? profiled : plain).dump() + "\n");
  EXPECT_EQ(read_kept_points(first, both).points, 0U) << "the pair is not complete";
  const auto second = folder.write("profiles.jsonl", plain.dump() + "\n" + profiled.dump() + "\n");
  EXPECT_EQ(read_kept_points(second, both).next, 2U);
}

TEST_F(resume_test, complete_repetitions_are_kept) {
  ASSERT_EQ(rounds.size(), 12U);
  const auto kept = read(lines(6));
  EXPECT_EQ(kept.next, 6U);
  EXPECT_EQ(kept.points, 6U);
  EXPECT_EQ(kept.again, 0U);
  EXPECT_FALSE(kept.torn);
  EXPECT_EQ(kept.bytes, lines(6).size());
  EXPECT_EQ(to_text(kept), "6 points are kept");
  EXPECT_EQ(read("").next, 0U);
  EXPECT_EQ(read(lines(12)).next, 12U);
}

TEST_F(resume_test, a_point_that_was_interrupted_is_measured_again) {
  auto cut = line(rounds[6]);
  cut.insert(cut.size() - 2, ",\"interrupted\":true");
  const auto kept = read(lines(6) + cut);
  EXPECT_EQ(kept.next, 6U);
  EXPECT_EQ(kept.points, 6U);
  EXPECT_EQ(kept.again, 1U);
  EXPECT_EQ(kept.bytes, lines(6).size());
}

TEST_F(resume_test, an_incomplete_repetition_is_measured_again_as_a_whole) {
  for (const std::size_t begun : {1U, 2U}) {
    const auto kept = read(lines(6 + begun));
    EXPECT_EQ(kept.next, 6U);
    EXPECT_EQ(kept.points, 6U);
    EXPECT_EQ(kept.again, begun);
    EXPECT_EQ(kept.bytes, lines(6).size());
  }
  EXPECT_EQ(read(lines(1)).bytes, 0U);
  EXPECT_EQ(to_text(read(lines(8))), "6 points are kept, 2 of an incomplete repetition are measured again");
}

TEST_F(resume_test, a_torn_last_line_is_cut_off) {
  for (const std::string torn : {"{\"workload\": \"w\", \"cont", "{\"workload\": \"w\", \"cont\n", "{}"}) {
    const auto kept = read(lines(3) + torn);
    EXPECT_TRUE(kept.torn);
    EXPECT_EQ(kept.next, 3U);
    EXPECT_EQ(kept.bytes, lines(3).size());
    EXPECT_EQ(to_text(kept), "3 points are kept, the last line was written in part and is cut off");
  }
}

TEST_F(resume_test, who_failed_stays_left_out) {
  const auto absent = left_out("c", "not installed"), failed = left_out("b", "failed");
  const auto kept = read(absent + line(rounds[0]) + line(rounds[1]) + failed + line(rounds[3]) + line(rounds[4]));
  EXPECT_EQ(kept.failed, (std::set<std::pair<std::string, std::string>>{{"w", "b"}}));
  EXPECT_EQ(kept.points + kept.again, 4U);
  const auto tail = read(lines(3) + line(rounds[3]) + failed);
  EXPECT_TRUE(tail.failed.empty()) << "it failed in the repetition that is measured again";
}

TEST_F(resume_test, a_row_whose_last_contestant_has_failed_is_complete) {
  std::vector<scheduled> two_rows(rounds.begin(), rounds.begin() + 6);
  std::ranges::sort(two_rows, {}, [](const scheduled& s) { return std::pair(s.group, s.contestant); });
  const auto a = line(two_rows[3]), control = line(two_rows[4]);
  const auto before = line(two_rows[0]) + line(two_rows[1]) + line(two_rows[2]) + left_out("b", "failed");
  const auto kept_of = [&](const std::string& text) {
    return read_kept_points(folder.write("points.jsonl", text), two_rows);
  };
  EXPECT_EQ(kept_of(before + a + control).next, 6U);
  EXPECT_EQ(kept_of(before + a + control).bytes, (before + a + control).size());
  EXPECT_EQ(kept_of(before + a).next, 3U);
  EXPECT_EQ(kept_of(before + a).bytes, before.size());
}

TEST_F(resume_test, of_a_row_that_was_measured_again_both_tries_stay_or_none) {
  const auto row = line(rounds[3]) + line(rounds[4]) + line(rounds[5]);
  const auto whole = read(lines(6) + row);
  EXPECT_EQ(whole.next, 6U);
  EXPECT_EQ(whole.again, 0U);
  EXPECT_EQ(whole.bytes, (lines(6) + row).size());
  const auto begun = read(lines(6) + line(rounds[3]));
  EXPECT_EQ(begun.next, 3U);
  EXPECT_EQ(begun.points, 3U);
  EXPECT_EQ(begun.bytes, lines(3).size());
}

TEST_F(resume_test, a_knee_is_known_from_the_points_that_are_a_share_of_it) {
  auto record = nlohmann::json::parse(line(rounds[1]));
  record["knee"] = {{"rate", 1234.5}, {"slo", "p99=10ms"}, {"percent", 50}};
  auto none = nlohmann::json::parse(line(rounds[0]));
  none["knee"] = nullptr;
  const auto kept = read(none.dump() + "\n" + record.dump() + "\n");
  EXPECT_EQ(kept.knees, (std::map<std::size_t, double>{{1, 1234.5}}));
}

TEST_F(resume_test, a_file_of_something_else_is_refused) {
  EXPECT_EQ(error_of("no json\n" + lines(1)), "points.jsonl: line 1 is no record");
  EXPECT_EQ(error_of(lines(1) + "[]\n" + lines(1)), "points.jsonl: line 2 is no record");
  EXPECT_EQ(error_of("{\"workload\": 7}\n"), "points.jsonl holds a record that is not one of tvl-suite's");
  auto other = rounds[0];
  other.repetition = 9;
  EXPECT_EQ(error_of(line(other)), "points.jsonl holds a point that this run does not have");
  EXPECT_THROW(read_kept_points(folder / "nowhere", rounds), bad_input);
}

TEST_F(resume_test, a_secret_is_not_written_and_without_it_the_run_cannot_go_on) {
  write_run_order(folder.path(), {{"--url", "http://me:word@127.0.0.1:80"}, 1, round_names(rounds)});
  EXPECT_EQ(read_file(folder / "run.json").find("word"), std::string::npos);
  try {
    read_run_order(folder.path());
    FAIL();
  } catch (const bad_input& error) {
    EXPECT_NE(std::string(error.what()).find("does not hold the secret of http://me:***@127.0.0.1:80"),
              std::string::npos)
        << error.what();
  }
}

TEST_F(resume_test, the_order_of_a_run_is_read_as_it_was_written) {
  write_run_order(folder.path(), {{"--workload", "w"}, 4294967295U, round_names(rounds)});
  const auto order = read_run_order(folder.path());
  EXPECT_EQ(order.arguments, (std::vector<std::string>{"--workload", "w"}));
  EXPECT_EQ(order.seed, 4294967295U);
  EXPECT_EQ(order.rounds, round_names(rounds));
  EXPECT_EQ(order.folder, "") << "an older run did not record it";
  write_run_order(folder.path(), {{"--quick"}, 1, round_names(rounds), "/some/where"});
  EXPECT_EQ(read_run_order(folder.path()).folder, "/some/where");
  EXPECT_EQ(order.rounds[0], "w/a/1#0");
  EXPECT_EQ(order.rounds[1], "w/a/1/control#0");
  EXPECT_THROW(read_run_order(folder / "nowhere"), bad_input);
  folder.write("run.json", "{\"schema\": 2, \"arguments\": {}}");
  try {
    read_run_order(folder.path());
    ADD_FAILURE() << "accepted";
  } catch (const bad_input& error) {
    EXPECT_TRUE(std::string(error.what()).ends_with("run.json: schema 2, this program reads schema 1")) << error.what();
  }
  folder.write("run.json", "{\"schema\": 1");
  EXPECT_THROW(read_run_order(folder.path()), bad_input);
}

// Until --controls existed, every block had a control, and the seed gave another order.
TEST(why_rounds_differ, names_an_older_version_where_only_order_and_controls_differ) {
  const std::vector<std::string> recorded = {"w/b/1#0", "w/a/1#0", "w/a/1/control#0"};
  const auto older = why_rounds_differ(recorded, {"w/a/1#0", "w/b/1#0"});
  EXPECT_TRUE(older.find("of an older version of tvl-suite") != older.npos) << older;
  for (const auto& planned : {std::vector<std::string>{"w/a/1#0", "w/c/1#0"}, {"w/a/1#0"}}) {
    const auto other = why_rounds_differ(recorded, planned);
    EXPECT_TRUE(other.starts_with("workloads or contestants")) << other;
  }
}

// A word of the command line, or a path, need not be UTF-8.
TEST_F(resume_test, a_run_whose_words_are_not_utf8_is_written) {
  write_run_order(folder.path(), {{"--contestant", "caf\xe9"}, 7, {"w/a/1#0"}});
  const auto order = read_run_order(folder.path());
  EXPECT_EQ(order.arguments, (std::vector<std::string>{"--contestant", "caf\xef\xbf\xbd"}));
  EXPECT_EQ(order.seed, 7U);
}

}  // namespace
}  // namespace tvl::suite
