#pragma once
// Command line flags that take a unit. CLI11 reads the number that is left.

#include "clients/load/base/units.hpp"

#include <CLI/CLI.hpp>

#include <cmath>
#include <functional>
#include <string>

namespace tvl::load {

using range_check = std::function<bool(double)>;

// CLI11's own range checks print the largest double with all its digits.
inline const range_check above_zero = [](double x) { return x > 0; }, not_negative = [](double x) { return x >= 0; };

// The flag's value becomes seconds. `allowed` in words: "above 0".
inline CLI::Validator duration_flag(const range_check& in_range, const std::string& allowed) {
  return {[=](std::string& text) {
            const auto read = parse_duration(text);
            if (!read || !in_range(read->seconds()))
              return "'" + text + "' is not a duration " + allowed + ", such as " + durations_look_like;
            text = exact_text(read->seconds());
            return std::string();
          },
          ""};
}

// The flag's value becomes a number: of a rate, or a share.
inline CLI::Validator amount_flag(const range_check& in_range, const std::string& allowed) {
  return {[=](std::string& text) {
            const auto read = parse_amount(text);
            if (!read || !in_range(*read))
              return "'" + text + "' is not a number " + allowed + ", such as " + amounts_look_like;
            text = exact_text(*read);
            return std::string();
          },
          ""};
}

// The flag's value becomes a whole number.
inline CLI::Validator count_flag(const range_check& in_range, const std::string& allowed, double most) {
  return {[=](std::string& text) {
            const auto read = parse_amount(text);
            if (!read || !in_range(*read) || *read > most || *read != std::floor(*read))
              return "'" + text + "' is not a whole number " + allowed + ", such as " + amounts_look_like;
            text = std::to_string(static_cast<long long>(*read));
            return std::string();
          },
          ""};
}

}  // namespace tvl::load
