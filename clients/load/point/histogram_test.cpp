#include "clients/load/point/histogram.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>

namespace tvl::load {
namespace {

constexpr double relative_error = 1.0 / 1024;

// From 1 ns to one hour, every power of ten as likely as the next.
std::vector<std::int64_t> durations(std::uint64_t seed, std::size_t n) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(0, std::log10(3.6e12));
  std::vector<std::int64_t> values(n);
  for (auto& v : values) v = static_cast<std::int64_t>(std::pow(10, exponent(random)));
  return values;
}

histogram of(const std::vector<std::int64_t>& values) {
  histogram h;
  for (const auto v : values) h.record(v);
  return h;
}

std::vector<std::pair<std::int64_t, std::uint64_t>> pairs(const histogram& h) {
  std::vector<std::pair<std::int64_t, std::uint64_t>> all;
  for (const auto& b : h.buckets()) all.emplace_back(b.highest, b.samples);
  return all;
}

void expect_equal(const histogram& a, const histogram& b) {
  EXPECT_EQ(a.count(), b.count());
  EXPECT_EQ(a.min(), b.min());
  EXPECT_EQ(a.max(), b.max());
  EXPECT_EQ(a.mean(), b.mean());
  EXPECT_EQ(pairs(a), pairs(b));
}

TEST(Histogram, EmptyHasNoValues) {
  const histogram h;
  EXPECT_EQ(h.count(), 0u);
  EXPECT_FALSE(h.min());
  EXPECT_FALSE(h.max());
  EXPECT_FALSE(h.mean());
  EXPECT_FALSE(h.quantile(0));
  EXPECT_FALSE(h.quantile(1));
  EXPECT_TRUE(h.buckets().empty());
}

TEST(Histogram, ErrorIsBelowOneIn1024OverTheWholeRange) {
  auto values = durations(1, 2000);
  for (int power = 0; power < 42; ++power)
    for (const std::int64_t off : {-1, 0, 1}) values.push_back((std::int64_t{1} << power) + off);
  for (const auto value : values) {
    const auto v = std::min(value, histogram::highest_trackable);
    const auto highest = of({v}).buckets().at(0).highest;
    ASSERT_GE(highest, v);
    ASSERT_LT((highest - v) * 1024, std::max<std::int64_t>(v, 1));
  }
}

TEST(Histogram, ValuesBelow2048AreExact) {
  histogram h;
  for (std::int64_t v = 0; v < 2048; ++v) h.record(v);
  const auto buckets = h.buckets();
  ASSERT_EQ(buckets.size(), 2048u);
  for (std::int64_t v = 0; v < 2048; ++v) ASSERT_EQ(buckets[static_cast<std::size_t>(v)].highest, v);
}

TEST(Histogram, QuantilesAgreeWithTheSortedSamples) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto values = durations(seed, 1 + seed * 137);
    const auto h = of(values);
    std::sort(values.begin(), values.end());
    for (const double q : {0.0, 0.001, 0.07, 0.29, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      const auto n = static_cast<double>(values.size());
      const auto rank = std::max(1.0, std::ceil(q * n - 1e-9));
      const auto exact = values[static_cast<std::size_t>(rank) - 1];
      const auto got = *h.quantile(q);
      EXPECT_GE(got, exact) << "seed " << seed << " q " << q;
      EXPECT_LE(static_cast<double>(got - exact), relative_error * static_cast<double>(exact))
          << "seed " << seed << " q " << q;
    }
    EXPECT_EQ(h.quantile(1), values.back());
    EXPECT_EQ(h.min(), values.front());
    EXPECT_EQ(h.max(), values.back());
  }
}

TEST(Histogram, RoundingDoesNotAskForOneSampleMore) {
  histogram h;  // 0.07 * 100 is 7.000000000000001 in binary
  for (std::int64_t v = 1; v <= 100; ++v) h.record(v);
  for (std::int64_t percent = 1; percent <= 100; ++percent)
    EXPECT_EQ(h.quantile(static_cast<double>(percent) / 100), percent);
  EXPECT_EQ(h.quantile(0), 1);
}

TEST(Histogram, QuantileNeedsSamplesBeyond) {
  histogram h;
  h.record(5'000, 999);
  EXPECT_FALSE(h.quantile(0.99, 10));
  h.record(5'000);
  EXPECT_TRUE(h.quantile(0.99, 10));
  EXPECT_FALSE(h.quantile(0.99, 11));
  EXPECT_FALSE(h.quantile(1, 1));
  EXPECT_TRUE(h.quantile(1, 0));
}

TEST(Histogram, MergeIsAssociativeAndEqualToRecordingAll) {
  const auto a = durations(1, 1000), b = durations(2, 2000), c = durations(3, 500);
  auto all = a;
  all.insert(all.end(), b.begin(), b.end());
  all.insert(all.end(), c.begin(), c.end());

  auto left = of(a);  // (a + b) + c
  left.merge(of(b));
  left.merge(of(c));
  auto tail = of(b);  // a + (b + c)
  tail.merge(of(c));
  auto right = of(a);
  right.merge(tail);
  expect_equal(left, right);
  expect_equal(left, of(all));
}

TEST(Histogram, MergingAnEmptyOneChangesNothing) {
  auto h = of({5, 7});
  h.merge(histogram());
  expect_equal(h, of({5, 7}));
  histogram empty;
  empty.merge(of({5, 7}));
  expect_equal(empty, of({5, 7}));
}

TEST(Histogram, OutOfRangeCountsAtTheEdgeButExtremesStayExact) {
  histogram h;
  h.record(-3);
  h.record(2 * histogram::highest_trackable);
  h.record(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(h.count(), 3u);
  EXPECT_EQ(h.min(), -3);
  EXPECT_EQ(h.max(), std::numeric_limits<std::int64_t>::max());
  ASSERT_EQ(h.buckets().size(), 2u);
  EXPECT_EQ(h.buckets()[0].highest, 0);
  EXPECT_EQ(h.buckets()[1].samples, 2u);
  EXPECT_NEAR(static_cast<double>(h.buckets()[1].highest), 3.6e12, 3.6e12 * relative_error);
}

TEST(Histogram, RecordWithCountEqualsRecordingAsOften) {
  histogram h, one_by_one;
  h.record(12'345, 1000);
  h.record(1, 0);  // nothing at all, not a minimum either
  for (int i = 0; i < 1000; ++i) one_by_one.record(12'345);
  expect_equal(h, one_by_one);
}

TEST(Histogram, ClearForgetsEverything) {
  auto h = of({1, 2, 3});
  h.clear();
  expect_equal(h, histogram());
}

TEST(HistogramEncoding, ComesBackBucketForBucket) {
  auto h = of(durations(9, 5000));
  h.record(77, std::uint64_t{1} << 62);  // nine bytes of LEB128
  for (const auto& original : {h, histogram(), of({0}), of({histogram::highest_trackable})}) {
    const auto decoded = histogram::decode(original.encode());
    EXPECT_EQ(pairs(decoded), pairs(original));
    EXPECT_EQ(decoded.count(), original.count());
    EXPECT_EQ(decoded.encode(), original.encode());
    if (original.count() == 0) continue;
    for (const double q : {0.0, 0.5, 0.99})
      EXPECT_EQ(std::min(*decoded.quantile(q), *original.max()), original.quantile(q)) << q;
    const auto slack = 1 + relative_error * static_cast<double>(*original.max());
    EXPECT_NEAR(static_cast<double>(*decoded.max()), static_cast<double>(*original.max()), slack);
    EXPECT_LE(*decoded.min(), *original.min());
    EXPECT_NEAR(*decoded.mean(), *original.mean(), 1 + relative_error * *original.mean());
  }
}

TEST(HistogramEncoding, RefusesWhatIsNone) {
  const auto good = of({1, 1000, 1'000'000}).encode();
  EXPECT_EQ(good.substr(0, 6), "HISTFA");
  for (const auto& bad : {std::string(), std::string("hello"), std::string("===="), std::string("HISTFAAA"),
                          good.substr(0, good.size() - 4), good + "AAAA", "A" + good.substr(1),
                          good.substr(0, 7) + "B" + good.substr(8), good.substr(0, 20) + "!" + good.substr(21)})
    EXPECT_THROW(histogram::decode(bad), std::invalid_argument) << bad;
}

// i * i * i * 3.6 us for i = 0..999, 5000 x 2047, 300 x 2048, 2 x one hour.
histogram golden_samples() {
  histogram h;
  for (std::int64_t i = 0; i < 1000; ++i) h.record(i * i * i * 3600);
  h.record(2047, 5000);
  h.record(2048, 300);
  h.record(histogram::highest_trackable, 2);
  return h;
}

// The same recorded by Java's HdrHistogram 2.1.11 with Histogram(1, 3600000000000L, 3) and encoded by
// encodeIntoCompressedByteBuffer().
constexpr const char* golden =
    "HISTFAAAAnh4nKWSQUgUYRTH9/vN6Lasy7JsssgmIiIhEiYSISISURJRIRESEREREREeIiI6RFQHkajw5EEsIsSTdBCDDuEhIiI6"
    "dCjx1MFDp/IQHULqzTfzzcy3M2NC+9v/e++b3fd973tvdt2bruZyO+o5/+MEXkl4eO/LJ7mRH/4Dfnc8Ov7FfdDCZh/v6rzYyXyZ"
    "uRamijwr8D3PUp71ZpabWGrmk8uCyy+XNZfHDisOGw7zLq/gPXyDSYcFhzX4qZiEWViEN7AKfxQrig+KVcW6YkOxqZiCGZhTzCie"
    "KuYVi4plxWvFW8VHxWfFV8UN4RZ3FPclRfFQMa1TZhXPTZakn+Es57nAJS5zlQmucZ2bknibuyZVvqcY5ahwQhjjpKzHOa1zz+ns"
    "izr/iuRPMMSgMCQMMyIcEA5ySBgVjuh9jgljGn+vcfmllz2aPqFfa0CzT7NfGAx39vceDnb39/fURxedom6RZ7vZreXRo9Uj53jy"
    "TusNzvPP9E7s16f2B+cO6HM9tVOP0a7Xnu0IrKFTy+DX0hXU4tfTHVTl1dVj1RVV1kYrVVFELZSxNfmXsW0N1LXqDTXXw6rjlcer"
    "j+o3t2inLFRCW2mwPtUGW9UY79MaWnO35A3j9zS3rKXc1ty4Ft7W+DJFSiLfRjLWjjzKVlSORbZNo7Kt7lQyO1Xdol9Rz0zHShQC"
    "8mGUpJjii1bky7aRz6Zk+VKq/tXttJ7He5+UPYHkLIrSjaZAto18PEquDIWMVcHyhUSUVJptnNp2Zpg1T3uW0Rzt2TZONjnh+JMS"
    "adP2etWEk2EjH4/sOOtJRH7LZ8kov4W1o3RlvS//8+4EuH8B6+aSCQ==";

TEST(HistogramEncoding, ReadsWhatHdrHistogramWrote) {
  const auto decoded = histogram::decode(golden);
  EXPECT_EQ(pairs(decoded), pairs(golden_samples()));
  EXPECT_EQ(decoded.count(), 6302u);
  EXPECT_EQ(decoded.quantile(0.5), 2047);  // these four as Java printed them
  EXPECT_EQ(decoded.quantile(0.99), 2972117368831);
  EXPECT_EQ(decoded.quantile(0.999), 3547642986495);
  EXPECT_EQ(decoded.max(), 3601330077695);
}

std::string hgrm(const histogram& h, double divisor) {
  std::ostringstream out;
  write_hgrm(out, h, divisor);
  return out.str();
}

TEST(Hgrm, HasAHeaderAndNoRowsWhenEmpty) {
  EXPECT_EQ(hgrm(histogram(), 1000), "       Value     Percentile TotalCount 1/(1-Percentile)\n\n");
}

TEST(Hgrm, PrintsTheTable) {
  EXPECT_EQ(hgrm(of({1000, 2000}), 1000),
            "       Value     Percentile TotalCount 1/(1-Percentile)\n\n"
            "       1.000 0.000000000000          1           1.00\n"
            "       1.000 0.100000000000          1           1.11\n"
            "       1.000 0.200000000000          1           1.25\n"
            "       1.000 0.300000000000          1           1.43\n"
            "       1.000 0.400000000000          1           1.67\n"
            "       1.000 0.500000000000          1           2.00\n"
            "       2.000 0.550000000000          2           2.22\n"
            "       2.000 1.000000000000          2\n"
            "#[Mean    =        1.500, StdDeviation   =        0.500]\n"
            "#[Max     =        2.000, Total count    =            2]\n"
            "#[Buckets =           32, SubBuckets     =         2048]\n");
}

// What Java's HdrHistogram (Debian: libhdrhistogram-java and a JRE) reads out of our encoding, as its own
// table.
std::string table_by_java(const std::string& jar, const histogram& h) {
  const auto log = testing::TempDir() + "tvl-histogram-" + std::to_string(getpid()) + ".hlog";
  std::ofstream(log) << "#[StartTime: 0.000 (seconds since epoch)]\n"
                        "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n"
                        "0.000,1.000,1.000,"
                     << h.encode() << "\n";
  const auto command =
      "java -cp '" + jar + "' org.HdrHistogram.HistogramLogProcessor -i '" + log + "' -outputValueUnitRatio 1000 2>&1";
  std::string output;
  if (FILE* java = popen(command.c_str(), "r")) {
    char part[4096];
    for (std::size_t got = 0; (got = fread(part, 1, sizeof part, java)) > 0;) output.append(part, got);
    pclose(java);
  }
  std::filesystem::remove(log);
  return output;
}

// The rows as numbers: Java and C round a thirteenth digit of 5 in different ways.
std::vector<std::vector<double>> rows(const std::string& table) {
  std::vector<std::vector<double>> all;
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream columns(line);
    std::vector<double> row;
    for (double number = 0; columns >> number;) row.push_back(number);
    if (!row.empty()) all.push_back(row);
  }
  return all;
}

TEST(HistogramEncoding, IsReadByHdrHistogram) {
  const std::string jar = "/usr/share/java/hdrhistogram.jar";
  if (!std::filesystem::exists(jar)) GTEST_SKIP() << jar << " is not there: apt install libhdrhistogram-java";
  if (std::system("java -version >/dev/null 2>&1") != 0) GTEST_SKIP() << "java is not installed";
  for (const auto& h : {golden_samples(), of(durations(4, 50'000)), of({0}), of({50'000'000})}) {
    const auto text = table_by_java(jar, h);
    const auto theirs = rows(text), ours = rows(hgrm(h, 1000));
    ASSERT_EQ(theirs.size(), ours.size()) << text;
    for (std::size_t r = 0; r < ours.size(); ++r) {
      ASSERT_EQ(theirs[r].size(), ours[r].size()) << text;
      for (std::size_t c = 0; c < ours[r].size(); ++c) EXPECT_NEAR(theirs[r][c], ours[r][c], 1.1e-12);
    }
  }
}

}  // namespace
}  // namespace tvl::load
