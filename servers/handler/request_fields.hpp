#pragma once
// What the fields of a request's header say of the request itself: its host, the coding of its body, its expectation.

#include <boost/beast/http/field.hpp>

#include <cstdint>
#include <string_view>

namespace tvl::handler {

class request_fields {
 public:
  void take(boost::beast::http::field, std::string_view value);

  // Status of the refusal, 0 = none. Call it after the last field.
  //   400  HTTP/1.1 without Host; more than one Host; an invalid Host value (RFC 9112 3.2)
  //   400  a transfer coding in HTTP/1.0 (6.1); chunked twice, or not last (6.3)
  //   501  another transfer coding before chunked (6.1)
  //   417  an expectation other than 100-continue (RFC 9110 10.1.1)
  std::uint16_t fault(bool http_1_1) const;

  bool expects_continue() const { return expects_continue_; }

 private:
  void take_codings(std::string_view list);

  unsigned hosts_ = 0, chunked_ = 0;
  bool all_are_hosts_ = true;
  bool other_coding_ = false, ends_chunked_ = true;
  bool expects_continue_ = false, other_expectation_ = false;
};

}  // namespace tvl::handler
