#include "bench/suite/validation/delayed_ack.hpp"

#include <gtest/gtest.h>

namespace tvl::suite {
namespace {

std::vector<milliseconds> times(const std::vector<double>& ms) { return {ms.begin(), ms.end()}; }

TEST(delayed_ack, most_replies_at_about_40_ms_give_a_hint) {
  const auto hint = delayed_ack_hint(times({0.4, 43.9, 44.1, 48.2, 44, 43.8}));
  EXPECT_EQ(hint, "about 40 ms a reply: Nagle's algorithm and delayed ACK; set TCP_NODELAY");
  EXPECT_EQ(delayed_ack_hint(times({88, 87.9, 0.2})), hint) << "two delays in a reply";
}

TEST(delayed_ack, other_times_give_none) {
  EXPECT_EQ(delayed_ack_hint({}), "");
  for (const auto& ms : std::vector<std::vector<double>>{
           {0.1, 0.1, 0.2}, {50, 50.2, 51}, {37, 30, 20}, {44, 44, 0.1, 0.1}, {400, 410, 420}})
    EXPECT_EQ(delayed_ack_hint(times(ms)), "") << ms.front();
}

TEST(delayed_ack, takes_as_many_times_as_asked_for) {
  int asked = 0;
  const auto took = times_of(
      [&] {
        reply r;
        r.took = milliseconds(++asked);
        return r;
      },
      3);
  EXPECT_EQ(took, times({1, 2, 3}));
}

}  // namespace
}  // namespace tvl::suite
