#include "bench/suite/output/point_record.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

load::point judged(load::verdict v) {
  load::point p;
  p.verdict = std::move(v);
  return p;
}

TEST(outcome, is_spoilt_when_somebody_else_used_the_machine_or_the_generator_was_late) {
  const auto o =
      outcome_of(judged({false, "host-busy", {{"host-busy", "other processes used 40 % of a core meanwhile"}}}));
  EXPECT_TRUE(o.disturbed);
  EXPECT_EQ(o.label, "not valid: other processes used 40 % of a core meanwhile");
  EXPECT_TRUE(
      outcome_of(judged({false, "generator", {{"generator-late", "requests left the generator 1200 us late (p99)"}}}))
          .disturbed);
}

TEST(outcome, blames_nobody_else_for_other_reasons) {
  const auto o = outcome_of(judged({false, "errors", {{"errors", "2 of 100 requests failed"}}}));
  EXPECT_FALSE(o.disturbed);
  EXPECT_EQ(o.label, "not valid: 2 of 100 requests failed");
  EXPECT_FALSE(outcome_of(judged({true, "generator", {}})).disturbed) << "a lower bound is one every time";
  EXPECT_EQ(outcome_of(judged({})).label, "");
}

}  // namespace
}  // namespace tvl::suite
