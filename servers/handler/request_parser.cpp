#include "servers/handler/request_parser.hpp"

#include "servers/handler/limits.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>

namespace tvl::handler {

namespace http = boost::beast::http;

namespace {

// " HTTP/d.d" with a version other than 1.0 and 1.1.
bool names_other_version(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  return text.size() >= 9 && text.starts_with(" HTTP/") && digit(6) && text[7] == '.' && digit(8) &&
         !text.starts_with(" HTTP/1.0") && !text.starts_with(" HTTP/1.1");
}

}  // namespace

request_parser::request_parser() {
  eager(true);
  header_limit(limits::header);
  basic_parser::body_limit(boost::none);  // the limit depends on the route, see on_header_impl
}

std::size_t request_parser::take(std::string_view input) {
  // Shortest end of a chunked body; Beast 1.81 asserts this length where it may have one byte less.
  constexpr std::string_view last_chunk = "0\r\n\r\n";
  if (is_header_done() && chunked() && input.size() < last_chunk.size()) return 0;
  error_code ec;
  const auto taken = put(boost::asio::const_buffer(input.data(), input.size()), ec);
  if (ec && ec != http::error::need_more && failure_ == 0) failure_ = status_of(ec, input);
  return taken;
}

void request_parser::on_request_impl(http::verb method, string_view, string_view target, int version, error_code& ec) {
  has_line_ = true;
  http_1_1_ = version == 11;
  head_ = method == http::verb::head;
  header_size_ = static_cast<std::uint32_t>(target.size());
  route_ = find_route(method, {target.data(), target.size()});
  if (route_.status == 414) fail(414, ec);
}

void request_parser::on_field_impl(field name, string_view text, string_view value, error_code& ec) {
  // Beast only limits unparsed bytes, which a client can keep few for ever.
  header_size_ += static_cast<std::uint32_t>(text.size() + value.size() + 4);
  if (header_size_ > limits::header) return fail(431, ec);
  switch (name) {
    case field::host:
      ++hosts_;
      break;
    case field::expect:
      if (!boost::beast::iequals(value, "100-continue")) return fail(417, ec);
      expects_ = http_1_1_;
      break;
    case field::transfer_encoding:
      // Beast reads a list that does not end in "chunked" as "no body": the next request would start inside this body.
      if (!boost::beast::iequals(value, "chunked")) return fail(501, ec);
      if (!http_1_1_) return fail(400, ec);
      break;
    default:
      if (leads_to_websocket(route_)) handshake_.take(name, {value.data(), value.size()});
      break;
  }
}

void request_parser::on_header_impl(error_code& ec) {
  if (http_1_1_ && hosts_ != 1) return fail(400, ec);
  if (leads_to_websocket(route_)) route_ = handshake_.judge(std::move(route_), http_1_1_ && !head_);
  // Not in on_body_init_impl(), which waits for the body's first byte: the client may be waiting for "100 Continue".
  if (const auto length = content_length(); length && *length > body_limit()) fail(413, ec);
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
  const auto line = input.substr(0, input.find('\r'));
  // Beast may hold back the request line until it has the whole header.
  if (ec == http::error::header_limit) return has_line_ || line.size() < input.size() ? 431 : 414;
  if (ec != http::error::bad_version) return 400;
  const auto version = line.substr(std::min(line.size(), line.find(' ', line.find(' ') + 1)));
  return names_other_version(version) ? 505 : 400;
}

}  // namespace tvl::handler
