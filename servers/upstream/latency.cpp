#include "servers/upstream/latency.hpp"

#include "servers/handler/limits.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string>

namespace tvl::upstream {
namespace {

constexpr double most_ms = handler::limits::milliseconds;

[[noreturn]] void fail(std::string_view text) {
  throw std::invalid_argument("latency '" + std::string(text) +
                              "' is none of fixed:MS, uniform:MS-MS, exponential:MS, lognormal:MS,SIGMA (MS at most " +
                              std::to_string(handler::limits::milliseconds) + ")");
}

// Parses all of `digits`; negative when invalid.
double number_in(std::string_view digits) {
  double x = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), x, std::chars_format::fixed);
  return error == std::errc{} && end == digits.data() + digits.size() && std::isfinite(x) ? x : -1;
}

}  // namespace

latency::distribution latency::parse(std::string_view text) {
  const auto colon = std::min(text.find(':'), text.size());
  const auto kind = text.substr(0, colon);
  const auto rest = text.substr(std::min(text.size(), colon + 1));
  const auto cut = std::min(rest.find(kind == "uniform" ? '-' : ','), rest.size());
  const double first = number_in(rest.substr(0, cut));
  const bool two = cut < rest.size();
  const double second = two ? number_in(rest.substr(cut + 1)) : -1;
  if (first < 0 || first > most_ms || (two && (second < 0 || second > most_ms))) fail(text);
  if (kind == "fixed" && !two) return fixed{first};
  if (kind == "uniform" && two && first <= second) return std::uniform_real_distribution<>(first, second);
  if (kind == "exponential" && !two && first > 0) return std::exponential_distribution<>(1 / first);
  if (kind == "lognormal" && two && first > 0 && second > 0)
    return std::lognormal_distribution<>(std::log(first), second);
  fail(text);
}

latency::latency(std::string_view text, std::uint64_t seed) : distribution_(parse(text)), random_(seed) {}

std::chrono::microseconds latency::draw() {
  const double ms = std::visit([&](auto& d) { return d(random_); }, distribution_);
  return std::chrono::microseconds(std::llround(std::clamp(ms, 0.0, most_ms) * 1000));
}

}  // namespace tvl::upstream
