#include "clients/load/base/units.hpp"

#include <charconv>
#include <cmath>

namespace tvl::load {
namespace {

struct unit {
  std::string_view name;
  double size;
};
constexpr unit durations[] = {{"us", 1}, {"ms", 1e3}, {"s", 1e6}, {"m", 6e7}, {"h", 3.6e9}};
constexpr unit amounts[] = {{"k", 1e3}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}};

struct number_text {
  double value;
  std::string_view unit;
};

std::optional<number_text> split(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
  return number_text{value, std::string_view(rest, static_cast<std::size_t>(end - rest))};
}

// Of one of it; none = it is not known.
template <std::size_t N>
std::optional<double> size_of(std::string_view name, const unit (&known)[N]) {
  for (const auto& u : known)
    if (u.name == name) return u.size;
  return std::nullopt;
}

}  // namespace

std::optional<double> duration_text::microseconds() const { return us > 0 ? std::optional(value * us) : std::nullopt; }

// Whole microseconds divided once: 500ms is 0.5 exactly.
double duration_text::seconds() const { return us > 0 ? value * us / 1e6 : value; }

std::optional<duration_text> parse_duration(std::string_view text) {
  const auto number = split(text);
  if (!number) return std::nullopt;
  if (number->unit.empty()) return duration_text{number->value, 0};
  const auto us = size_of(number->unit, durations);
  return us ? std::optional(duration_text{number->value, *us}) : std::nullopt;
}

std::optional<double> parse_amount(std::string_view text) {
  const auto number = split(text);
  if (!number) return std::nullopt;
  if (number->unit.empty()) return number->value;
  const auto size = size_of(number->unit, amounts);
  return size && std::isfinite(number->value * *size) ? std::optional(number->value * *size) : std::nullopt;
}

std::string exact_text(double x) {
  char text[64];
  return {text, std::to_chars(text, text + sizeof text, x).ptr};
}

}  // namespace tvl::load
