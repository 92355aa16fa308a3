// One note where the same reason leaves a contestant out of many workloads.

#include "bench/suite/catalogue/left_out_notes.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

left_out absent(const std::string& workload, const std::string& contestant, const std::string& reason = "not here") {
  return {workload, contestant, "not installed", reason};
}

TEST(left_out_notes, say_the_same_reason_once) {
  EXPECT_EQ(
      notes_of({absent("a", "x"), absent("a", "y"), absent("b", "x"), absent("b", "y", "other")}),
      (std::vector<std::string>{"a, b: x left out, not installed: not here", "a: y left out, not installed: not here",
                                "b: y left out, not installed: other"}));
  EXPECT_TRUE(notes_of({}).empty());
}

TEST(left_out_notes, count_the_workloads_beyond_three) {
  std::vector<left_out> missing;
  for (const auto* workload : {"a", "b", "c", "d", "e"}) missing.push_back(absent(workload, "x"));
  EXPECT_EQ(notes_of(missing), std::vector<std::string>{"a, b, c and 2 more: x left out, not installed: not here"});
  missing.pop_back();
  missing.pop_back();
  EXPECT_EQ(notes_of(missing), std::vector<std::string>{"a, b, c: x left out, not installed: not here"});
}

}  // namespace
}  // namespace tvl::suite
