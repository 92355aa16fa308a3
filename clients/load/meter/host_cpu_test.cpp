#include "clients/load/meter/host_cpu.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

constexpr std::int64_t second = 1'000'000'000;

TEST(Host, WhatIsNeitherOursNorTheServersIsOthers) {
  const host_reading begin{10 * second, 100 * second, 50 * second};
  const host_reading end{12 * second, 103 * second, 51 * second};
  EXPECT_DOUBLE_EQ(*others_share(begin, end, second / 2), 0.75);
}

TEST(Host, TicksThatLagBehindAreNotNegative) {
  const host_reading begin{10 * second, 100 * second, 50 * second};
  const host_reading end{12 * second, 101 * second, 51 * second};
  EXPECT_DOUBLE_EQ(*others_share(begin, end, second), 0);
}

TEST(Host, WithoutTheMachinesTotalsNothingIsKnown) {
  EXPECT_FALSE(others_share({10 * second, {}, 0}, {12 * second, 100 * second, 0}, 0));
  EXPECT_FALSE(others_share({10 * second, 100 * second, 0}, {10 * second, 100 * second, 0}, 0));
}

TEST(Host, ThisMachineHasTotals) {
  const auto now = read_host();
  ASSERT_TRUE(now.busy_ns);
  EXPECT_GT(*now.busy_ns, 0);
  EXPECT_GT(now.own_ns, 0);
}

}  // namespace
}  // namespace tvl::load
