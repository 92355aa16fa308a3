#pragma once
// Response time of the API: random with a given distribution and seed.

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
  //   uniform:10-30      uniform between 10 and 30
  //   exponential:20     mean 20
  //   lognormal:20,0.5   median 20, standard deviation of the logarithm 0.5
  // Otherwise throws std::invalid_argument with a one-line what().
  latency(std::string_view text, std::uint64_t seed);

  // The next value, capped at limits::milliseconds like a request's own ms.
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
