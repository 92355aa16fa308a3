#include "clients/load/cluster/probe_plan.hpp"

#include "clients/load/plan/process_shares.hpp"
#include "clients/load/point/golden_point.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

TEST(ProbePlan, HasTheSameRequestsInTheSameWindow) {
  const plan whole = golden_plan(), p = probe_plan(whole, 50);
  EXPECT_EQ(p.url, whole.url);
  EXPECT_EQ(p.targets.size(), whole.targets.size());
  EXPECT_EQ(p.warmup_s, whole.warmup_s);
  EXPECT_EQ(p.seconds, whole.seconds);
  EXPECT_EQ(p.timeout_s, whole.timeout_s);
  EXPECT_EQ(p.allow_remote, whole.allow_remote);
  EXPECT_EQ(p.idle, whole.idle);
  EXPECT_EQ(p.congestion_control, whole.congestion_control);
}

TEST(ProbePlan, IsALowRateOnOneConnection) {
  const plan p = probe_plan(golden_plan(), 50);
  EXPECT_EQ(p.rate, 50);
  EXPECT_EQ(p.arrivals, arrivals::poisson);
  EXPECT_EQ(connections_of(p), 1u);
  EXPECT_EQ(p.threads, 1);
  EXPECT_EQ(p.requests_per_connection, 0u);
  EXPECT_TRUE(p.steps.empty());
  EXPECT_FALSE(p.storm_s);
  EXPECT_FALSE(p.overload);
  EXPECT_EQ(p.think_s, 0);
}

TEST(ProbePlan, ItsArrivalsAreNotThoseOfAShare) {
  plan whole;
  whole.connections = 1000;
  for (int i = 0; i < 1000; ++i) EXPECT_NE(probe_plan(whole, 50).seed, share_of(whole, i, 1000).seed);
}

}  // namespace
}  // namespace tvl::load
