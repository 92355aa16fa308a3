#include "bench/suite/processes/printable.hpp"

#include <algorithm>
#include <cstdio>

namespace tvl::suite {
namespace {

unsigned byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

// The length in bytes of the first character of the text (RFC 3629, section 4); 0 = it is not printable.
std::size_t character_size(std::string_view text) {
  const unsigned first = byte_at(text, 0);
  if (first < 0x80) return first >= ' ' && first != 0x7f ? 1 : 0;
  const std::size_t size = first >= 0xc2 && first <= 0xdf   ? 2
                           : first >> 4 == 0xe              ? 3
                           : first >= 0xf0 && first <= 0xf4 ? 4
                                                            : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if (byte_at(text, i) >> 6 != 2) return 0;
  }
  const unsigned second = byte_at(text, 1);
  const bool control = first == 0xc2 && second < 0xa0;  // C1: a terminal may obey it
  const bool longer_than_needed = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool no_character = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
  return control || longer_than_needed || no_character ? 0 : size;
}

}  // namespace

std::string printable(std::string_view text, std::size_t most) {
  std::string shown;
  while (!text.empty()) {
    const auto size = character_size(text);
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\x%02x", byte_at(text, 0));
    const auto next = size == 0 ? std::string_view(escape) : text.substr(0, size);
    if (shown.size() + next.size() > most) return shown + "...";
    shown += next;
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return shown;
}

}  // namespace tvl::suite
