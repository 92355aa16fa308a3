#pragma once
// The status line and the fields of an HTTP/1.1 reply, and what they say of its body (RFC 9112 4 to 6).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tvl::load {

enum class body_kind : unsigned char { none, length, chunked, until_close };

struct reply_head {
  int status = 0;
  bool keep_alive = false;
  body_kind body = body_kind::none;
  std::uint64_t length = 0;  // of a body of this kind

  // 1xx: the final reply follows. 101 is final.
  bool is_interim() const { return status < 200 && status != 101; }
};

class head_parser {
 public:
  enum class result { need_more, complete, bad };

  // `to_head`: the reply to a HEAD request, which has no body.
  explicit head_parser(bool to_head) : to_head_(to_head) {}

  // Parses a header at the begin of `text`. A line may end in LF instead of CRLF. Call it once.
  result parse(std::string_view text);

  const reply_head& head() const { return head_; }     // complete
  std::size_t size() const { return size_; }           // complete: bytes of the header, with its empty line
  const std::string& cause() const { return cause_; }  // bad: one line

 private:
  result fail(std::string cause);
  result parse_status_line(std::string_view line);
  result parse_fields(std::string_view text);
  result parse_field(std::string_view line);
  void read_value(std::string_view name, std::string_view value);
  void read_length(std::string_view value);
  void read_coding(std::string_view value);
  result finish();

  const bool to_head_;
  reply_head head_;
  std::size_t size_ = 0;
  std::string cause_;

  bool http_1_0_ = false, says_close_ = false, says_keep_alive_ = false;
  bool is_coded_ = false, ends_chunked_ = false;  // Transfer-Encoding: is there, has `chunked` as its last coding
  int chunked_count_ = 0;
  std::optional<std::string_view> length_;  // Content-Length; all its values are equal
  std::optional<std::string_view> other_length_;
};

// Whether `text` is the begin of "HTTP/1.", or begins with it.
bool begins_like_http(std::string_view text);

// The cause when a header of `size` bytes, or more, exceeds the limit. `text` is what there is of it.
std::string too_long(std::string_view text, bool whole);

}  // namespace tvl::load
