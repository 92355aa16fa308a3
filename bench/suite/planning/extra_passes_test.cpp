#include "bench/suite/planning/extra_passes.hpp"

#include "bench/suite/output/resume.hpp"
#include "bench/suite/processes/test_support.hpp"
#include "bench/support/usage_error.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

std::vector<scheduled> planned() {
  return schedule({{"w", {numbers("connections", {1, 8})}, {"a", "b", "c"}, 2},
                   {"v", {numbers("connections", {4})}, {"a", "b"}, 3}});
}

TEST(extra_passes, repeat_the_named_points_once_more_row_by_row) {
  const auto before = planned();
  const auto pass = another_pass(before, {"v/a/4", "w/b/8", "w/a/8", "v/b/4"});
  EXPECT_EQ(round_names(pass), (std::vector<std::string>{"w/a/8#2", "w/b/8#2", "v/b/4#3", "v/a/4#3"}));
  EXPECT_EQ(pass[0].group, before.back().group + 1);
  EXPECT_EQ(pass[1].group, pass[0].group);
  EXPECT_EQ(pass[2].group, pass[0].group + 1);
  EXPECT_EQ(pass[3].position, 1);
}

TEST(extra_passes, have_no_control) {
  for (const auto& round : another_pass(planned(), {"w/a/1", "w/b/1"})) EXPECT_FALSE(round.control);
}

TEST(extra_passes, change_the_order_from_pass_to_pass) {
  auto rounds = planned();
  std::vector<std::string> first;
  for (int i = 0; i < 3; ++i) {
    const auto pass = another_pass(rounds, {"w/a/1", "w/b/1", "w/c/1"});
    first.push_back(pass.front().contestant);
    rounds.insert(rounds.end(), pass.begin(), pass.end());
  }
  EXPECT_EQ(first, (std::vector<std::string>{"c", "a", "b"}));
}

TEST(extra_passes, are_read_back_from_the_names_of_their_rounds) {
  auto rounds = planned();
  const auto plan = rounds;
  for (int i = 0; i < 2; ++i) {
    const auto pass = another_pass(rounds, {"w/a/8", "w/b/8", "v/a/4"});
    rounds.insert(rounds.end(), pass.begin(), pass.end());
  }
  const std::vector<scheduled> extra(rounds.begin() + static_cast<std::ptrdiff_t>(plan.size()), rounds.end());
  const auto read = recorded_passes(plan, round_names(extra));
  ASSERT_EQ(read.size(), extra.size());
  for (std::size_t i = 0; i < extra.size(); ++i) {
    EXPECT_EQ(read[i].name(), extra[i].name());
    EXPECT_EQ(read[i].repetition, extra[i].repetition);
    EXPECT_EQ(read[i].position, extra[i].position);
    EXPECT_EQ(read[i].group, extra[i].group);
  }
}

TEST(extra_passes, refuse_what_is_no_point) {
  EXPECT_THROW(another_pass(planned(), {"w/z/1"}), bad_input);
  EXPECT_THROW(another_pass(planned(), {"w/a/1/control"}), bad_input);
  EXPECT_THROW(recorded_passes(planned(), {"w/z/1#5"}), bad_input);
  EXPECT_THROW(recorded_passes(planned(), {"w/a/1"}), bad_input);
}

}  // namespace
}  // namespace tvl::suite
