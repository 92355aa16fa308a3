#pragma once
// Durations and amounts with units, as people write them: "500ms", "10s", "2m"; "1k", "2.5M".
//
// CLI11's AsNumberWithUnit prints what it has read with six digits: 1234567ms would become 1234.57 s. Lists of values
// and SLOs are read without it, too.

#include <optional>
#include <string>
#include <string_view>

namespace tvl::load {

// Of one duration. Units: us, ms, s, m, h.
struct duration_text {
  double value = 0;
  double us = 0;  // of one unit; 0 = it has no unit

  std::optional<double> microseconds() const;  // none = it has no unit
  double seconds() const;                      // without a unit it is in seconds
};

// None = not a finite number with one of the units, or without one. The sign is the caller's to check.
std::optional<duration_text> parse_duration(std::string_view text);

// k or K, M, G: thousands, millions, thousand millions. None = not a finite number with one of them, or without one.
std::optional<double> parse_amount(std::string_view text);

// The shortest text that reads as the same number.
std::string exact_text(double x);

inline constexpr char durations_look_like[] = "500ms, 10s, 2m or 1h; a bare number is seconds";
inline constexpr char amounts_look_like[] = "500, 10k or 2M";

}  // namespace tvl::load
