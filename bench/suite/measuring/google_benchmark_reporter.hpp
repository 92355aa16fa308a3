#pragma once
// Google Benchmark's reporting for points whose rounds are registered one by one.

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

namespace tvl::suite {

// Counters that carry the library's own two columns, in seconds: Time is the median response time, CPU is the server's
// CPU time per request.
inline constexpr char time_counter[] = "response_time_s";
inline constexpr char cpu_counter[] = "server_cpu_s";
// Of a round that is not valid; its label says why.
inline constexpr char invalid_counter[] = "not_valid";

using runs = std::vector<benchmark::BenchmarkReporter::Run>;

// Rounds in the order they ran -> for each name, in order of first appearance: its rounds numbered as repetitions, and
// from two rounds on the aggregates (NAME_median, _mean, _min, _max, _stddev, _cv), then those with an error.
// `aggregates_only` drops the rounds of a name that has aggregates.
runs aggregate(const runs& rounds, bool aggregates_only);

// Whether the benchmark called SkipWithError.
bool failed(const benchmark::BenchmarkReporter::Run&);
std::string error_of(const benchmark::BenchmarkReporter::Run&);

// Collects rounds and passes them, aggregated, to another reporter at the end. In JSON and CSV, which programs read, a
// round that is not valid is an error; the table shows its figures with the reason.
class rounds_reporter : public benchmark::BenchmarkReporter {
 public:
  // format: console, json or csv.
  rounds_reporter(const std::string& format, bool aggregates_only);

  bool ReportContext(const Context&) override;
  void ReportRuns(const std::vector<Run>&) override;
  void Finalize() override;

  bool written() const { return written_; }  // after Finalize(): whether the stream took all

 private:
  std::unique_ptr<benchmark::BenchmarkReporter> inner_;
  bool aggregates_only_;
  bool for_programs_;
  bool written_ = true;
  runs rounds_;
};

// One line per point: medians over its rounds.
class table_reporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override;
  void ReportRuns(const std::vector<Run>&) override;
};

}  // namespace tvl::suite
