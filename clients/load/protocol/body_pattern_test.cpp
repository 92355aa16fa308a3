#include "clients/load/protocol/body_pattern.hpp"

#include "clients/load/base/bad_plan.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

TEST(BodyPattern, IsSearchedForInTheBody) {
  const body_pattern p(R"("id": ?\d+)");
  for (int again = 0; again < 2; ++again) {  // the second time by its hash
    EXPECT_TRUE(p.matches(R"({"id": 7})"));
    EXPECT_FALSE(p.matches(R"({"id": "seven"})"));
    EXPECT_FALSE(p.matches(""));
  }
  EXPECT_TRUE(body_pattern("^$").matches(""));
  EXPECT_FALSE(body_pattern("^a+$").matches("aab"));
}

TEST(BodyPattern, ManyBodiesAreToldApart) {
  const body_pattern p("^[0-9]+$");
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(p.matches(std::to_string(i)));
    EXPECT_FALSE(p.matches("x" + std::to_string(i)));
  }
}

TEST(BodyPattern, ALongBodyIsNoProblem) {
  EXPECT_TRUE(body_pattern("^a.*c$").matches(std::string(body_pattern::most_bytes - 1, 'a') + "c"));
  EXPECT_FALSE(body_pattern("(a+)+$").matches(std::string(100, 'a') + "b"));
}

TEST(BodyPattern, AWrongOneIsRefused) { EXPECT_THROW(body_pattern("("), bad_plan); }

}  // namespace
}  // namespace tvl::load
