#include "servers/upstream/request.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

namespace tvl::upstream {

namespace http = boost::beast::http;

namespace {

constexpr std::uint32_t most_header = 8192;  // bytes, else 431
constexpr std::uint64_t most_body = 8192;    // bytes, else 413: enough for a form with a token

std::uint16_t status_of(const boost::beast::error_code& ec) {
  if (ec == http::error::header_limit) return 431;
  return ec == http::error::body_limit ? 413 : 400;
}

}  // namespace

request::request() {
  eager(true);
  header_limit(most_header);
  body_limit(most_body);
}

std::size_t request::take(std::string_view input) {
  if (input.empty()) return 0;
  error_code ec;
  const auto taken = put(boost::asio::const_buffer(input.data(), input.size()), ec);
  if (ec && ec != http::error::need_more && failure_ == 0) failure_ = status_of(ec);
  return taken;
}

void request::on_request_impl(verb method, string_view, string_view target, int version, error_code&) {
  method_ = method;
  http_1_1_ = version == 11;
  target_.assign(target.data(), target.size());
}

void request::on_field_impl(field name, string_view, string_view value, error_code& ec) {
  if (name == field::authorization)
    authorization_.assign(value.data(), value.size());
  else if (name == field::transfer_encoding)
    failure_ = 501;  // no client sends a token in chunks
  else if (name == field::expect)
    failure_ = 417;  // or waits for "100 Continue" before sending one
  if (failure_ != 0) ec = http::error::bad_value;
}

std::size_t request::on_body_impl(string_view body, error_code&) {
  body_.append(body.data(), body.size());
  return body.size();
}

}  // namespace tvl::upstream
