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
// A whole field plus the name of the next: one append less per reply.
constexpr std::string_view length = "Content-Length: ";
constexpr std::string_view text = "Content-Type: text/plain\r\nContent-Length: ";
constexpr std::string_view json = "Content-Type: application/json\r\nContent-Length: ";
constexpr std::string_view binary = "Content-Type: application/octet-stream\r\nContent-Length: ";

std::string_view type_of(const route& r) {
  switch (r.what) {
    case content::json:
    case content::object:
      return json;
    case content::pattern:
    case content::echo:
    case content::binary:
      return binary;
    default:
      return text;
  }
}

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

// Everything before the length field.
void append_fields(std::string& out, const route& r, const reply_form& form) {
  append_status(out, r.status);
  if (r.status == 405) out += r.post ? "Allow: POST\r\n" : "Allow: GET, HEAD\r\n";
  if (r.status == 426) out += "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n";
  if (form.close)
    out += "Connection: close\r\n";
  else if (!form.http_1_1)
    out += "Connection: keep-alive\r\n";
}

void append_head(std::string& out, const route& r, std::uint64_t size, const reply_form& form) {
  append_fields(out, r, form);
  ((out += type_of(r)) += decimal(size)) += "\r\n\r\n";
}

// Passes the body to `use`, which must not keep it: a number is formatted on the stack.
template <class F>
void with_body(const route& r, std::string_view request_body, F use) {
  switch (r.what) {
    case content::plaintext:
      return use(hello);
    case content::json:
      return use(hello_json);
    case content::pattern:
      return use(std::string_view());
    case content::echo:
      return use(request_body);
    case content::count:
    case content::number:
    case content::touch:
      return use(std::string_view(decimal(r.needs.number)));
    case content::error:
      return use(reason(r.status));
    case content::text:
    case content::object:
    case content::binary:
      return use(request_body);
  }
}

}  // namespace

void append_reply(std::string& out, const route& r, std::string_view request_body, const reply_form& form) {
  with_body(r, request_body, [&](std::string_view body) {
    append_head(out, r, r.what == content::pattern ? r.needs.number : body.size(), form);
    if (!form.head) out += body;
  });
}

std::string_view media_type(const route& r) {
  const auto field = type_of(r).substr(std::string_view("Content-Type: ").size());
  return field.substr(0, field.find('\r'));
}

std::string body_of(const route& r, std::string_view request_body) {
  std::string result;
  with_body(r, request_body, [&](std::string_view body) { result = body; });
  return result;
}

void append_streamed_head(std::string& out, const route& r, std::optional<std::uint64_t> size, const reply_form& form) {
  if (size) return append_head(out, r, *size, form);
  append_fields(out, r, form);
  out += type_of(r).substr(0, type_of(r).size() - length.size());
  out += form.chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n";
}

void append_piece(std::string& out, std::string_view piece, const reply_form& form) {
  if (form.head || piece.empty()) return;  // an empty chunk would end the body
  if (!form.chunked) {
    out += piece;
    return;
  }
  std::array<char, 16> hex;
  const auto end = std::to_chars(hex.data(), hex.data() + hex.size(), piece.size(), 16).ptr;
  (((out += std::string_view(hex.data(), end)) += "\r\n") += piece) += "\r\n";
}

void append_end(std::string& out, const reply_form& form) {
  if (form.chunked && !form.head) out += "0\r\n\r\n";
}

void append_continue(std::string& out) { out += "HTTP/1.1 100 Continue\r\n\r\n"; }

std::uint32_t pattern_size(const route& r, const reply_form& form) {
  return r.what == content::pattern && !form.head ? static_cast<std::uint32_t>(r.needs.number) : 0;
}

std::string_view pattern(std::uint32_t at, std::uint32_t size) {
  static const std::string block = make_pattern();
  return std::string_view(block).substr(at % 16, size);
}

}  // namespace tvl::handler
