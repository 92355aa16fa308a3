#include "clients/load/recovery.hpp"

#include "clients/load/clock.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <numeric>

namespace tvl::load {
namespace {

constexpr double tolerance = 1.2;
constexpr std::int64_t shortest_interval = 100 * one_millisecond, most_intervals = 2000;

}  // namespace

recovery_record::recovery_record(std::int64_t length)
    : interval_(std::max(shortest_interval, length / most_intervals)),
      intervals_(static_cast<std::size_t>(length / interval_)) {}

void recovery_record::clear() { std::ranges::fill(intervals_, interval{}); }

std::size_t recovery_record::bucket_of(std::int64_t nanoseconds) {
  const auto value = static_cast<std::uint64_t>(std::max(nanoseconds, std::int64_t{1} << lowest_bit));
  const int octave = static_cast<int>(std::bit_width(value)) - 1;
  if (octave >= lowest_bit + octaves) return octaves * parts - 1;
  const auto part = (value >> (octave - 4)) % parts;
  return static_cast<std::size_t>(octave - lowest_bit) * parts + part;
}

void recovery_record::add(std::int64_t since, std::size_t bucket) {
  if (since < 0) return;
  const auto i = static_cast<std::size_t>(since / interval_);
  if (i < intervals_.size()) ++intervals_[i][bucket];
}

void recovery_record::took(std::int64_t since, std::int64_t nanoseconds) { add(since, bucket_of(nanoseconds)); }

void recovery_record::failed(std::int64_t since) { add(since, octaves * parts - 1); }

void recovery_record::merge(const recovery_record& other) {
  if (intervals_.empty()) return void(*this = other);
  for (std::size_t i = 0; i < intervals_.size(); ++i)
    std::ranges::transform(intervals_[i], other.intervals_[i], intervals_[i].begin(), std::plus<>());
}

bool recovery_record::share::as_before() const {
  const double expected = static_cast<double>(all) / 100;
  return all > 0 && static_cast<double>(over) <= expected + 2 * std::sqrt(expected);
}

std::optional<double> recovery_record::recovered_s(std::int64_t p99_before, std::int64_t length) const {
  const auto limit = bucket_of(std::llround(tolerance * static_cast<double>(p99_before)));
  const auto n = std::min(intervals_.size(), static_cast<std::size_t>(std::max(length, std::int64_t{0}) / interval_));
  std::vector<share> shares(n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto over = intervals_[i].begin() + static_cast<std::ptrdiff_t>(limit) + 1;
    shares[i].all = std::accumulate(intervals_[i].begin(), intervals_[i].end(), std::uint64_t{0});
    shares[i].over = std::accumulate(over, intervals_[i].end(), std::uint64_t{0});
  }
  const auto second = static_cast<std::size_t>((one_second + interval_ - 1) / interval_);
  std::optional<double> earliest;
  std::size_t good = 0;
  share next;  // of the second that follows
  for (std::size_t i = n; i-- > 0;) {
    next.over += shares[i].over, next.all += shares[i].all;
    if (i + second < n) next.over -= shares[i + second].over, next.all -= shares[i + second].all;
    good += shares[i].as_before();
    if (i + second <= n && shares[i].as_before() && next.as_before() && 10 * good >= 9 * (n - i))
      earliest = static_cast<double>(i) * static_cast<double>(interval_) / 1e9;
  }
  return earliest;
}

}  // namespace tvl::load
