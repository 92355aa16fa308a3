#pragma once
// How long the API takes to answer: drawn from a distribution, the same sequence for the same seed.

#include <chrono>
#include <cstdint>
#include <random>
#include <string_view>
#include <variant>

namespace tvl::upstream {

class latency {
 public:
  // `text` in milliseconds, fractions allowed:
  //   fixed:20           always 20
  //   uniform:10-30      anything between
  //   exponential:20     mean 20
  //   lognormal:20,0.5   median 20, standard deviation of the logarithm 0.5
  // Throws std::invalid_argument, whose what() is one line, for anything else.
  latency(std::string_view text, std::uint64_t seed);

  // The next; a long tail is cut off where a request's own ms is: limits::milliseconds.
  std::chrono::microseconds draw();

 private:
  struct fixed {
    double ms = 0;
    double operator()(std::mt19937_64&) const { return ms; }
  };
  using distribution = std::variant<fixed, std::uniform_real_distribution<>, std::exponential_distribution<>,
                                    std::lognormal_distribution<>>;

  static distribution parse(std::string_view text);

  distribution distribution_;
  std::mt19937_64 random_;
};

}  // namespace tvl::upstream
