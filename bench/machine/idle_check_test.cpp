#include "bench/machine/idle_check.hpp"

#include "bench/machine/fake_machine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace tvl::suite {
namespace {

using namespace std::chrono_literals;

// Returns these values in turn, then always the last.
class idle_check_test : public testing::Test {
 protected:
  busy_reader reading(std::vector<std::optional<double>> values) {
    return [this, values](std::chrono::milliseconds time, const std::stop_token&) {
      slept.push_back(time);
      return values[std::min(slept.size(), values.size()) - 1];
    };
  }
  std::vector<std::chrono::milliseconds> slept;
};

TEST_F(idle_check_test, reads_an_idle_machine_once) {
  const auto found = idle_waiter(10, reading({0.05})).wait({});
  EXPECT_EQ(found.busy_share, 0.05);
  EXPECT_EQ(found.waited_s, 0);
  EXPECT_FALSE(found.busy());
  EXPECT_EQ(slept, std::vector{200ms});
}

TEST_F(idle_check_test, waits_for_a_busy_machine) {
  const auto found = idle_waiter(10, reading({1.5, 0.6, 0.1})).wait({});
  EXPECT_EQ(found.busy_share, 0.1);
  EXPECT_EQ(found.waited_s, 1);
  EXPECT_FALSE(found.busy());
  EXPECT_EQ(slept, (std::vector{200ms, 500ms, 500ms}));
}

TEST_F(idle_check_test, more_measured_cores_may_have_more_other_work) {
  EXPECT_TRUE(idle_waiter(0, reading({1.5}), 2).wait({}).busy());
  const auto found = idle_waiter(10, reading({1.5}), 32).wait({});
  EXPECT_EQ(found.cores, 32u);
  EXPECT_FALSE(found.busy());
}

TEST_F(idle_check_test, waits_only_once_for_a_permanently_busy_machine) {
  idle_waiter waiter(2, reading({1.5}));
  EXPECT_EQ(waiter.wait({}).waited_s, 2);
  const auto again = waiter.wait({});
  EXPECT_EQ(again.waited_s, 0.5);
  EXPECT_TRUE(again.busy());
}

TEST_F(idle_check_test, waits_again_after_an_idle_moment) {
  idle_waiter waiter(1, reading({1, 1, 1, /**/ 0, /**/ 1, 1, 0}));
  EXPECT_TRUE(waiter.wait({}).busy());
  EXPECT_FALSE(waiter.wait({}).busy());
  EXPECT_EQ(waiter.wait({}).waited_s, 1);
}

TEST_F(idle_check_test, without_patience_reads_once) {
  const auto found = idle_waiter(0, reading({1.5})).wait({});
  EXPECT_TRUE(found.busy());
  EXPECT_EQ(found.waited_s, 0);
}

TEST_F(idle_check_test, does_not_wait_for_an_unreadable_value) {
  const auto found = idle_waiter(10, reading({std::nullopt})).wait({});
  EXPECT_EQ(found.busy_share, std::nullopt);
  EXPECT_FALSE(found.busy());
  EXPECT_EQ(slept.size(), 1U);
}

TEST(read_busy, is_between_zero_and_all_cores_and_ends_when_stopped) {
  const auto busy = read_busy()(200ms, {});
  ASSERT_TRUE(busy);
  EXPECT_GE(*busy, 0);
  EXPECT_EQ(read_busy(fake_machine().files())(0ms, {}), std::nullopt) << "its CPU ticks do not advance";
  EXPECT_EQ(read_busy(machine_files(), {4095})(200ms, {}), std::nullopt) << "there is no such core to measure";
  std::stop_source source;
  source.request_stop();
  read_busy()(24h, source.get_token());
}

}  // namespace
}  // namespace tvl::suite
