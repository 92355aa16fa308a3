#include "bench/suite/measuring/google_benchmark_reporter.hpp"

#include "bench/support/format.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <utility>

namespace tvl::suite {
namespace {

using run = benchmark::BenchmarkReporter::Run;
using samples = std::vector<double>;

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

double mean(const samples& v) {
  double sum = 0;
  for (const double x : v) sum += x;
  return sum / static_cast<double>(v.size());
}

double median(samples v) {
  std::ranges::sort(v);
  const auto middle = v.size() / 2;
  return v.size() % 2 == 1 ? v[middle] : (v[middle - 1] + v[middle]) / 2;
}

double stddev(const samples& v) {
  if (v.size() < 2) return nothing;
  const double average = mean(v);
  double squares = 0;
  for (const double x : v) squares += (x - average) * (x - average);
  return std::sqrt(squares / static_cast<double>(v.size() - 1));
}

struct statistic {
  const char* name;
  benchmark::StatisticUnit unit;
  std::function<double(const samples&)> of;  // of at least one value
};

const std::vector<statistic>& statistics() {
  static const std::vector<statistic> all = {
      {"mean", benchmark::kTime, mean},
      {"median", benchmark::kTime, median},
      {"stddev", benchmark::kTime, stddev},
      {"cv", benchmark::kPercentage, [](const samples& v) { return stddev(v) / mean(v); }},
      {"min", benchmark::kTime, [](const samples& v) { return *std::ranges::min_element(v); }},
      {"max", benchmark::kTime, [](const samples& v) { return *std::ranges::max_element(v); }},
  };
  return all;
}

double take(benchmark::UserCounters& counters, const char* name) {
  const auto found = counters.find(name);
  if (found == counters.end()) return nothing;
  const double value = found->second.value;
  counters.erase(found);
  return value;
}

// Replaces the library's times by those of the load generator.
run as_repetition(run r, std::int64_t index, std::size_t of, std::int64_t family) {
  const double time = take(r.counters, time_counter), cpu = take(r.counters, cpu_counter);
  // The library's own errors have 0, and NaN is not JSON.
  r.real_accumulated_time = failed(r) ? 0 : time;
  r.cpu_accumulated_time = failed(r) ? 0 : cpu;
  r.iterations = 1;
  r.repetition_index = index;
  r.repetitions = static_cast<std::int64_t>(of);
  r.family_index = family;
  r.per_family_instance_index = 0;
  return r;
}

double over(const runs& rounds, const statistic& s, const std::function<double(const run&)>& value) {
  samples measured;
  for (const auto& r : rounds) {
    if (const double v = value(r); !std::isnan(v)) measured.push_back(v);
  }
  return measured.empty() ? nothing : s.of(measured);
}

double counter_value(const run& r, const std::string& name) {
  const auto found = r.counters.find(name);
  return found == r.counters.end() ? nothing : found->second.value;
}

run aggregate_of(const runs& rounds, const statistic& s) {
  run a = rounds.front();
  a.run_type = run::RT_Aggregate;
  a.aggregate_name = s.name;
  a.aggregate_unit = s.unit;
  a.repetition_index = run::no_repetition_index;
  // The library divides times by the iterations when it prints them, but not percentages.
  a.iterations = static_cast<benchmark::IterationCount>(rounds.size());
  const double scale = s.unit == benchmark::kTime ? static_cast<double>(rounds.size()) : 1;
  a.real_accumulated_time = scale * over(rounds, s, [](const run& r) { return r.real_accumulated_time; });
  a.cpu_accumulated_time = scale * over(rounds, s, [](const run& r) { return r.cpu_accumulated_time; });
  a.counters.clear();
  for (const auto& r : rounds) {
    if (r.report_label != a.report_label) a.report_label.clear();
    for (const auto& [name, counter] : r.counters) {
      const double value = over(rounds, s, [&](const run& one) { return counter_value(one, name); });
      if (!std::isnan(value)) a.counters[name] = value;
    }
  }
  return a;
}

std::unique_ptr<benchmark::BenchmarkReporter> make_reporter(const std::string& format) {
  if (format == "json") return std::make_unique<benchmark::JSONReporter>();
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"  // CSVReporter
  if (format == "csv") return std::make_unique<benchmark::CSVReporter>();
#pragma GCC diagnostic pop
  return std::make_unique<table_reporter>();
}

// The members are error_* until Google Benchmark 1.7, skip_* since 1.8.
template <class Run>
std::string message_of(const Run& r) {
  if constexpr (requires { r.error_message; }) {
    return r.error_message;
  } else {
    return r.skip_message;
  }
}

template <class Run>
bool skipped(const Run& r) {
  if constexpr (requires { r.error_occurred; }) {
    return r.error_occurred;
  } else {
    return static_cast<int>(r.skipped) != 0;
  }
}

template <class Run>
void make_error(Run& r, const std::string& message) {
  if constexpr (requires { r.error_occurred; }) {
    r.error_occurred = true;
    r.error_message = message;
  } else {
    r.skipped = static_cast<decltype(r.skipped)>(2);  // SkippedWithError, whose namespace is internal
    r.skip_message = message;
  }
  r.report_label.clear();
  r.counters.clear();
}

// Each without its mark.
runs unmarked(runs rounds, bool as_errors) {
  for (auto& r : rounds)
    if (r.counters.erase(invalid_counter) > 0 && as_errors) make_error(r, r.report_label);
  return rounds;
}

}  // namespace

bool failed(const run& r) { return skipped(r); }

std::string error_of(const run& r) { return message_of(r); }

runs aggregate(const runs& rounds, bool aggregates_only) {
  std::vector<std::string> names;
  std::map<std::string, runs> measured, errors;
  for (const auto& r : rounds) {
    const auto name = r.run_name.str();
    if (!measured.contains(name) && !errors.contains(name)) names.push_back(name);
    (failed(r) ? errors : measured)[name].push_back(r);
  }
  runs all;
  std::int64_t family = 0;
  for (const auto& name : names) {
    auto& own = measured[name];
    std::int64_t index = 0;
    for (auto& r : own) r = as_repetition(std::move(r), index++, own.size(), family);
    if (own.size() < 2 || !aggregates_only) std::ranges::copy(own, std::back_inserter(all));
    if (own.size() >= 2) {
      for (const auto& s : statistics()) all.push_back(aggregate_of(own, s));
    }
    for (const auto& r : errors[name])
      if (own.size() < 2 || !aggregates_only)
        all.push_back(as_repetition(r, index++, std::max<std::size_t>(own.size(), 1), family));
    ++family;
  }
  return all;
}

rounds_reporter::rounds_reporter(const std::string& format, bool aggregates_only)
    : inner_(make_reporter(format)), aggregates_only_(aggregates_only), for_programs_(format != "console") {}

bool rounds_reporter::ReportContext(const Context& context) {
  inner_->SetOutputStream(&GetOutputStream());
  inner_->SetErrorStream(&GetErrorStream());
  return inner_->ReportContext(context);
}

void rounds_reporter::ReportRuns(const std::vector<Run>& report) {
  std::ranges::copy(report, std::back_inserter(rounds_));
}

// One call: the CSV reporter takes its columns from the first.
void rounds_reporter::Finalize() {
  const auto all = aggregate(unmarked(rounds_, for_programs_), aggregates_only_);
  if (!all.empty()) inner_->ReportRuns(all);
  inner_->Finalize();
  written_ = GetOutputStream().flush().good();
}

bool table_reporter::ReportContext(const Context&) { return true; }

void table_reporter::ReportRuns(const std::vector<Run>& report) {
  text_table table({"point", "rounds", "Time", "CPU", "rate", "p99", "switches/req", "memory", ""});
  const auto row = [&](const Run& r) {
    const auto counter = [&](const char* name) { return counter_value(r, name); };
    table.add({r.run_name.str(), std::to_string(r.repetitions),
               time_text(r.real_accumulated_time / static_cast<double>(r.iterations)),
               time_text(r.cpu_accumulated_time / static_cast<double>(r.iterations)), rate_text(counter("rate")),
               time_text(counter("p99") * 1e-6), number_text(counter("switches")), bytes_text(counter("memory")),
               r.report_label});
  };
  std::set<std::string> shown;
  for (const auto& r : report) {
    if (failed(r)) {
      if (shown.insert(r.run_name.str()).second)
        table.add({r.run_name.str(), "0", "", "", "", "", "", "", error_of(r)});
    } else if (r.run_type == Run::RT_Aggregate ? r.aggregate_name == "median" : r.repetitions == 1) {
      shown.insert(r.run_name.str());
      row(r);
    }
  }
  GetOutputStream() << "Time: median response time. CPU: of the server, per request. Medians over the rounds.\n";
  table.print(GetOutputStream());
}

}  // namespace tvl::suite
