#pragma once

#include <string>

namespace tvl::load {

// Why something is so. Programs decide by the code; clients/load/README.md lists them.
struct reason {
  std::string code;  // empty = not known, in a record of an older version
  std::string text;  // one line for people

  bool operator==(const reason&) const = default;
};

}  // namespace tvl::load
