#include "servers/handler/reply.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace tvl::handler {
namespace {

using content = route::content;

constexpr std::string_view hello = "Hello, World!";
constexpr std::string_view hello_json = R"({"message":"Hello, World!"})";
constexpr std::string_view text = "Content-Type: text/plain\r\nContent-Length: ";
constexpr std::string_view json = "Content-Type: application/json\r\nContent-Length: ";
constexpr std::string_view binary = "Content-Type: application/octet-stream\r\nContent-Length: ";

std::string make_pattern() {
  std::string result;
  while (result.size() < (1u << 20)) result += "0123456789abcdef";
  return result;
}

class decimal {
 public:
  explicit decimal(std::uint64_t n) : end_(std::to_chars(digits_.data(), digits_.data() + digits_.size(), n).ptr) {}
  operator std::string_view() const { return {digits_.data(), end_}; }

 private:
  std::array<char, 20> digits_;
  const char* end_;
};

std::string_view reason(unsigned status) {
  const auto words = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {words.data(), words.size()};
}

void append_status(std::string& out, std::uint16_t status) {
  if (status == 200)
    out += "HTTP/1.1 200 OK\r\n";
  else
    ((((out += "HTTP/1.1 ") += decimal(status)) += ' ') += reason(status)) += "\r\n";
}

// `type` is a whole field and the name of the next.
void append_head(std::string& out, const route& r, std::string_view type, std::uint64_t size, const reply_form& form) {
  append_status(out, r.status);
  if (r.status == 405) out += r.post ? "Allow: POST\r\n" : "Allow: GET, HEAD\r\n";
  if (form.close)
    out += "Connection: close\r\n";
  else if (!form.http_1_1)
    out += "Connection: keep-alive\r\n";
  ((out += type) += decimal(size)) += "\r\n\r\n";
}

void append_whole(std::string& out, const route& r, std::string_view type, std::string_view body,
                  const reply_form& form) {
  append_head(out, r, type, body.size(), form);
  if (!form.head) out += body;
}

}  // namespace

void append_reply(std::string& out, const route& r, std::string_view body, const reply_form& form) {
  switch (r.what) {
    case content::plaintext:
      return append_whole(out, r, text, hello, form);
    case content::json:
      return append_whole(out, r, json, hello_json, form);
    case content::pattern:
      return append_head(out, r, binary, r.amount, form);
    case content::echo:
      return append_whole(out, r, binary, body, form);
    case content::count:
    case content::amount:
      return append_whole(out, r, text, decimal(r.amount), form);
    case content::error:
      return append_whole(out, r, text, reason(r.status), form);
  }
}

void append_continue(std::string& out) { out += "HTTP/1.1 100 Continue\r\n\r\n"; }

std::uint32_t pattern_size(const route& r, const reply_form& form) {
  return r.what == content::pattern && !form.head ? static_cast<std::uint32_t>(r.amount) : 0;
}

std::string_view pattern(std::uint32_t at, std::uint32_t size) {
  static const std::string block = make_pattern();
  return std::string_view(block).substr(at % 16, size);
}

}  // namespace tvl::handler
