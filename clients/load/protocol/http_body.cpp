#include "clients/load/protocol/http_body.hpp"

#include "clients/load/base/printable.hpp"
#include "clients/load/protocol/http_lines.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace tvl::load {
namespace {

// The line's bytes up to LF. None = they are not all there; what there is has gone to `kept`. Otherwise `joined` holds
// the line when it came in pieces.
std::optional<std::string_view> line_of(std::string_view& input, std::string& kept, std::string& joined) {
  const auto end = input.find('\n');
  const auto piece = input.substr(0, end);
  input.remove_prefix(end == input.npos ? input.size() : end + 1);
  if (end != input.npos && kept.empty()) return piece;
  kept.append(piece);
  if (end == input.npos) return std::nullopt;
  joined = std::exchange(kept, {});
  return joined;
}

}  // namespace

reply_body::reply_body(const reply_head& head, const std::string* expected, const body_pattern* pattern)
    : kind_(head.body), expected_(expected), pattern_(pattern), left_(head.length), length_(head.length) {}

bool reply_body::as_expected() const {
  if (expected_ != nullptr && (!equal_ || taken_ != expected_->size())) return false;
  return pattern_ == nullptr || pattern_->matches(begin_);
}

reply_body::result reply_body::read(std::string_view& input, std::string& kept) {
  switch (kind_) {
    case body_kind::none:
      return result::complete;
    case body_kind::length:
      take(input, left_);
      return left_ == 0 ? result::complete : result::need_more;
    case body_kind::until_close:
      take(input, input.size());
      return result::need_more;
    case body_kind::chunked:
      break;
  }
  return read_chunks(input, kept);
}

void reply_body::take(std::string_view& input, std::uint64_t most) {
  const auto piece = input.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(most, input.size())));
  if (expected_ != nullptr)
    equal_ = equal_ && expected_->compare(std::min(taken_, expected_->size()), piece.size(), piece) == 0;
  if (pattern_ != nullptr) begin_.append(piece.substr(0, body_pattern::most_bytes - begin_.size()));
  taken_ += piece.size();
  left_ -= std::min<std::uint64_t>(left_, piece.size());
  input.remove_prefix(piece.size());
}

reply_body::result reply_body::read_chunks(std::string_view& input, std::string& kept) {
  std::string joined;
  for (;;) {
    if (part_ == part::data) {
      take(input, left_);
      if (left_ > 0) return result::need_more;
      part_ = part::data_end;
    }
    const auto line = line_of(input, kept, joined);
    if ((line ? line->size() : kept.size()) > most_header) {
      kept = part_ == part::trailers ? "trailer exceeds the limit, 64 KiB"
                                     : "line of a chunk's size exceeds the limit, 64 KiB";
      return result::bad;
    }
    if (!line) {
      // Without its end, since the line may never end.
      if (part_ != part::data_end || kept.empty() || kept == "\r") return result::need_more;
      kept = "chunk goes on behind its size: " + in_quotes(kept);
      return result::bad;
    }
    if (const auto read = read_line(*line, kept); read != result::need_more) return read;
  }
}

// need_more: the body goes on behind the line.
reply_body::result reply_body::read_line(std::string_view line, std::string& cause) {
  const bool crlf = line.ends_with('\r');
  const auto text = crlf ? line.substr(0, line.size() - 1) : line;
  const auto fail = [&](std::string why) {
    cause = std::move(why);
    return result::bad;
  };
  switch (part_) {
    case part::data:
    case part::data_end:
      if (line != "\r") return fail("chunk goes on behind its size: " + in_quotes(line));
      part_ = part::size;
      return result::need_more;
    case part::size:
      // RFC 9112 2.2 allows a bare LF in the header only.
      if (!crlf) return fail("line of a chunk's size ends in LF without CR: " + in_quotes(line));
      return read_size(text, cause);
    case part::trailers:
      break;
  }
  if (text.empty()) return result::complete;
  trailers_ += line.size() + 1;
  if (trailers_ > most_header) return fail("trailers exceed the limit, 64 KiB");
  const auto colon = text.find(':');
  const bool folded = is_blank(text.front()), field = colon != text.npos && is_token(text.substr(0, colon));
  if (has_control(text) || (!folded && !field)) return fail("trailer is " + in_quotes(text));
  return result::need_more;
}

// chunk-size [ chunk-ext ]; extensions are ignored (RFC 9112 7.1.1). Blanks around the size are accepted: servers pad
// it.
reply_body::result reply_body::read_size(std::string_view line, std::string& cause) {
  const auto digits = trimmed(line.substr(0, line.find(';')));
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  if (error != std::errc{} || end != digits.data() + digits.size() || has_control(line)) {
    cause = "chunk size is " + in_quotes(line);
    return result::bad;
  }
  left_ = size;
  part_ = size == 0 ? part::trailers : part::data;
  return result::need_more;
}

std::string reply_body::cut_off() const {
  const std::string bytes = std::to_string(taken_);
  if (kind_ == body_kind::length)
    return "connection closed after " + bytes + " of " + std::to_string(length_) + " bytes of the body";
  return "connection closed inside a chunked body, after " + bytes + " bytes of it";
}

}  // namespace tvl::load
