#include "clients/load/protocol/http_head.hpp"

#include "clients/load/base/printable.hpp"
#include "clients/load/protocol/http_lines.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace tvl::load {
namespace {

constexpr std::string_view protocol_name = "HTTP/1.";

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string kilobytes(std::size_t bytes) { return std::to_string((bytes + 500) / 1000) + " KB"; }

// None = not a number, or above 2^64 - 1.
std::optional<std::uint64_t> parse_number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc{} && end == digits.data() + digits.size() ? std::optional(value) : std::nullopt;
}

}  // namespace

bool begins_like_http(std::string_view text) { return protocol_name.starts_with(text.substr(0, protocol_name.size())); }

head_parser::result head_parser::fail(std::string cause) {
  cause_ = std::move(cause);
  return result::bad;
}

head_parser::result head_parser::parse(std::string_view text) {
  std::string_view rest = text;
  const auto first = take_line(rest);
  if (!first) return begins_like_http(text) ? result::need_more : fail("status line is " + in_quotes(trimmed(text)));
  if (const auto line = parse_status_line(*first); line != result::complete) return line;
  if (const auto fields = parse_fields(rest); fields != result::complete) return fields;
  size_ += static_cast<std::size_t>(rest.data() - text.data());
  return finish();
}

// RFC 9112 4. An empty reason is allowed; servers also leave the blank before it out.
head_parser::result head_parser::parse_status_line(std::string_view line) {
  constexpr std::size_t version = protocol_name.size() + 1;
  const auto bad = [&] { return fail("status line is " + in_quotes(line)); };
  if (!line.starts_with(protocol_name) || line.size() < version || !is_digit(line[version - 1])) return bad();
  http_1_0_ = line[version - 1] == '0';
  std::string_view rest = line.substr(version);
  const auto blanks = std::min(rest.find_first_not_of(" \t"), rest.size());
  rest.remove_prefix(blanks);
  if (blanks == 0 || rest.size() < 3 || !is_digit(rest[0]) || !is_digit(rest[1]) || !is_digit(rest[2])) return bad();
  if (rest[0] == '0' || (rest.size() > 3 && !is_blank(rest[3])) || has_control(rest)) return bad();
  head_.status = 100 * (rest[0] - '0') + 10 * (rest[1] - '0') + (rest[2] - '0');
  return result::complete;
}

head_parser::result head_parser::parse_fields(std::string_view text) {
  const char* const begin = text.data();
  for (;;) {
    auto line = take_line(text);
    if (!line) return result::need_more;
    if (line->empty()) break;
    if (is_blank(line->front())) return fail("white space before the first header field: " + in_quotes(*line));
    if (has_control(*line)) return fail("control character in the header line " + in_quotes(*line));
    // obs-fold (RFC 9112 5.2): a line that begins with a blank continues the value.
    while (!text.empty() && is_blank(text.front())) {
      const auto more = take_line(text);
      if (!more) return result::need_more;
      if (has_control(*more)) return fail("control character in the header line " + in_quotes(*more));
      line = std::string_view(line->data(), static_cast<std::size_t>(more->data() + more->size() - line->data()));
    }
    if (const auto field = parse_field(*line); field != result::complete) return field;
  }
  size_ = static_cast<std::size_t>(text.data() - begin);
  return result::complete;
}

head_parser::result head_parser::parse_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == line.npos) return fail("header line without a colon: " + in_quotes(line));
  const auto name = line.substr(0, colon);
  if (!is_token(name)) return fail("header field's name is " + in_quotes(name));
  read_value(name, trimmed(line.substr(colon + 1)));
  return result::complete;
}

// Only what frames the reply. The length of a name tells most others apart.
void head_parser::read_value(std::string_view name, std::string_view value) {
  constexpr std::string_view connection = "connection", length = "content-length", coding = "transfer-encoding";
  if (name.size() == length.size() && same_but_case(name, length)) {
    read_length(value);
  } else if (name.size() == connection.size() && same_but_case(name, connection)) {
    for_each_element(value, [&](std::string_view option) {
      says_close_ |= same_but_case(option, "close");
      says_keep_alive_ |= same_but_case(option, "keep-alive");
    });
  } else if (name.size() == coding.size() && same_but_case(name, coding)) {
    read_coding(value);
  }
}

// RFC 9110 8.6: one value, repeated at most. What is wrong matters only where the length does, see finish().
void head_parser::read_length(std::string_view value) {
  const auto read = [&](std::string_view each) {
    if (!length_)
      length_ = each;
    else if (each != *length_ && !other_length_)
      other_length_ = each;
  };
  if (value.find(',') == value.npos) return read(value);
  for_each_element(value, read);
}

void head_parser::read_coding(std::string_view value) {
  is_coded_ = true;
  for_each_element(value, [&](std::string_view coding) {
    ends_chunked_ = same_but_case(coding, "chunked");
    chunked_count_ += ends_chunked_;
  });
}

// RFC 9112 6.3, in its order: the status, then Transfer-Encoding, then Content-Length.
head_parser::result head_parser::finish() {
  head_.keep_alive = !says_close_ && (!http_1_0_ || says_keep_alive_);
  if (to_head_ || head_.status < 200 || head_.status == 204 || head_.status == 304) return result::complete;
  if (is_coded_) {
    if (chunked_count_ > 1) return fail("Transfer-Encoding has chunked " + std::to_string(chunked_count_) + " times");
    head_.body = ends_chunked_ ? body_kind::chunked : body_kind::until_close;
    head_.keep_alive = head_.keep_alive && ends_chunked_ && !http_1_0_;  // RFC 9112 6.1: HTTP/1.0 has no such field
    return result::complete;
  }
  if (!length_) {
    head_.body = body_kind::until_close;
    head_.keep_alive = false;
    return result::complete;
  }
  if (other_length_)
    return fail("Content-Length is both " + in_quotes(*length_, 40) + " and " + in_quotes(*other_length_, 40));
  const auto length = parse_number(*length_);
  if (!length) return fail("Content-Length: " + in_quotes(*length_) + " is no number");
  head_.body = body_kind::length;
  head_.length = *length;
  return result::complete;
}

std::string too_long(std::string_view text, bool whole) {
  std::string_view longest, rest = text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size() - 1);
    if (end >= longest.size()) longest = rest.substr(0, end + 1);
    rest.remove_prefix(end + 1);
  }
  const bool one = longest.size() > text.size() / 2;
  const std::string what = !one ? "header" : longest.data() == text.data() ? "status line" : "header field";
  const bool ended = whole || (one && longest.ends_with('\n'));
  return what + (ended ? " of " : " of more than ") + kilobytes(one ? longest.size() : text.size()) + ", limit 64 KiB";
}

}  // namespace tvl::load
