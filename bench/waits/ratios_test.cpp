#include "bench/waits/ratios.hpp"

#include <gtest/gtest.h>

namespace tvl::bench {
namespace {

const std::string title = "CPU per call, awaiting / bare: median (smallest to largest)\n";

TEST(Ratios, AreTakenRepetitionByRepetition) {
  ratios r;
  const double awaiting[] = {12, 30, 11, 40}, bare[] = {10, 20, 10, 20};
  for (int i = 3; i >= 0; --i) r.add("fetch/bare/64", i, bare[i]);  // in any order
  for (int i = 0; i < 4; ++i) r.add("fetch/awaiting/64", i, awaiting[i]);
  r.add("fetch/blocking/64", 0, 1000);
  EXPECT_EQ(r.text(), title + "fetch, 64 at once     1.35 (1.10 to 2.00), 4 repetitions\n");
}

TEST(Ratios, OddNumberOfRepetitions) {
  ratios r;
  for (int i = 0; i < 3; ++i) {
    r.add("cache/awaiting/1", i, i + 1);
    r.add("cache/bare/1", i, 1);
  }
  EXPECT_EQ(r.text(), title + "cache, 1 at once      2.00 (1.00 to 3.00), 3 repetitions\n");
}

TEST(Ratios, OnlyOfRepetitionsThatHaveBoth) {
  ratios r;
  r.add("fetch/awaiting/1", 0, 3);
  r.add("fetch/bare/1", 1, 2);
  r.add("cache/awaiting/1", 0, 3);
  r.add("cache/awaiting/1", 1, 4);
  r.add("cache/bare/1", 1, 2);
  EXPECT_EQ(r.text(), title +
                          "cache, 1 at once      2.00 (2.00 to 2.00), 1 repetition\n"
                          "fetch, 1 at once      n/a\n");
}

TEST(Ratios, AreSortedByNumber) {
  ratios r;
  for (const auto* name : {"fetch/bare/64", "fetch/bare/1", "fetch/bare/16"}) r.add(name, 0, 1);
  EXPECT_EQ(r.text(), title + "fetch, 1 at once      n/a\nfetch, 16 at once     n/a\nfetch, 64 at once     n/a\n");
}

TEST(Ratios, NothingToCompare) {
  ratios r;
  EXPECT_EQ(r.text(), "");
  r.add("fetch/blocking/1", 0, 1);
  r.add("something/else", 0, 1);
  r.add("fetch/awaiting/1", 0, 0);
  EXPECT_EQ(r.text(), "");
}

}  // namespace
}  // namespace tvl::bench
