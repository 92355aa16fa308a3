#include "servers/handler/request_fields.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>

namespace tvl::handler {
namespace {

using boost::beast::http::field;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// unreserved and sub-delims of RFC 3986 2
constexpr bool is_name_char(char c) {
  constexpr std::string_view others = "-._~!$&'()*+,;=";
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || others.find(c) != others.npos;
}

constexpr bool is_registered_name(std::string_view text) {
  while (!text.empty()) {
    const bool escaped = text.size() >= 3 && text[0] == '%' && is_hex_digit(text[1]) && is_hex_digit(text[2]);
    if (!escaped && !is_name_char(text[0])) return false;
    text.remove_prefix(escaped ? 3 : 1);
  }
  return true;
}

// An address is not checked further: no server here looks at it.
constexpr bool is_literal(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c == ':' || is_name_char(c); });
}

// uri-host [ ":" port ]. Empty where the target has no authority.
constexpr bool is_host(std::string_view text) {
  const bool literal = text.starts_with('[');
  const auto end = literal ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == text.npos) return false;
  if (literal ? !is_literal(text.substr(1, end - 1)) : !is_registered_name(text.substr(0, end))) return false;
  const auto port = text.substr(literal ? end + 1 : end);
  return port.empty() || (port.front() == ':' && std::ranges::all_of(port.substr(1), is_digit));
}

constexpr std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const auto first = text.find_first_not_of(blanks);
  return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

}  // namespace

void request_fields::take(field name, std::string_view value) {
  switch (name) {
    case field::host:
      ++hosts_;
      all_are_hosts_ &= is_host(value);
      break;
    case field::expect:
      if (boost::beast::iequals(value, "100-continue"))
        expects_continue_ = true;
      else
        other_expectation_ = true;
      break;
    case field::transfer_encoding:
      take_codings(value);
      break;
    default:
      break;
  }
}

void request_fields::take_codings(std::string_view list) {
  for (;;) {
    const auto comma = list.find(',');
    if (const auto coding = trimmed(list.substr(0, comma)); !coding.empty()) {
      ends_chunked_ = boost::beast::iequals(coding, "chunked");
      if (ends_chunked_)
        ++chunked_;
      else
        other_coding_ = true;
    }
    if (comma == list.npos) return;
    list.remove_prefix(comma + 1);
  }
}

std::uint16_t request_fields::fault(bool http_1_1) const {
  if (!all_are_hosts_ || hosts_ > 1 || (http_1_1 && hosts_ == 0)) return 400;
  const bool coded = chunked_ > 0 || other_coding_;
  if (coded && (!http_1_1 || !ends_chunked_ || chunked_ > 1)) return 400;
  if (other_coding_) return 501;
  return other_expectation_ ? 417 : 0;
}

}  // namespace tvl::handler
