#include "bench/support/format.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>

namespace tvl::suite {
namespace {

std::string three_digits(double number, const char* unit) {
  const double size = std::abs(number);
  const int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : 2;
  char text[64];
  std::snprintf(text, sizeof text, "%.*f%s", decimals, number, unit);
  return text;
}

}  // namespace

std::string time_text(double seconds) {
  if (std::isnan(seconds)) return "n/a";
  if (seconds < 1e-3) return three_digits(seconds * 1e6, " us");
  return seconds < 1 ? three_digits(seconds * 1e3, " ms") : three_digits(seconds, " s");
}

std::string rate_text(double per_s) {
  if (std::isnan(per_s)) return "n/a";
  return per_s < 10'000 ? three_digits(per_s, "/s") : three_digits(per_s * 1e-3, " k/s");
}

std::string bytes_text(double bytes) {
  if (std::isnan(bytes)) return "n/a";
  const double mib = bytes / (1024 * 1024);
  return mib < 1 ? three_digits(bytes / 1024, " KiB") : three_digits(mib, " MiB");
}

std::string number_text(double number) { return std::isnan(number) ? "n/a" : three_digits(number, ""); }

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

void text_table::print(std::ostream& out) const {
  std::vector<std::size_t> width(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
  }
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string blanks(width[i] - row[i].size(), ' ');
      const bool left = i == 0 || i + 1 == row.size();
      line += (i == 0 ? "" : "  ") + (left ? row[i] + blanks : blanks + row[i]);
    }
    out << line.substr(0, line.find_last_not_of(' ') + 1) << "\n";
  }
}

}  // namespace tvl::suite
