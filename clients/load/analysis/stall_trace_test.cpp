#include "clients/load/analysis/stall_trace.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/plan/plan.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tvl::load {
namespace {

using values = std::vector<std::optional<std::int64_t>>;

TEST(StallTrace, HasTheHighestOfEachIntervalByWhenItWasDue) {
  stall_trace t(10, 40);
  t.begin(1000);
  t.ended(1000, 1003);
  t.ended(1009, 1010);
  t.ended(1010, 1039);  // due in the second, answered in the fourth
  t.ended(1039, 1100);
  EXPECT_EQ(t.within(40), (values{3, 29, std::nullopt, 61}));
}

TEST(StallTrace, IsOfTheWindowOnly) {
  stall_trace t(10, 20);
  t.ended(5, 9);  // before there is one
  t.begin(1000);
  t.ended(999, 1005);
  t.ended(1020, 1025);
  EXPECT_EQ(t.within(20), (values{std::nullopt, std::nullopt}));
  t.ended(1000, 1001);
  t.begin(2000);
  EXPECT_EQ(t.within(20), (values{std::nullopt, std::nullopt}));
}

TEST(StallTrace, TheLastIntervalMayBeShorter) {
  stall_trace t(10, 25);
  t.begin(0);
  t.ended(24, 30);
  EXPECT_EQ(t.within(25), (values{std::nullopt, std::nullopt, 6}));
  EXPECT_EQ(t.within(20).size(), 2u);
  EXPECT_EQ(t.within(11).size(), 2u) << "a window that ended early";
  EXPECT_EQ(t.within(1000).size(), 3u);
}

TEST(StallTrace, OfSeveralThreadsIsTheHighestOfAny) {
  stall_trace a(10, 30), b(10, 30), all;
  a.begin(0);
  b.begin(0);
  a.ended(0, 5);
  b.ended(1, 9);
  b.ended(10, 17);
  all.merge(a);
  all.merge(b);
  EXPECT_EQ(all.within(30), (values{8, 7, std::nullopt}));
}

TEST(StallTrace, ThatNobodyAskedForIsEmpty) {
  auto t = trace_of(plan{});
  t.begin(0);
  t.ended(1, 2);
  EXPECT_TRUE(t.within(1'000'000'000).empty());
}

TEST(StallTrace, HasSoManyIntervalsAtTheMost) {
  plan p;
  p.seconds = 20;
  p.trace_s = 0.01;
  EXPECT_EQ(trace_of(p).within(20'000'000'000).size(), most_intervals);
  p.seconds = 20.001;
  try {
    trace_of(p);
    FAIL();
  } catch (const bad_plan& error) {
    EXPECT_STREQ(error.what(), "a trace of 20.001 s in steps of 0.01 s has more than 2000 intervals");
  }
  p.trace_s = 1e-10;
  EXPECT_THROW(trace_of(p), bad_plan);
}

}  // namespace
}  // namespace tvl::load
