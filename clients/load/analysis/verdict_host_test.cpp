// Other processes on the measured cores.

#include "clients/load/analysis/verdict.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace tvl::load {
namespace {

// The text of the reason with this code; empty = it is not there.
std::string said(const host_cost& host, const std::string& code) {
  point p;
  p.host = host;
  const auto v = judge(p);
  const auto found = std::ranges::find(v.reasons, code, &reason::code);
  return found == v.reasons.end() ? "" : found->text;
}

TEST(VerdictHost, WhatOthersMayUseGrowsWithTheMeasuredCores) {
  EXPECT_EQ(most_others(0), 0.2) << "not known";
  EXPECT_EQ(most_others(1), 0.2);
  EXPECT_EQ(most_others(2), 0.2);
  EXPECT_DOUBLE_EQ(most_others(32), 3.2);
  EXPECT_EQ(said({.others_cpu_share = 0.3, .cores = 2, .beside_other_work = false}, "host-busy"),
            "other processes used 30 % of a core meanwhile");
  EXPECT_EQ(said({.others_cpu_share = 0.3, .cores = 4, .beside_other_work = false}, "host-busy"), "");
  EXPECT_NE(said({.others_cpu_share = 0.41, .cores = 4, .beside_other_work = false}, "host-busy"), "");
}

TEST(VerdictHost, BesideOtherWorkEveryPointSaysSoAndNoneIsInvalid) {
  const host_cost idle{.others_cpu_share = 0.01, .cores = 2, .beside_other_work = true};
  EXPECT_EQ(said(idle, "beside-other-work"), "measured beside other work");
  const host_cost busy{.others_cpu_share = 0.3, .cores = 2, .beside_other_work = true};
  EXPECT_EQ(said(busy, "beside-other-work"),
            "measured beside other work: other processes used 30 % of a core meanwhile");
  EXPECT_EQ(said(busy, "host-busy"), "");
  const host_cost unknown{.others_cpu_share = std::nullopt, .cores = std::nullopt, .beside_other_work = true};
  EXPECT_EQ(said(unknown, "beside-other-work"), "measured beside other work");
}

}  // namespace
}  // namespace tvl::load
