#include "bench/primitives/support/footprint.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace tvl::primitives {
namespace {

TEST(footprint, slope_ignores_constant_memory) {
  const std::vector<footprint> sizes = {
      {10, 1000 + 10 * 7, 50, 0}, {20, 1000 + 20 * 7, 50, 0}, {40, 1000 + 40 * 7, 50, 0}};
  EXPECT_DOUBLE_EQ(slope(sizes, &footprint::heap), 7);
  EXPECT_DOUBLE_EQ(slope(sizes, &footprint::resident), 0);
}

constexpr std::size_t each = 4000;

// Writes to every byte: untouched memory is not resident.
void blocks(std::int64_t n, const std::function<void(std::int64_t)>& there) {
  std::vector<std::unique_ptr<char[]>> all;
  for (std::int64_t i = 0; i < n; ++i) {
    all.push_back(std::make_unique<char[]>(each));
    for (std::size_t at = 0; at < each; ++at) const_cast<volatile char&>(all.back()[at]) = 1;
  }
  there(n);
}

TEST(footprint, measures_resident_memory) {
  std::vector<footprint> sizes;
  for (const std::int64_t n : {1000, 2000, 3000}) {
    const auto taken = taken_in_a_child([n](const auto& there) { blocks(n, there); });
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->items, n);
    sizes.push_back(*taken);
  }
  EXPECT_GT(slope(sizes, &footprint::resident), each * 0.9);
  EXPECT_LT(slope(sizes, &footprint::resident), each * 8.0);  // sanitizers use more
}

TEST(footprint, is_empty_without_a_report) {
  EXPECT_FALSE(taken_in_a_child([](const auto&) {}));
}

}  // namespace
}  // namespace tvl::primitives
