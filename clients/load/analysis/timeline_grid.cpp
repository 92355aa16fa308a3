#include "clients/load/analysis/timeline_grid.hpp"

#include "clients/load/analysis/phases.hpp"

#include <algorithm>

namespace tvl::load {
namespace {

constexpr std::int64_t fine = 100 * one_millisecond;
constexpr double longest_in_fine_rows_s = 200;  // 2000 rows; a longer window with changes has rows of a second

}  // namespace

timeline_grid::timeline_grid(const plan& p) : interval_(one_second), window_(to_ns(p.seconds)) {
  for (const double at_s : changes_of(p)) changes_.push_back(to_ns(at_s));
  if (!changes_.empty() && p.seconds <= longest_in_fine_rows_s) interval_ = fine;
}

std::int64_t timeline_grid::end_of(std::int64_t begin) const {
  if (window_ == never) return never;
  std::int64_t end = begin + interval_;
  if (const auto change = std::ranges::upper_bound(changes_, begin); change != changes_.end())
    end = std::min(end, *change);
  return end < window_ ? end : never;
}

timeline_grid::row timeline_grid::first_read() const {
  const row first{0, 0, end_of(0)};
  return first.end == never || is_read(first) ? first : next_read(first);
}

timeline_grid::row timeline_grid::next_read(row r) const {
  do r = {r.index + 1, r.end, end_of(r.end)};
  while (r.end != never && !is_read(r));
  return r;
}

bool timeline_grid::is_read(const row& r) const {
  const auto is_change = [this](std::int64_t at) { return std::ranges::binary_search(changes_, at); };
  return r.ends_second() || is_change(r.end) || is_change(r.begin);
}

}  // namespace tvl::load
