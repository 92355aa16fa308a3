#include "bench/machine/idle_check.hpp"

#include "bench/machine/fake_machine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace tvl::suite {
namespace {

using namespace std::chrono_literals;

// Reads these one after another, the last for ever.
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

TEST_F(idle_check_test, an_idle_machine_is_looked_at_once) {
  const auto found = idle_waiter(10, reading({0.05})).wait({});
  EXPECT_EQ(found.busy_share, 0.05);
  EXPECT_EQ(found.waited_s, 0);
  EXPECT_FALSE(found.busy());
  EXPECT_EQ(slept, std::vector{200ms});
}

TEST_F(idle_check_test, a_busy_one_is_waited_for) {
  const auto found = idle_waiter(10, reading({1.5, 0.6, 0.1})).wait({});
  EXPECT_EQ(found.busy_share, 0.1);
  EXPECT_EQ(found.waited_s, 1);
  EXPECT_FALSE(found.busy());
  EXPECT_EQ(slept, (std::vector{200ms, 500ms, 500ms}));
}

TEST_F(idle_check_test, one_that_is_busy_for_good_costs_its_patience_once) {
  idle_waiter waiter(2, reading({1.5}));
  EXPECT_EQ(waiter.wait({}).waited_s, 2);
  const auto again = waiter.wait({});
  EXPECT_EQ(again.waited_s, 0.5);
  EXPECT_TRUE(again.busy());
}

TEST_F(idle_check_test, patience_comes_back_with_an_idle_moment) {
  idle_waiter waiter(1, reading({1, 1, 1, /**/ 0, /**/ 1, 1, 0}));
  EXPECT_TRUE(waiter.wait({}).busy());
  EXPECT_FALSE(waiter.wait({}).busy());
  EXPECT_EQ(waiter.wait({}).waited_s, 1);
}

TEST_F(idle_check_test, without_patience_there_is_one_look) {
  const auto found = idle_waiter(0, reading({1.5})).wait({});
  EXPECT_TRUE(found.busy());
  EXPECT_EQ(found.waited_s, 0);
}

TEST_F(idle_check_test, what_cannot_be_read_is_not_waited_for) {
  const auto found = idle_waiter(10, reading({std::nullopt})).wait({});
  EXPECT_EQ(found.busy_share, std::nullopt);
  EXPECT_FALSE(found.busy());
  EXPECT_EQ(slept.size(), 1U);
}

TEST(read_busy, is_between_nothing_and_all_cores_and_ends_when_stopped) {
  const auto busy = read_busy()(200ms, {});
  ASSERT_TRUE(busy);
  EXPECT_GE(*busy, 0);
  EXPECT_EQ(read_busy(fake_machine().files())(0ms, {}), std::nullopt) << "its clock stands still";
  std::stop_source source;
  source.request_stop();
  read_busy()(24h, source.get_token());
}

}  // namespace
}  // namespace tvl::suite
