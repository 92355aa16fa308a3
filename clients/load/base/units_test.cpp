#include "clients/load/base/units.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace tvl::load {
namespace {

TEST(Units, DurationsHaveAUnitOrAreSeconds) {
  for (const auto& [text, seconds] : {std::pair{"10s", 10.0},
                                      {"500ms", 0.5},
                                      {"200us", 0.0002},
                                      {"2m", 120.0},
                                      {"1h", 3600.0},
                                      {"1.5h", 5400.0},
                                      {"0.05", 0.05},
                                      {"3", 3.0},
                                      {"1234567ms", 1234.567},
                                      {"0s", 0.0}}) {
    const auto read = parse_duration(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->seconds(), seconds) << text;
  }
}

TEST(Units, AnotherUnitIsNoDuration) {
  for (const auto* text : {"", "s", "10x", "10 s", "1k", "10S", "10sec", "10s5", "inf", "nan", "1e999", " 1", "1,5s"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Units, MicrosecondsNeedAUnit) {
  EXPECT_EQ(parse_duration("10ms")->microseconds(), 10'000.0);
  EXPECT_FALSE(parse_duration("10")->microseconds());
}

TEST(Units, AmountsAreInThousandsAndMillions) {
  for (const auto& [text, amount] : {std::pair{"500", 500.0},
                                     {"1k", 1e3},
                                     {"10K", 1e4},
                                     {"2M", 2e6},
                                     {"2.5M", 2.5e6},
                                     {"1G", 1e9},
                                     {"1e3", 1e3},
                                     {"-1k", -1e3}}) {
    const auto read = parse_amount(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, amount) << text;
  }
  for (const auto* text : {"", "k", "1m", "1kk", "1ki", "10s", "1 k", "inf", "1e306M"})
    EXPECT_FALSE(parse_amount(text)) << text;
}

TEST(Units, NumbersAreWrittenWithoutLoss) {
  EXPECT_EQ(exact_text(1234.567), "1234.567");
  EXPECT_EQ(exact_text(0.1), "0.1");
}

}  // namespace
}  // namespace tvl::load
