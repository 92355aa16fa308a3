#include "bench/support/google_flags.hpp"

#include "bench/support/suggestion.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <stdexcept>

namespace tvl::suite {
namespace {

// Removes "--NAME" and "--NAME=VALUE" from the list; returns the last value, else the environment's. A flag without a
// value is "true".
std::optional<std::string> take(std::vector<std::string>& arguments, const std::string& name) {
  std::optional<std::string> value;
  std::string variable = name;
  std::ranges::transform(variable, variable.begin(), [](unsigned char c) { return std::toupper(c); });
  if (const char* set = std::getenv(variable.c_str())) value = set;
  std::erase_if(arguments, [&](const std::string& argument) {
    if (argument == "--" + name) {
      value = "true";
    } else if (argument.starts_with("--" + name + "=")) {
      value = argument.substr(name.size() + 3);
    } else {
      return false;
    }
    return true;
  });
  return value;
}

bool take_bool(std::vector<std::string>& arguments, const std::string& name) {
  auto value = take(arguments, name);
  if (!value) return false;
  std::ranges::transform(*value, value->begin(), [](unsigned char c) { return std::tolower(c); });
  if (*value == "true" || *value == "yes" || *value == "on" || *value == "1") return true;
  if (*value == "false" || *value == "no" || *value == "off" || *value == "0" || value->empty()) return false;
  throw std::invalid_argument("--" + name + " is true or false, not '" + *value + "'");
}

std::string take_format(std::vector<std::string>& arguments, const std::string& name, const std::string& otherwise) {
  const auto value = take(arguments, name).value_or(otherwise);
  const std::vector<std::string> known = {"console", "json", "csv"};
  if (std::ranges::find(known, value) == known.end()) {
    throw std::invalid_argument("--" + name + ": " + unknown("format", value, known));
  }
  return value;
}

std::optional<int> take_count(std::vector<std::string>& arguments, const std::string& name) {
  const auto value = take(arguments, name);
  if (!value) return std::nullopt;
  int count = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), count);
  if (error != std::errc() || end != value->data() + value->size() || count < 1 || count > 1000) {
    throw std::invalid_argument("--" + name + " is a whole number from 1 to 1000, not '" + *value + "'");
  }
  return count;
}

// The library ignores a flag that it does not know. Some of those that it knows have no effect on rounds that run once,
// and scripts pass them to every benchmark; others would change what a round is, and are not here.
const std::vector<std::string>& known_flags() {
  static const std::vector<std::string> all = {"benchmark_filter",
                                               "benchmark_list_tests",
                                               "benchmark_repetitions",
                                               "benchmark_min_time",
                                               "benchmark_format",
                                               "benchmark_out",
                                               "benchmark_out_format",
                                               "benchmark_display_aggregates_only",
                                               "benchmark_report_aggregates_only",
                                               "benchmark_enable_random_interleaving",
                                               "benchmark_color",
                                               "benchmark_counters_tabular",
                                               "benchmark_context",
                                               "benchmark_time_unit"};
  return all;
}

}  // namespace

void check_known_flags(const std::vector<std::string>& arguments) {
  for (const auto& argument : arguments) {
    const auto name = argument.substr(0, argument.find('='));
    if (name == "--v" || std::ranges::find(known_flags(), name.substr(2)) != known_flags().end()) continue;
    std::string text = name + " is not a flag of Google Benchmark that has an effect here; known:";
    for (const auto& known : known_flags()) text += (known == known_flags().front() ? " --" : ", --") + known;
    throw std::invalid_argument(text);
  }
}

bool is_google_flag(const std::string& argument) {
  return argument.starts_with("--benchmark_") || argument.starts_with("--v=");
}

google_flags read_google_flags(const std::string& program, const std::vector<std::string>& arguments) {
  google_flags flags;
  auto left = arguments;
  flags.repetitions = take_count(left, "benchmark_repetitions");
  flags.list = take_bool(left, "benchmark_list_tests");
  flags.format = take_format(left, "benchmark_format", "console");
  flags.out = take(left, "benchmark_out").value_or("");
  flags.out_format = take_format(left, "benchmark_out_format", "json");
  flags.display_aggregates_only = take_bool(left, "benchmark_display_aggregates_only");
  flags.report_aggregates_only = take_bool(left, "benchmark_report_aggregates_only");
  if (take_bool(left, "benchmark_enable_random_interleaving")) {
    throw std::invalid_argument(
        "--benchmark_enable_random_interleaving would separate what is compared; the order varies already");
  }
  flags.rest = {program};
  std::ranges::copy(left, std::back_inserter(flags.rest));
  // Overrides the environment.
  for (const auto* fixed :
       {"--benchmark_repetitions=1", "--benchmark_min_warmup_time=0", "--benchmark_enable_random_interleaving=false",
        "--benchmark_report_aggregates_only=false", "--benchmark_display_aggregates_only=false"}) {
    flags.rest.emplace_back(fixed);
  }
  flags.rest.push_back(std::string("--benchmark_list_tests=") + (flags.list ? "true" : "false"));
  flags.rest.push_back("--benchmark_out=" + flags.out);
  flags.rest.push_back("--benchmark_format=" + flags.format);
  flags.rest.push_back("--benchmark_out_format=" + flags.out_format);
  return flags;
}

}  // namespace tvl::suite
