#pragma once
// For fuzz targets: the choices that an input makes, the pieces that it comes in, and what must hold.
//
// A target is NAME_fuzz.cpp with NAME_fuzz.inputs beside it; scripts/fuzz_inputs.py has the format.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace tvl::fuzzing {

[[noreturn]] inline void broken(const char* file, int line, const char* rule) {
  std::fprintf(stderr, "%s:%d: broken rule: %s\n", file, line, rule);
  std::abort();
}

// `rule` in words.
#define TVL_MUST(condition, rule) ((condition) ? void() : ::tvl::fuzzing::broken(__FILE__, __LINE__, rule))

// Two results that have to be equal, as text.
inline void must_equal(const std::string& a, const std::string& b, const char* rule) {
  if (a == b) return;
  std::fprintf(stderr, "one:   %s\nother: %s\n", a.c_str(), b.c_str());
  broken(__FILE__, __LINE__, rule);
}

// Numbers that depend on the seed alone: an LCG's high bits (Knuth's MMIX).
class numbers {
 public:
  explicit numbers(std::uint64_t seed) : state_(seed * 0x9e37'79b9'7f4a'7c15u + 1) {}
  // 0 to n - 1
  std::uint32_t below(std::uint32_t n) {
    state_ = state_ * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    return static_cast<std::uint32_t>(state_ >> 33) % n;
  }

 private:
  std::uint64_t state_;
};

// Choices come first, a byte each, so that an input can be written by hand: '0' makes the first choice.
class input {
 public:
  input(const std::uint8_t* data, std::size_t size) : bytes_(reinterpret_cast<const char*>(data), size) {}
  // 0 to n - 1; 0 when no byte is left.
  unsigned choice(unsigned n) {
    if (bytes_.empty()) return 0;
    const unsigned byte = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    return (byte + 256u - '0') % 256u % n;
  }
  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
};

// How a text is split: whole, byte by byte, or at places that the number decides.
inline constexpr unsigned whole = 0, single_bytes = 1, ways_to_split = 256;

// Calls each(piece) until it returns false. A piece has memory of its own and of its size, which is gone afterwards:
// AddressSanitizer sees what is read behind it, and what is read too late.
template <class Each>
void in_pieces(std::string_view all, unsigned how, Each each) {
  numbers sizes(how);
  while (!all.empty()) {
    std::size_t size = how == whole ? all.size() : how == single_bytes ? 1 : 1 + sizes.below(sizes.below(2) ? 400 : 12);
    size = std::min(size, all.size());
    const auto piece = std::make_unique_for_overwrite<char[]>(size);
    std::memcpy(piece.get(), all.data(), size);
    all.remove_prefix(size);
    if (!each(std::string_view(piece.get(), size))) return;
  }
}

}  // namespace tvl::fuzzing
