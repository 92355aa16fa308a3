#include "bench/support/suggestion.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

const std::vector<std::string> known_names = {"churn", "connections", "delay"};

TEST(nearest, finds_the_name_with_the_fewest_edits) {
  EXPECT_EQ(nearest("conections", known_names), "connections");
  EXPECT_EQ(nearest("Delay", known_names), "delay");
  EXPECT_EQ(nearest("dleay", known_names), "delay");
}

TEST(nearest, has_no_answer_for_something_else) {
  EXPECT_EQ(nearest("xyz", known_names), std::nullopt);
  EXPECT_EQ(nearest("delay", {}), std::nullopt);
}

TEST(nearest, message_names_the_nearest_or_all) {
  EXPECT_EQ(unknown("workload", "chrun", known_names), "unknown workload 'chrun' (nearest: churn)");
  EXPECT_EQ(unknown("workload", "xyz", known_names), "unknown workload 'xyz' (known: churn, connections, delay)");
  EXPECT_EQ(unknown("workload", "xyz", {}), "unknown workload 'xyz' (there are none)");
}

}  // namespace
}  // namespace tvl::suite
