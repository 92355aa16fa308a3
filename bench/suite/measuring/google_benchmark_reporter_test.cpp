#include "bench/suite/measuring/google_benchmark_reporter.hpp"

#include "bench/suite/measuring/google_benchmark_run.hpp"
#include "bench/suite/processes/test_support.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <sstream>

namespace tvl::suite {
namespace {

std::vector<scheduled> three_rounds() { return schedule({{"delay", {numbers("connections", {64})}, {"a", "b"}, 3}}); }

// Contestant a answers in 1, 2, 6 ms; b fails in its last round.
outcome measured(const scheduled& s) {
  outcome o;
  if (s.contestant == "b" && s.repetition == 2) {
    o.error = "b is gone";
    return o;
  }
  o.response_time_s = std::vector<double>{0.001, 0.002, 0.006}[static_cast<std::size_t>(s.repetition)];
  o.server_cpu_s = 5e-6;
  o.rate = 1000.0 * (s.repetition + 1);
  if (s.contestant == "a" || s.repetition == 0) o.p99_us = 7000;
  return o;
}

google_flags flags(const std::vector<std::string>& arguments) { return read_google_flags("tvl-suite", arguments); }

// --benchmark_out of a run of the rounds above.
std::string written(std::vector<std::string> arguments, int* calls = nullptr) {
  const temporary_folder folder;
  arguments.push_back("--benchmark_out=" + (folder / "out").string());
  testing::internal::CaptureStdout();
  const auto rounds = three_rounds();
  run_rounds(
      rounds, [&](const scheduled& s) { return calls != nullptr ? ++*calls : 0, measured(s); }, flags(arguments));
  testing::internal::GetCapturedStdout();
  return read_file(folder / "out");
}

void written_to(const std::string& file) {
  const auto rounds = three_rounds();
  run_rounds(rounds, measured, flags({"--benchmark_out=" + file}));
}

nlohmann::json entry(const nlohmann::json& report, const std::string& name) {
  for (const auto& b : report.at("benchmarks")) {
    if (b.at("name") == name) return b;
  }
  return nullptr;
}

TEST(reporter, every_round_runs_once_whatever_min_time_says) {
  for (const auto* time : {"--benchmark_min_time=0.001", "--benchmark_min_time=100"}) {
    int calls = 0;
    written({time}, &calls);
    EXPECT_EQ(calls, 9) << time;  // three repetitions of two contestants and of the control
  }
}

TEST(reporter, json_has_rounds_and_aggregates_of_the_generators_figures) {
  const auto report = nlohmann::json::parse(written({}));
  const auto first = entry(report, "delay/a/64");
  EXPECT_EQ(first.at("run_type"), "iteration");
  EXPECT_EQ(first.at("repetitions"), 3);
  EXPECT_EQ(first.at("repetition_index"), 0);
  EXPECT_EQ(first.at("iterations"), 1);
  EXPECT_DOUBLE_EQ(first.at("real_time"), 1000);
  EXPECT_DOUBLE_EQ(first.at("cpu_time"), 5);
  EXPECT_EQ(first.at("time_unit"), "us");
  EXPECT_DOUBLE_EQ(entry(report, "delay/a/64_median").at("real_time"), 2000);
  EXPECT_DOUBLE_EQ(entry(report, "delay/a/64_mean").at("real_time"), 3000);
  EXPECT_DOUBLE_EQ(entry(report, "delay/a/64_min").at("real_time"), 1000);
  EXPECT_DOUBLE_EQ(entry(report, "delay/a/64_max").at("real_time"), 6000);
  EXPECT_NEAR(entry(report, "delay/a/64_cv").at("real_time"), std::sqrt(7.0) / 3, 1e-9);
  EXPECT_DOUBLE_EQ(entry(report, "delay/a/64_median").at("rate"), 2000);
  EXPECT_EQ(entry(report, "delay/a/64_median").at("aggregate_name"), "median");
  EXPECT_EQ(entry(report, "delay/a/64_median").at("run_name"), "delay/a/64");
  EXPECT_FALSE(first.contains(time_counter));
}

TEST(reporter, a_failed_round_does_not_count_and_an_absent_counter_stays_absent) {
  const auto report = nlohmann::json::parse(written({}));
  const auto median = entry(report, "delay/b/64_median");
  EXPECT_DOUBLE_EQ(median.at("real_time"), 1500);
  EXPECT_EQ(median.at("repetitions"), 2);
  EXPECT_DOUBLE_EQ(median.at("p99"), 7000) << "of the one round that has it";
  EXPECT_FALSE(entry(report, "delay/b/64_stddev").contains("p99"));
  EXPECT_FALSE(median.contains("memory"));
}

TEST(reporter, a_round_that_is_not_valid_is_an_error_in_files_and_a_row_with_its_reason_in_the_table) {
  const temporary_folder folder;
  const auto rounds = three_rounds();
  const auto measure = [](const scheduled& s) {
    auto o = measured(s);
    o.valid = s.contestant != "a" || s.repetition == 0;
    if (!o.valid) o.label = "not valid: caf\xe9";
    return o;
  };
  testing::internal::CaptureStdout();
  run_rounds(rounds, measure, flags({"--benchmark_out=" + (folder / "out").string()}));
  const auto table = testing::internal::GetCapturedStdout();
  EXPECT_NE(table.find("2.00 ms"), std::string::npos) << "the median of all three: " << table;
  const auto report = nlohmann::json::parse(read_file(folder / "out"));
  int errors = 0;
  for (const auto& b : report.at("benchmarks")) {
    EXPECT_FALSE(b.contains(invalid_counter));
    if (b.at("run_name") != "delay/a/64" || !b.value("error_occurred", false)) continue;
    ++errors;
    EXPECT_EQ(b.at("error_message"), "not valid: caf\xef\xbf\xbd");
    EXPECT_EQ(b.at("real_time"), 0);
    EXPECT_FALSE(b.contains("rate"));
  }
  EXPECT_EQ(errors, 2);
  EXPECT_DOUBLE_EQ(entry(report, "delay/a/64").at("real_time"), 1000) << "of the valid one";
  EXPECT_TRUE(entry(report, "delay/a/64_median").is_null());
}

TEST(reporter, a_file_that_does_not_take_the_report_is_an_error) {
  testing::internal::CaptureStdout();
  EXPECT_THROW(written_to("/dev/full"), std::runtime_error);
  EXPECT_NE(testing::internal::GetCapturedStdout().find("delay/a/64"), std::string::npos);
}

TEST(reporter, aggregates_only_drops_the_rounds) {
  const auto report = nlohmann::json::parse(written({"--benchmark_report_aggregates_only"}));
  EXPECT_TRUE(entry(report, "delay/a/64").is_null());
  EXPECT_FALSE(entry(report, "delay/a/64_median").is_null());
}

TEST(reporter, csv_takes_rounds_with_different_counters) {
  const auto text = written({"--benchmark_out_format=csv"});
  EXPECT_NE(text.find("\"delay/b/64_median\""), std::string::npos);
  EXPECT_NE(text.find("\"p99\""), std::string::npos);
}

TEST(reporter, the_table_has_medians_and_n_a_for_what_is_not_measured) {
  testing::internal::CaptureStdout();
  const auto rounds = three_rounds();
  run_rounds(
      rounds,
      [](const scheduled& s) {
        auto o = measured(s);
        if (s.contestant == "b")
          o = {.error = "b is gone",
               .label = {},
               .response_time_s = {},
               .server_cpu_s = {},
               .rate = {},
               .p99_us = {},
               .switches = {},
               .memory_bytes = {}};
        return o;
      },
      flags({}));
  std::istringstream lines(testing::internal::GetCapturedStdout());
  std::string line, a, b;
  while (std::getline(lines, line)) {
    if (line.starts_with("delay/a/64 ")) a = line;
    if (line.starts_with("delay/b/64 ")) b = line;
  }
  EXPECT_NE(a.find(" 3  2.00 ms  5.00 us  2000/s  7.00 ms"), std::string::npos) << a;
  EXPECT_NE(a.find("n/a"), std::string::npos) << "memory was not measured: " << a;
  EXPECT_NE(b.find("b is gone"), std::string::npos) << b;
}

TEST(reporter, the_library_gets_each_name_once_and_filters) {
  const std::vector<std::string> names = {"delay/a/1", "delay/a/64", "churn/a/64"};
  EXPECT_EQ(filtered(names, flags({"--benchmark_filter=/64$"})),
            (std::vector<std::string>{"delay/a/64", "churn/a/64"}));
  EXPECT_EQ(filtered(names, flags({"--benchmark_filter=-churn"})),
            (std::vector<std::string>{"delay/a/1", "delay/a/64"}));
  EXPECT_EQ(filtered(names, flags({"--benchmark_filter=all"})), names);
  testing::internal::CaptureStdout();
  list_points(names, flags({"--benchmark_filter=delay", "--benchmark_list_tests"}));
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "delay/a/1\ndelay/a/64\n");
}

TEST(google_flags, keeps_some_and_passes_the_rest_to_the_library) {
  const auto f = flags(
      {"--benchmark_repetitions=7", "--benchmark_filter=x", "--benchmark_out=o.json", "--benchmark_list_tests=false"});
  EXPECT_EQ(f.repetitions, 7);
  EXPECT_EQ(f.out, "o.json");
  EXPECT_FALSE(f.list);
  EXPECT_EQ(f.rest[1], "--benchmark_filter=x");
  EXPECT_EQ(std::count(f.rest.begin(), f.rest.end(), "--benchmark_repetitions=7"), 0);
}

TEST(google_flags, an_unknown_flag_is_refused_with_those_known) {
  EXPECT_NO_THROW(
      check_known_flags({"--benchmark_filter=x", "--benchmark_min_time=0.1", "--benchmark_color=false", "--v=1"}));
  try {
    check_known_flags({"--benchmark_fliter=x"});
    FAIL() << "it was taken";
  } catch (const std::invalid_argument& error) {
    const std::string said = error.what();
    EXPECT_TRUE(said.starts_with("--benchmark_fliter is not a flag of Google Benchmark")) << said;
    EXPECT_NE(said.find("; known: --benchmark_filter, "), std::string::npos) << said;
  }
}

TEST(google_flags, wrong_values_are_refused) {
  EXPECT_THROW(flags({"--benchmark_repetitions=0"}), std::invalid_argument);
  EXPECT_THROW(flags({"--benchmark_repetitions=x"}), std::invalid_argument);
  EXPECT_THROW(flags({"--benchmark_format=jsn"}), std::invalid_argument);
  EXPECT_THROW(flags({"--benchmark_enable_random_interleaving=true"}), std::invalid_argument);
}

}  // namespace
}  // namespace tvl::suite
