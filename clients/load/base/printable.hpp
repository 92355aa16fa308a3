#pragma once
// Bytes of others as text for messages: one line of ASCII.

#include <cstddef>
#include <string>
#include <string_view>

namespace tvl::load {

// In quotation marks, not for a shell: 'SSH-2.0-x\x0d'. Cut off with "..." before it has more than `most` characters.
inline std::string in_quotes(std::string_view bytes, std::size_t most = 80) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text = "'";
  for (const char c : bytes) {
    if (text.size() > most) return text + "...'";
    const auto code = static_cast<unsigned char>(c);
    if (code >= ' ' && code <= '~')
      text += c;
    else
      text.append("\\x").append(1, digits[code >> 4]).append(1, digits[code & 15]);
  }
  return text + "'";
}

}  // namespace tvl::load
