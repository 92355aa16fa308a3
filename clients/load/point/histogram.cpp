#include "clients/load/point/histogram.hpp"

#include <cmath>
#include <cstdio>
#include <new>
#include <ostream>
#include <stdexcept>
#include <utility>

namespace tvl::load {

namespace {

int shift_of(std::size_t index, int half_bits) {
  return index >> half_bits == 0 ? 0 : static_cast<int>(index >> half_bits) - 1;
}

// Every half distance to 100 % gets five rows: levels 0, 10, .. 50, 55, .. 75, 77.5, ..
double next_level(double percent) {
  const auto halvings = std::floor(std::log2(100.0 / (100.0 - percent)));
  return percent + 100.0 / (5 * std::exp2(halvings + 1));
}

template <class... Values>
void print(std::ostream& out, const char* format, Values... values) {
  char line[160];
  std::snprintf(line, sizeof line, format, values...);
  out << line;
}

// Of the buckets, around their own mean: samples that are all alike deviate by nothing.
double deviation(const std::vector<histogram::bucket>& buckets, double count) {
  double sum = 0, squares = 0;
  for (const auto& b : buckets) sum += static_cast<double>(b.highest) * static_cast<double>(b.samples);
  for (const auto& b : buckets) {
    const double distance = static_cast<double>(b.highest) - sum / count;
    squares += distance * distance * static_cast<double>(b.samples);
  }
  return std::sqrt(squares / count);
}

}  // namespace

// calloc() gives pages that the kernel clears when they are first touched.
void histogram::allocate() {
  static_assert(size == index_of(highest_trackable) + 1);
  counts_.reset(static_cast<std::uint64_t*>(std::calloc(size, sizeof(std::uint64_t))));
  if (!counts_) throw std::bad_alloc();
}

void histogram::swap(histogram& other) noexcept {
  std::swap(counts_, other.counts_);
  std::swap(count_, other.count_);
  std::swap(min_, other.min_);
  std::swap(max_, other.max_);
  std::swap(sum_, other.sum_);
}

void histogram::merge(const histogram& other) {
  if (other.count_ == 0) return;
  if (!counts_) allocate();
  for (std::size_t i = other.first(); i <= other.last(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

void histogram::clear() { *this = histogram(); }

void histogram::restore(std::int64_t min, double mean, std::int64_t max) {
  if (count_ == 0 || index_of(min) != first() || index_of(max) != last())
    throw std::invalid_argument("a histogram's min or max is not in its first or last bucket");
  min_ = min;
  max_ = max;
  sum_ = mean * static_cast<double>(count_);
}

std::optional<std::int64_t> histogram::min() const {
  if (count_ == 0) return std::nullopt;
  return min_;
}

std::optional<std::int64_t> histogram::max() const {
  if (count_ == 0) return std::nullopt;
  return max_;
}

std::optional<double> histogram::mean() const {
  if (count_ == 0) return std::nullopt;
  return sum_ / static_cast<double>(count_);
}

std::optional<std::int64_t> histogram::quantile(double q) const { return quantile(q, 0); }

std::optional<std::int64_t> histogram::quantile(double q, std::uint64_t beyond) const {
  if (count_ == 0) return std::nullopt;
  // One ulp less, or 0.07 * 100 = 7.000000000000001 would ask for the eighth sample.
  const double wanted = std::ceil(std::nextafter(std::clamp(q, 0.0, 1.0), 0.0) * static_cast<double>(count_));
  const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, count_);
  if (count_ - rank < beyond) return std::nullopt;

  std::uint64_t seen = 0;
  std::size_t index = first();
  while ((seen += counts_[index]) < rank) ++index;
  return std::min(highest_of(index), max_);
}

std::vector<histogram::bucket> histogram::buckets() const {
  std::vector<bucket> filled;
  if (count_ == 0) return filled;
  for (std::size_t i = first(); i <= last(); ++i)
    if (counts_[i] > 0) filled.push_back({highest_of(i), counts_[i]});
  return filled;
}

std::int64_t histogram::lowest_of(std::size_t index) {
  const int shift = shift_of(index, half_bits);
  return static_cast<std::int64_t>((index - (static_cast<std::size_t>(shift) << half_bits)) << shift);
}

std::int64_t histogram::highest_of(std::size_t index) {
  return lowest_of(index) + (std::int64_t{1} << shift_of(index, half_bits)) - 1;
}

void write_hgrm(std::ostream& out, const histogram& h, double unit_divisor) {
  print(out, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
  if (h.count() == 0) return;

  const auto total = h.count();
  const auto buckets = h.buckets();
  std::uint64_t seen = 0;
  double level = 0;
  for (const auto& b : buckets) {
    seen += b.samples;
    const double value = static_cast<double>(b.highest) / unit_divisor;
    while (100.0 * static_cast<double>(seen) / static_cast<double>(total) >= level) {
      print(out, "%12.3f %2.12f %10llu %14.2f\n", value, level / 100, static_cast<unsigned long long>(seen),
            1 / (1 - level / 100));
      level = next_level(level);
      if (seen == total) break;  // all counted: only the closing row is left
    }
  }
  print(out, "%12.3f %2.12f %10llu\n", static_cast<double>(buckets.back().highest) / unit_divisor, 1.0,
        static_cast<unsigned long long>(total));

  print(out, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", *h.mean() / unit_divisor,
        deviation(buckets, static_cast<double>(total)) / unit_divisor);
  print(out, "#[Max     = %12.3f, Total count    = %12llu]\n", static_cast<double>(*h.max()) / unit_divisor,
        static_cast<unsigned long long>(total));
  print(out, "#[Buckets = %12d, SubBuckets     = %12d]\n", 32, 2048);
}

}  // namespace tvl::load
