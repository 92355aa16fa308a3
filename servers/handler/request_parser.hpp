#pragma once
// Parser of one request: Boost.Beast's HTTP/1.1 parser without a field container. It looks up the route when the target
// arrives, checks a WebSocket handshake, and keeps the body only where the reply needs it.

#include "servers/handler/handshake.hpp"
#include "servers/handler/request_fields.hpp"
#include "servers/handler/routes.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tvl::handler {

class request_parser : public boost::beast::http::basic_parser<true> {
 public:
  request_parser();

  // Returns the number of bytes consumed. The caller passes the rest again, with more behind it.
  std::size_t take(std::string_view input);

  bool complete() const { return is_done() || failure_ != 0; }
  // Status of a malformed or too large request, after which the connection has to end; 0 = none.
  std::uint16_t failure() const { return failure_; }
  // The client waits for "100 Continue" or a refusal before it sends the body. Not in HTTP/1.0 (RFC 9110 10.1.1).
  bool wants_continue() const {
    return http_1_1_ && fields_.expects_continue() && is_header_done() && !complete() && body_size_ == 0;
  }
  bool http_1_1() const { return http_1_1_; }
  // The connection is kept after the reply.
  bool stays_open() const { return stays_open_; }

  const route& found_route() const { return route_; }
  route take_route() { return std::move(route_); }
  bool head() const { return head_; }
  std::string take_body() { return std::move(body_); }
  std::uint64_t body_size() const { return body_size_; }

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;
  using field = boost::beast::http::field;

  void on_request_impl(boost::beast::http::verb, string_view, string_view target, int version, error_code&) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(field, string_view, string_view value, error_code&) override;
  void on_header_impl(error_code&) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view, error_code&) override;
  void on_chunk_header_impl(std::uint64_t size, string_view, error_code&) override { chunk_left_ = size; }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override;
  void on_finish_impl(error_code&) override {}

  std::size_t whole_part(std::string_view input);
  std::size_t whole_chunk_line(std::string_view input);
  std::size_t parse(std::string_view input);
  void fail(std::uint16_t status, error_code&);
  std::uint16_t status_of(const error_code&, std::string_view input) const;
  std::uint64_t body_limit() const;

  route route_;
  request_fields fields_;
  handshake handshake_;  // for routes to a WebSocket
  std::string body_;
  std::uint64_t body_size_ = 0;
  std::size_t header_size_ = 0;   // bytes of the header that have been parsed
  std::size_t searched_ = 0;      // bytes of the header's next part in which its end does not begin
  std::uint64_t chunk_left_ = 0;  // bytes of the chunk that are to come
  std::uint16_t failure_ = 0;
  bool has_line_ = false;
  bool http_1_1_ = false;
  bool head_ = false;
  bool stays_open_ = false;
};

}  // namespace tvl::handler
