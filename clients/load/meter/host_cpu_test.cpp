#include "clients/load/meter/host_cpu.hpp"

#include "clients/load/base/clock.hpp"

#include <gtest/gtest.h>

#include <sched.h>

#include <sstream>

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

TEST(Host, OnlyTheMeasuredCoresCount) {
  const auto busy = [](const std::vector<int>& cores) {
    std::istringstream stat(
        "cpu  111 0 222 9000 10 3 0 6 0 0\ncpu0 1 0 2 3000 5 3 0 0 0 0\ncpu1 10 0 20 3000 5 0 0 6 0 0\n"
        "cpu10 100 0 200 3000 0 0 0 0 0 0\nintr 5 1 2 3\n");
    return busy_ticks(stat, cores);
  };
  EXPECT_EQ(busy({}), 342);
  EXPECT_EQ(busy({0}), 6);
  EXPECT_EQ(busy({0, 1}), 42);
  EXPECT_EQ(busy({10, 1, 10}), 336);
  EXPECT_EQ(busy({2}), std::nullopt) << "it is offline";
  std::istringstream none;
  EXPECT_EQ(busy_ticks(none, {}), std::nullopt);
}

TEST(Host, ThisMachineHasTotals) {
  ASSERT_TRUE(read_host({::sched_getcpu()}).busy_ns);
  const auto now = read_host();
  ASSERT_TRUE(now.busy_ns);
  EXPECT_GT(*now.busy_ns, 0);
  EXPECT_GT(now.own_ns, 0);
}

}  // namespace
}  // namespace tvl::load
