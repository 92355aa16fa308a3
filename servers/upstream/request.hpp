#pragma once
// Parser of one request: Boost.Beast's, keeping only what the stand-in needs.

#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace tvl::upstream {

class request : public boost::beast::http::basic_parser<true> {
 public:
  using verb = boost::beast::http::verb;

  request();

  // Returns the number of bytes consumed. The caller passes the rest again, with more behind it.
  std::size_t take(std::string_view input);

  bool complete() const { return is_done() || failure_ != 0; }
  // Status of the refusal, after which the connection has to end; 0 = none.
  std::uint16_t failure() const { return failure_; }

  verb method() const { return method_; }
  bool head() const { return method_ == verb::head; }
  bool http_1_1() const { return http_1_1_; }
  const std::string& target() const { return target_; }
  const std::string& authorization() const { return authorization_; }
  const std::string& body() const { return body_; }

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;
  using field = boost::beast::http::field;

  void on_request_impl(verb, string_view, string_view target, int version, error_code&) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(field, string_view, string_view value, error_code&) override;
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view, error_code&) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}

  std::string target_;
  std::string authorization_;
  std::string body_;
  verb method_ = verb::unknown;
  std::uint16_t failure_ = 0;
  bool http_1_1_ = false;
};

}  // namespace tvl::upstream
