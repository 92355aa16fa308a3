#pragma once
// A pattern that a reply's body has to contain: a regular expression in Perl's syntax.

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tvl::load {

class body_pattern {
 public:
  // The pattern is searched for in the first bytes of a body only: the reader keeps no more.
  static constexpr std::size_t most_bytes = 64u << 10;

  // Throws bad_plan: not a regular expression.
  explicit body_pattern(const std::string& text);
  ~body_pattern();

  // Whether the body contains it. May be called by several threads. A body that was found to match before costs a hash
  // instead of a search; there is room for 64 of these.
  bool matches(std::string_view body) const;

 private:
  struct compiled;
  std::unique_ptr<const compiled> compiled_;
  mutable std::array<std::atomic<std::size_t>, 64> matched_{};  // hashes of bodies; 0 = none
};

}  // namespace tvl::load
