#include "bench/primitives/support/limits.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace tvl::primitives {
namespace {

constexpr std::uint64_t too_much = std::uint64_t{1} << 60;

TEST(limits, little_fits) { EXPECT_EQ(lacking({.threads = 2, .descriptors = 2, .bytes = 1 << 20}), ""); }

TEST(limits, what_does_not_fit_is_named) {
  EXPECT_THAT(
      lacking({.threads = too_much}),
      testing::MatchesRegex("skipped: 1152921504606846976 threads need more than [a-zA-Z].* [0-9]+, which leaves "
                            "[0-9]+"));
  EXPECT_THAT(lacking({.descriptors = too_much}),
              testing::MatchesRegex("skipped: 1152921504606846976 descriptors need more than RLIMIT_NOFILE [0-9]+"));
  EXPECT_THAT(lacking({.bytes = too_much}),
              testing::MatchesRegex("skipped: 1152921504606846976 bytes need more than 3/4 of (MemAvailable|cgroup "
                                    "memory.max) [0-9]+"));
}

}  // namespace
}  // namespace tvl::primitives
