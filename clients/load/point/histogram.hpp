#pragma once
// A log-linear histogram of durations in nanoseconds, bucket for bucket HdrHistogram's (lowest value 1 ns, three
// significant digits, highest value one hour): every recorded value is off by less than 1/1024 of itself.
// A histogram has 33,421 counters of 8 bytes. Latencies of one server use a few KiB of them, and only those pages take
// memory and time: a first touch costs up to 27 us on a busy virtual machine.
//
// HdrHistogram has no C or C++ package in Debian, hence our own.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iosfwd>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tvl::load {

class histogram {
 public:
  static constexpr std::int64_t highest_trackable = 3'600'000'000'000;  // one hour
  static constexpr int significant_digits = 3;

  histogram() = default;
  histogram(const histogram& other) { merge(other); }
  histogram(histogram&& other) noexcept { swap(other); }
  histogram& operator=(histogram other) noexcept {
    swap(other);
    return *this;
  }

  // Values below 0 count as 0, values above one hour as one hour; min(), max() and mean() are exact all the same.
  // Inline because it runs three times per request at 200,000 requests a second.
  void record(std::int64_t nanoseconds, std::uint64_t times = 1) {
    if (times == 0) return;
    if (!counts_) allocate();
    counts_[index_of(nanoseconds)] += times;
    count_ += times;
    min_ = std::min(min_, nanoseconds);
    max_ = std::max(max_, nanoseconds);
    sum_ += static_cast<double>(nanoseconds) * static_cast<double>(times);
  }
  void merge(const histogram& other);
  void clear();

  std::uint64_t count() const { return count_; }
  // Nanoseconds; empty when nothing was recorded.
  std::optional<std::int64_t> min() const;
  std::optional<std::int64_t> max() const;
  std::optional<double> mean() const;
  // The value that q (0..1) of all samples do not exceed, as the highest value of its bucket, at most max().
  std::optional<std::int64_t> quantile(double q) const;
  // Empty when fewer than `beyond` samples rank above it. Ranks, not values: the p99 of 1000 equal samples has ten
  // above it.
  std::optional<std::int64_t> quantile(double q, std::uint64_t beyond) const;

  // HdrHistogram V2 log encoding ("HISTF..."), base64 of a compressed payload. It holds buckets only: in a
  // decoded histogram min() and max() are the edges of their buckets and mean() is made of bucket middles.
  std::string encode() const;
  // Throws std::invalid_argument: not such a text, another precision, or values beyond one hour.
  static histogram decode(const std::string& text);
  // Gives a decoded histogram what its encoding did not hold. Throws std::invalid_argument: its lowest or highest
  // bucket is another.
  void restore(std::int64_t min, double mean, std::int64_t max);

  // The buckets that hold samples, lowest first: {highest value of the bucket in nanoseconds, samples}.
  struct bucket {
    std::int64_t highest;
    std::uint64_t samples;
  };
  std::vector<bucket> buckets() const;

 private:
  // Values below 2048 have a bucket each; from there on every power of two is cut into 1024 buckets.
  // There is one counter for each bucket up to one hour.
  static constexpr int half_bits = 10;
  static constexpr std::uint64_t linear_values = std::uint64_t{2} << half_bits;

  static constexpr std::size_t index_of(std::int64_t nanoseconds) {
    const auto value = static_cast<std::uint64_t>(std::clamp<std::int64_t>(nanoseconds, 0, highest_trackable));
    const int shift = 63 - half_bits - std::countl_zero(value | (linear_values - 1));
    return (static_cast<std::size_t>(shift) << half_bits) + (value >> shift);
  }
  static std::int64_t lowest_of(std::size_t index);
  static std::int64_t highest_of(std::size_t index);

  struct free_memory {
    void operator()(std::uint64_t* p) const { std::free(p); }
  };
  static constexpr std::size_t size = 33'421;

  void allocate();
  void swap(histogram& other) noexcept;
  // The counters that may be above 0 are from first() to last(). Both need a sample.
  std::size_t first() const { return index_of(min_); }
  std::size_t last() const { return index_of(max_); }

  std::unique_ptr<std::uint64_t[], free_memory> counts_;  // null = nothing was recorded
  std::uint64_t count_ = 0;
  std::int64_t min_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t max_ = std::numeric_limits<std::int64_t>::min();
  double sum_ = 0;  // exact up to 2^53 ns, which is 104 days of summed durations
};

// The table the HdrHistogram plotters read ("Value Percentile TotalCount 1/(1-Percentile)"), row for row what
// HdrHistogram prints with five ticks per half distance; values are nanoseconds / unit_divisor.
void write_hgrm(std::ostream&, const histogram&, double unit_divisor);

}  // namespace tvl::load
