#pragma once
// Formats numbers and text tables. NaN (not measured) is "n/a".

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace tvl::suite {

std::string time_text(double seconds);      // "5.91 us", "50.2 ms"
std::string rate_text(double per_s);        // "152 k/s"
std::string bytes_text(double bytes);       // "5.1 MiB"
std::string number_text(double number);     // three significant digits
std::string grouped(std::uint64_t number);  // "28,232"

// Columns are as wide as their widest cell; the first and last are left-aligned.
class text_table {
 public:
  explicit text_table(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  void print(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace tvl::suite
