#pragma once
// Formats a number for messages.

#include <cstdio>
#include <string>

namespace tvl::load {

// Four significant digits: "0.9731", "1.5e+05".
inline std::string number(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", x);
  return text;
}

}  // namespace tvl::load
