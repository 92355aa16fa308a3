#include "clients/load/analysis/timeline_grid.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace tvl::load {
namespace {

plan of(double seconds, std::vector<step> steps = {}) {
  plan p;
  p.rate = 1000;
  p.seconds = seconds;
  p.steps = std::move(steps);
  return p;
}

// Milliseconds, without the last row's end, which is the window's.
std::vector<std::int64_t> ends(const plan& p) {
  const timeline_grid grid(p);
  std::vector<std::int64_t> all;
  for (auto end = grid.end_of(0); end != never; end = grid.end_of(end)) all.push_back(end / one_millisecond);
  return all;
}

struct row_read {
  std::size_t row;
  std::int64_t at_ms;
  bool ends_second;
  bool operator==(const row_read&) const = default;
};

std::vector<row_read> readings(const plan& p) {
  const timeline_grid grid(p);
  std::vector<row_read> all;
  for (auto r = grid.first_read(); r.end != never; r = grid.next_read(r))
    all.push_back({r.index, r.end / one_millisecond, r.ends_second()});
  return all;
}

TEST(TimelineGrid, ARowIsASecondWhereNothingChanges) {
  EXPECT_EQ(ends(of(3.5)), (std::vector<std::int64_t>{1000, 2000, 3000}));
  EXPECT_EQ(ends(of(3)), (std::vector<std::int64_t>{1000, 2000}));
  EXPECT_EQ(ends(of(0.4)), (std::vector<std::int64_t>{}));
  EXPECT_EQ(timeline_grid(of(3)).interval(), one_second);
}

TEST(TimelineGrid, ATenthOfASecondWhereThePlanChanges) {
  EXPECT_EQ(ends(of(0.5, {{0.2, 1}})), (std::vector<std::int64_t>{100, 200, 300, 400}));
  EXPECT_EQ(timeline_grid(of(3, {{1, 1}})).interval(), one_second / 10);
}

TEST(TimelineGrid, RowsBeginAnewAtAChange) {
  EXPECT_EQ(ends(of(0.5, {{0.15, 1}, {0.22, 2}})), (std::vector<std::int64_t>{100, 150, 220, 320, 420}));
}

TEST(TimelineGrid, AStormAndLateConnectionsAreChangesToo) {
  plan storm = of(0.3);
  storm.storm_s = 0.25;
  EXPECT_EQ(ends(storm), (std::vector<std::int64_t>{100, 200, 250}));
  plan late = of(0.3);
  late.late = {0.05, 10};
  EXPECT_EQ(ends(late), (std::vector<std::int64_t>{50, 150, 250}));
}

TEST(TimelineGrid, ALongWindowHasSecondsButRowsBeginAnewAtAChange) {
  const auto all = ends(of(300, {{1.5, 1}}));
  EXPECT_EQ(timeline_grid(of(300, {{1.5, 1}})).interval(), one_second);
  EXPECT_EQ(std::vector(all.begin(), all.begin() + 4), (std::vector<std::int64_t>{1000, 1500, 2500, 3500}));
}

TEST(TimelineGrid, TheServerIsReadEverySecondWhereNothingChanges) {
  EXPECT_EQ(readings(of(2.5)), (std::vector<row_read>{{0, 1000, true}, {1, 2000, true}}));
  EXPECT_EQ(readings(of(0.5)), (std::vector<row_read>{}));
}

TEST(TimelineGrid, TheServerIsReadBeforeAndAfterAChange) {
  EXPECT_EQ(readings(of(2.5, {{1.5, 1}})),
            (std::vector<row_read>{{9, 1000, true}, {14, 1500, false}, {15, 1600, false}, {19, 2000, true}}));
  EXPECT_EQ(readings(of(1.5, {{1, 1}})), (std::vector<row_read>{{9, 1000, true}, {10, 1100, false}}));
}

TEST(TimelineGrid, EverySecondHasAReadingWhereverTheRowsEnd) {
  EXPECT_EQ(readings(of(2.2, {{0.25, 1}})),
            (std::vector<row_read>{{2, 250, false}, {3, 350, false}, {10, 1050, true}, {20, 2050, true}}));
}

TEST(TimelineGrid, WithoutAPlanThereIsASingleRow) {
  EXPECT_EQ(timeline_grid().end_of(0), never);
  EXPECT_EQ(timeline_grid().first_read().end, never);
}

}  // namespace
}  // namespace tvl::load
