#pragma once
// A number within a sentence for people.

#include <cstdio>
#include <string>

namespace tvl::load {

// Four digits: "0.9731", "1.5e+05".
inline std::string number(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", x);
  return text;
}

}  // namespace tvl::load
