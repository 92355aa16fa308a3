#pragma once
// Lines, field names and field values of an HTTP/1.1 message (RFC 9112 2.2, RFC 9110 5).

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace tvl::load {

// Limit of a header, of the line of a chunk's size and of a trailer, against unbounded memory use.
inline constexpr std::size_t most_header = 64u << 10;

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Takes a line off the front of `text`, without its CRLF or LF. None = its end is not there.
constexpr std::optional<std::string_view> take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == text.npos) return std::nullopt;
  auto line = text.substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);
  text.remove_prefix(end + 1);
  return line;
}

// Without the white space around it. Line ends count: a folded value has them.
constexpr std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

// `lower` is in lower case.
constexpr bool same_but_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower,
                            [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

constexpr bool is_token_char(char c) {
  constexpr auto allowed = [] {
    std::array<bool, 256> table{};
    for (const char each :
         std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
      table[static_cast<unsigned char>(each)] = true;
    return table;
  }();
  return allowed[static_cast<unsigned char>(c)];
}

constexpr bool is_token(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_token_char); }

// A control character other than a tab. A line end is one.
constexpr bool is_control(char c) { return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f'; }

constexpr bool has_control(std::string_view text) { return std::ranges::any_of(text, is_control); }

// Calls visit(element) for each non-empty element of a comma-separated list.
template <class Visit>
constexpr void for_each_element(std::string_view list, Visit visit) {
  for (;;) {
    const auto comma = list.find(',');
    if (const auto element = trimmed(list.substr(0, comma)); !element.empty()) visit(element);
    if (comma == list.npos) return;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace tvl::load
