#pragma once
// Requests and WebSocket frames with bytes changed, removed, repeated or added, each time others. A few stay valid.
// A connection may get several pieces: after an upgrade, what follows is read as frames.

#include "clients/load/protocol/url.hpp"

#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace tvl::load {

class garbage_source {
 public:
  explicit garbage_source(const url& server);
  std::string next();  // never empty

 private:
  void change(std::string&);
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(dice_); }

  std::mt19937_64 dice_;  // of a constant seed: every run sends the same
  std::vector<std::string> valid_;
};

}  // namespace tvl::load
