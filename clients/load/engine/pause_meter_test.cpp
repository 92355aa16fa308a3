#include "clients/load/engine/pause_meter.hpp"

#include <gtest/gtest.h>

namespace tvl::load {
namespace {

constexpr std::int64_t ms = one_millisecond;

TEST(PauseMeter, AThreadThatSleepsAsLongAsItWantedHasNoPause) {
  pause_meter meter;
  meter.begin(1000 * ms);
  meter.sleeps(1010 * ms);
  meter.runs(1029 * ms);
  EXPECT_EQ(meter.paused(), 0);
}

TEST(PauseMeter, ASleepThatLastsLongerIsAPause) {
  pause_meter meter;
  meter.begin(1000 * ms);
  meter.sleeps(1010 * ms);
  meter.runs(1060 * ms);
  meter.runs(1079 * ms);  // one batch
  EXPECT_EQ(meter.paused(), 50 * ms);
}

TEST(PauseMeter, AnEventBeforeTheEndOfASleepIsNone) {
  pause_meter meter;
  meter.begin(1000 * ms);
  meter.sleeps(1010 * ms);
  meter.runs(1001 * ms);
  meter.runs(1021 * ms);  // 20 ms without a sleep
  EXPECT_EQ(meter.paused(), 20 * ms);
}

TEST(PauseMeter, BeforeTheWindowNothingCounts) {
  pause_meter meter;
  meter.runs(1000 * ms);
  meter.runs(2000 * ms);
  meter.begin(2000 * ms);
  EXPECT_EQ(meter.paused(), 0);
  meter.runs(2100 * ms);
  EXPECT_EQ(meter.paused(), 100 * ms);
}

}  // namespace
}  // namespace tvl::load
