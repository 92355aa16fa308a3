#include "clients/load/analysis/recovery.hpp"

#include "clients/load/base/clock.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <numeric>

namespace tvl::load {
namespace {

constexpr double tolerance = 1.2;
constexpr std::int64_t shortest_interval = 100 * one_millisecond, most_steps = 2000;

std::size_t count(std::int64_t length, std::int64_t interval) {
  return static_cast<std::size_t>(std::max<std::int64_t>(length, 0) / interval);
}

template <class Interval>
bool has_requests(const Interval& i) {
  return std::ranges::any_of(i, [](auto n) { return n > 0; });
}

template <class Intervals>
void merge_intervals(Intervals& into, const Intervals& from) {
  for (std::size_t i = 0; i < into.size(); ++i)
    std::ranges::transform(into[i], from[i], into[i].begin(), std::plus<>());
}

}  // namespace

recovery_record::recovery_record(std::int64_t first_change, std::int64_t last_change, std::int64_t end)
    : last_change_(last_change),
      interval_(std::max(shortest_interval, std::max(first_change, end - last_change) / most_steps)),
      before_(count(first_change, interval_)),
      after_(count(end - last_change, interval_)) {}

void recovery_record::clear() {
  std::ranges::fill(before_, interval{});
  std::ranges::fill(after_, interval{});
}

std::size_t recovery_record::bucket_of(std::int64_t nanoseconds) {
  const auto value = static_cast<std::uint64_t>(std::max(nanoseconds, std::int64_t{1} << lowest_bit));
  const int octave = static_cast<int>(std::bit_width(value)) - 1;
  if (octave >= lowest_bit + octaves) return octaves * parts - 1;
  const auto part = (value >> (octave - 4)) % parts;
  return static_cast<std::size_t>(octave - lowest_bit) * parts + part;
}

// The lowest limit exceeded by no more than chance allows beyond a p99.
std::size_t recovery_record::p99_bucket(const interval& i) {
  const double expected = std::accumulate(i.begin(), i.end(), 0.0) / 100;
  const double allowed = expected + 2 * std::sqrt(expected);
  double above = 0;
  std::size_t bucket = i.size() - 1;
  while (bucket > 0 && (above += i[bucket]) <= allowed) --bucket;
  return bucket;
}

void recovery_record::add(std::int64_t due, std::size_t bucket) {
  if (due < 0) return;
  const bool after = due >= last_change_;
  auto& stretch = after ? after_ : before_;
  const auto i = static_cast<std::size_t>((after ? due - last_change_ : due) / interval_);
  if (i < stretch.size()) ++stretch[i][bucket];
}

void recovery_record::took(std::int64_t due, std::int64_t nanoseconds) { add(due, bucket_of(nanoseconds)); }

void recovery_record::failed(std::int64_t due) { add(due, octaves * parts - 1); }

void recovery_record::merge(const recovery_record& other) {
  if (after_.empty()) return void(*this = other);
  merge_intervals(before_, other.before_);
  merge_intervals(after_, other.after_);
}

std::optional<std::size_t> recovery_record::limit() const {
  std::vector<std::size_t> all;
  for (const auto& i : before_)
    if (has_requests(i)) all.push_back(p99_bucket(i));
  if (all.empty()) return std::nullopt;
  const auto nine_in_ten = all.begin() + static_cast<std::ptrdiff_t>((9 * all.size() + 9) / 10 - 1);
  std::ranges::nth_element(all, nine_in_ten);
  const auto buckets = static_cast<std::size_t>(std::llround(std::log2(tolerance) * parts));
  return std::min(*nine_in_ten + buckets, std::size_t{octaves * parts - 2});
}

std::optional<double> recovery_record::recovered_s(std::int64_t end) const {
  const auto highest = limit();
  if (!highest) return std::nullopt;
  const auto n = std::min(after_.size(), count(end - last_change_, interval_));
  std::vector<bool> as_before(n);
  for (std::size_t i = 0; i < n; ++i) as_before[i] = has_requests(after_[i]) && p99_bucket(after_[i]) <= *highest;

  const auto second = static_cast<std::size_t>((one_second + interval_ - 1) / interval_);
  std::optional<double> earliest;
  std::size_t good = 0;  // in the second that follows
  for (std::size_t i = n; i-- > 0;) {
    good += as_before[i];
    if (i + second > n) continue;
    if (i + second < n) good -= as_before[i + second];
    if (10 * good < 5 * second) break;
    if (as_before[i] && 10 * good >= 8 * second)
      earliest = static_cast<double>(i) * static_cast<double>(interval_) / 1e9;
  }
  return earliest;
}

}  // namespace tvl::load
