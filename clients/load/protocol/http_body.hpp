#pragma once
// The body of an HTTP/1.1 reply (RFC 9112 6 and 7): finds its end, compares it, and keeps it only for a pattern.

#include "clients/load/protocol/body_pattern.hpp"
#include "clients/load/protocol/http_head.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tvl::load {

class reply_body {
 public:
  enum class result { need_more, complete, bad };

  reply_body() = default;
  // Null = any body. Both must outlive this.
  reply_body(const reply_head&, const std::string* expected, const body_pattern* pattern);

  // Consumes `input` up to the end of the body. `kept` holds the begin of a line between calls and is empty at first;
  // with `bad` it is the cause.
  result read(std::string_view& input, std::string& kept);

  bool as_expected() const;
  bool ends_with_connection() const { return kind_ == body_kind::until_close; }
  // The cause when the connection ends inside the body.
  std::string cut_off() const;

 private:
  enum class part : unsigned char { size, data, data_end, trailers };

  void take(std::string_view& input, std::uint64_t most);
  result read_chunks(std::string_view& input, std::string& kept);
  result read_line(std::string_view line, std::string& cause);
  result read_size(std::string_view line, std::string& cause);

  body_kind kind_ = body_kind::none;
  part part_ = part::size;
  bool equal_ = true;
  const std::string* expected_ = nullptr;
  const body_pattern* pattern_ = nullptr;
  std::string begin_;       // of the body, for the pattern
  std::size_t taken_ = 0;   // bytes of the body
  std::uint64_t left_ = 0;  // of the body or the chunk
  std::uint64_t length_ = 0;
  std::size_t trailers_ = 0;  // bytes
};

}  // namespace tvl::load
