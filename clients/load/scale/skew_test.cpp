#include "clients/load/scale/skew.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

TEST(Skew, NoErrorIsLargerThanItsUncertainty) {
  for (const double tail : {10e3, 1e6})
    for (const double asymmetry : {0.0, 500e3}) {
      const skew s = skew_of(100, {.base = 50e3, .tail = tail, .asymmetry = asymmetry}, 1);
      EXPECT_LE(s.error, s.uncertainty);
      EXPECT_LE(s.widest, 2 * s.error);
      EXPECT_GT(s.widest, 0);
    }
}

TEST(Skew, ALongerWayBackShiftsAHostByHalfOfIt) {
  const skew s = skew_of(100, {.base = 50e3, .tail = 1e3, .asymmetry = 500e3}, 1);
  EXPECT_NEAR(static_cast<double>(s.error), 250e3, 1e3);
  EXPECT_NEAR(static_cast<double>(s.widest), 250e3, 2e3);
}

}  // namespace
}  // namespace tvl::load
