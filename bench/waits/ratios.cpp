#include "bench/waits/ratios.hpp"

#include <algorithm>
#include <cstdio>
#include <regex>
#include <vector>

namespace tvl::bench {
namespace {

double median(const std::vector<double>& sorted) {
  const auto half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

std::string summary(std::vector<double> values) {
  if (values.empty()) return "n/a";
  std::ranges::sort(values);
  char text[100];
  std::snprintf(text, sizeof text, "%.2f (%.2f to %.2f), %zu repetition%s", median(values), values.front(),
                values.back(), values.size(), values.size() == 1 ? "" : "s");
  return text;
}

}  // namespace

void ratios::add(const std::string& name, std::int64_t repetition, double cpu) {
  static const std::regex pattern(R"((\w+)/(\w+)/(\d{1,6}))");
  std::smatch part;
  if (std::regex_match(name, part, pattern) && cpu > 0)
    rows_[{part.str(1), std::stoi(part.str(3))}][part.str(2)][repetition] = cpu;
}

std::string ratios::text() const {
  std::string all;
  for (const auto& [key, ways] : rows_) {
    const auto awaiting = ways.find("awaiting"), bare = ways.find("bare");
    if (awaiting == ways.end() && bare == ways.end()) continue;
    std::vector<double> values;
    if (awaiting != ways.end() && bare != ways.end())
      for (const auto& [repetition, cpu] : awaiting->second)
        if (const auto other = bare->second.find(repetition); other != bare->second.end())
          values.push_back(cpu / other->second);
    const auto name = key.first + ", " + std::to_string(key.second) + " at once";
    all += name + std::string(name.size() < 20 ? 20 - name.size() : 0, ' ') + "  " + summary(values) + "\n";
  }
  return all.empty() ? all : "CPU per call, awaiting / bare: median (smallest to largest)\n" + all;
}

}  // namespace tvl::bench
