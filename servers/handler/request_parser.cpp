#include "servers/handler/request_parser.hpp"

#include "servers/handler/limits.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <cctype>

namespace tvl::handler {

namespace http = boost::beast::http;

namespace {

// " HTTP/d.d" with a version other than 1.0 and 1.1.
bool names_other_version(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  return text.size() >= 9 && text.starts_with(" HTTP/") && digit(6) && text[7] == '.' && digit(8) &&
         !text.starts_with(" HTTP/1.0") && !text.starts_with(" HTTP/1.1");
}

// The size up to the end of a line or of the fields, which is not in the first `searched` bytes; 0 = not there.
std::size_t whole_line(std::string_view input, std::size_t searched) { return input.find('\n', searched) + 1; }
std::size_t whole_fields(std::string_view input, std::size_t searched) {
  const auto end = input.find("\r\n\r\n", searched);
  return end == input.npos ? 0 : end + 4;
}

// Whether it begins a token (RFC 9110 5.6.2), as a method does.
bool begins_a_method(char c) {
  constexpr std::string_view delimiters = "\"(),/:;<=>?@[\\]{}";
  return c > ' ' && c < '\x7f' && delimiters.find(c) == delimiters.npos;
}

}  // namespace

request_parser::request_parser() {
  eager(true);
  header_limit(limits::header);
  basic_parser::body_limit(boost::none);  // the limit depends on the route, see on_header_impl
}

std::size_t request_parser::take(std::string_view input) {
  std::size_t taken = 0;
  while (!complete()) {
    const bool in_header = !is_header_done();
    const auto size = whole_part(input.substr(taken));
    if (size == 0) break;
    taken += parse(input.substr(taken, size));
    searched_ = 0;
    header_size_ = is_header_done() ? 0 : header_size_ + size;
    if (in_header && is_header_done()) stays_open_ = keep_alive();  // a trailer field may change Beast's mind
  }
  return taken;
}

// The bytes at the begin of `input` that may be parsed, 0 = none yet: of a body all; else a line once it is whole, then
// the fields once all are there. Beast tells the first fault of the bytes that it is given: with others, which of two
// faults is told would depend on the pieces in which a request comes.
std::size_t request_parser::whole_part(std::string_view input) {
  if (is_header_done() && !chunked()) return input.size();
  if (chunk_left_ > 0) return static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, input.size()));
  std::size_t size = 0;
  if (is_header_done())
    size = whole_chunk_line(input);
  else if (has_line_)
    size = input.starts_with("\r\n") ? 2 : whole_fields(input, searched_);
  else if (input.empty() || begins_a_method(input.front()))
    size = whole_line(input, searched_);
  else
    failure_ = 400;
  searched_ = input.size() - std::min<std::size_t>(input.size(), 3);
  if (failure_ != 0) return 0;
  if (header_size_ + (size == 0 ? input.size() : size) > limits::header)
    failure_ = has_line_ ? 431 : 414;
  else if (size > 0 && !input.substr(0, size).ends_with("\r\n"))
    failure_ = 400;
  return failure_ == 0 ? size : 0;
}

// RFC 9112 7.1: the line of a chunk behind the end of the chunk before it; the last one with the trailer fields.
std::size_t request_parser::whole_chunk_line(std::string_view input) {
  const std::string_view end_before = body_size_ > 0 ? "\r\n" : "";
  if (!input.starts_with(end_before.substr(0, input.size()))) failure_ = 400;
  const auto size = whole_line(input, std::max(searched_, end_before.size()));
  if (size == 0) return 0;
  const auto zeros = input.find_first_not_of('0', end_before.size()) - end_before.size();
  const bool is_last = zeros > 0 && !std::isxdigit(static_cast<unsigned char>(input[end_before.size() + zeros]));
  return is_last ? whole_fields(input, size - 2) : size;
}

std::size_t request_parser::parse(std::string_view input) {
  error_code ec;
  const auto taken = put(boost::asio::const_buffer(input.data(), input.size()), ec);
  const bool wants_more = ec == http::error::need_more;
  if (ec && !wants_more && failure_ == 0) failure_ = status_of(ec, input);
  if (wants_more && taken < input.size()) failure_ = 400;  // of what is whole: a quoted string without end
  return taken;
}

void request_parser::on_request_impl(http::verb method, string_view, string_view target, int version, error_code& ec) {
  has_line_ = true;
  http_1_1_ = version == 11;
  head_ = method == http::verb::head;
  route_ = find_route(method, {target.data(), target.size()});
  if (route_.status == 414) fail(414, ec);
}

void request_parser::on_field_impl(field name, string_view, string_view value, error_code&) {
  if (is_header_done()) return;  // a trailer field is no field of the header (RFC 9110 6.5)
  fields_.take(name, {value.data(), value.size()});
  if (leads_to_websocket(route_)) handshake_.take(name, {value.data(), value.size()});
}

void request_parser::on_header_impl(error_code& ec) {
  if (const auto status = fields_.fault(http_1_1_); status != 0) return fail(status, ec);
  if (leads_to_websocket(route_)) route_ = handshake_.judge(std::move(route_), http_1_1_ && !head_);
  // Not in on_body_init_impl(), which waits for the body's first byte: the client may be waiting for "100 Continue".
  if (const auto length = content_length(); length && *length > body_limit()) fail(413, ec);
}

std::size_t request_parser::on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) {
  chunk_left_ -= body.size();
  return on_body_impl(body, ec);
}

std::size_t request_parser::on_body_impl(string_view body, error_code& ec) {
  body_size_ += body.size();
  if (body_size_ > body_limit())
    fail(413, ec);
  else if (route_.what == route::content::echo)
    body_.append(body.data(), body.size());
  return body.size();
}

std::uint64_t request_parser::body_limit() const {
  return route_.what == route::content::count ? limits::upload : limits::echo;
}

void request_parser::fail(std::uint16_t status, error_code& ec) {
  failure_ = status;
  ec = http::error::bad_value;  // any error stops Beast; failure_ has the status
}

std::uint16_t request_parser::status_of(const error_code& ec, std::string_view input) const {
  if (ec != http::error::bad_version) return 400;
  const auto line = input.substr(0, input.find('\r'));
  const auto version = line.substr(std::min(line.size(), line.find(' ', line.find(' ') + 1)));
  return names_other_version(version) ? 505 : 400;
}

}  // namespace tvl::handler
