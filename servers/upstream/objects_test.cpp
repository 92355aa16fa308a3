#include "servers/upstream/objects.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tvl::upstream {
namespace {

// Joins pieces of at most `most` bytes.
std::string object(std::uint64_t size, std::uint64_t most) {
  std::string result;
  while (result.size() < size)
    result += object_content(result.size(), std::min<std::uint64_t>(most, size - result.size()));
  return result;
}

TEST(Objects, HaveTheirSizes) {
  EXPECT_EQ(object_size("small"), 1024);
  EXPECT_EQ(object_size("medium"), 1'048'576);
  EXPECT_EQ(object_size("large"), 67'108'864);
  EXPECT_EQ(object_size("0B"), 0);
  EXPECT_EQ(object_size("300kB"), 300'000);
  EXPECT_EQ(object_size("64KiB"), 65'536);
  EXPECT_EQ(object_size("2MB"), 2'000'000);
  EXPECT_EQ(object_size("1024MiB"), largest_object);
}

TEST(Objects, OthersAreNotThere) {
  for (const char* name : {"", "huge", "kB", "1", "1GB", "1025MiB", "-1kB", "1 kB", "99999999999999999999kB",
                           "18446744073709551615B", "../small", "small/"})
    EXPECT_EQ(object_size(name), std::nullopt) << name;
}

TEST(Objects, AreTheSameHoweverTheyAreCut) {
  const auto whole = object(1'000'003, 1u << 20);
  EXPECT_EQ(whole.size(), 1'000'003u);
  EXPECT_TRUE(object(1'000'003, 4096) == whole);
  EXPECT_TRUE(object(1'000'003, 65'521) == whole);
}

TEST(Objects, PiecesAreLargeAndTellTheirPlace) {
  for (const std::uint64_t at : {0u, 1u, 65'520u, 65'521u, 1u << 20})
    EXPECT_GE(object_content(at, 1u << 20).size(), 128'000u);
  for (const std::uint64_t at : {1u, 4096u, 16'384u, 65'536u, 1u << 20})
    EXPECT_NE(object_content(at, 4096), object_content(0, 4096)) << at;
}

}  // namespace
}  // namespace tvl::upstream
