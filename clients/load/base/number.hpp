#pragma once
// Formats a number for messages.

#include <cmath>
#include <cstdio>
#include <string>

namespace tvl::load {

// Four significant digits, and all of those before the point: "0.9731", "15010".
inline std::string number(double x) {
  char text[32];
  std::snprintf(text, sizeof text, std::abs(x) >= 9999.5 && std::abs(x) < 1e15 ? "%.0f" : "%.4g", x);
  return text;
}

}  // namespace tvl::load
