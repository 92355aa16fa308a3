#include "bench/suite/record.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

load::point judged(load::verdict v) {
  load::point p;
  p.verdict = std::move(v);
  return p;
}

TEST(outcome, says_when_somebody_else_used_the_machine) {
  const auto o = outcome_of(judged({false, "host-busy", {"other processes used 40 % of a core meanwhile"}}));
  EXPECT_TRUE(o.host_busy);
  EXPECT_EQ(o.label, "not valid: other processes used 40 % of a core meanwhile");
}

TEST(outcome, blames_nobody_else_for_other_reasons) {
  const auto o = outcome_of(judged({false, "errors", {"2 of 100 requests failed"}}));
  EXPECT_FALSE(o.host_busy);
  EXPECT_EQ(o.label, "not valid: 2 of 100 requests failed");
  EXPECT_EQ(outcome_of(judged({})).label, "");
}

}  // namespace
}  // namespace tvl::suite
