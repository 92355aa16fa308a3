#pragma once

#include <string>

namespace tvl::handler {

// A request in HTTP/1.1. `rest`: further fields and the empty line.
inline std::string request(const std::string& line, const std::string& rest = "\r\n") {
  return line + " HTTP/1.1\r\nHost: a\r\n" + rest;
}

}  // namespace tvl::handler
