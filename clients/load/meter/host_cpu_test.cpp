#include "clients/load/meter/host_cpu.hpp"

#include "clients/load/base/clock.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

TEST(Host, OtherProcessesHaveTheRest) {
  const host_reading begin{10 * one_second, 100 * one_second, 50 * one_second};
  const host_reading end{12 * one_second, 103 * one_second, 51 * one_second};
  EXPECT_DOUBLE_EQ(*others_share(begin, end, one_second / 2), 0.75);
}

TEST(Host, LaggingTicksDoNotMakeItNegative) {
  const host_reading begin{10 * one_second, 100 * one_second, 50 * one_second};
  const host_reading end{12 * one_second, 101 * one_second, 51 * one_second};
  EXPECT_DOUBLE_EQ(*others_share(begin, end, one_second), 0);
}

TEST(Host, IsEmptyWithoutTheMachinesTotals) {
  EXPECT_FALSE(others_share({10 * one_second, {}, 0}, {12 * one_second, 100 * one_second, 0}, 0));
  EXPECT_FALSE(others_share({10 * one_second, 100 * one_second, 0}, {10 * one_second, 100 * one_second, 0}, 0));
}

TEST(Host, ThisMachineHasTotals) {
  const auto now = read_host();
  ASSERT_TRUE(now.busy_ns);
  EXPECT_GT(*now.busy_ns, 0);
  EXPECT_GT(now.own_ns, 0);
}

}  // namespace
}  // namespace tvl::load
