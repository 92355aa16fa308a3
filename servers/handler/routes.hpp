#pragma once
// Routing: method and target to a plan and the kind of reply.

#include "servers/handler/plan.hpp"

#include <boost/beast/http/verb.hpp>

#include <cstdint>
#include <string_view>

namespace tvl::handler {

struct route {
  enum class content : unsigned char {
    error,      // the status and its reason phrase
    plaintext,  // Hello, World!
    json,       // {"message":"Hello, World!"}
    pattern,    // `needs.number` bytes of repeated 0123456789abcdef
    echo,       // the request's body
    count,      // the size of the request's body in decimal, kept in `needs.number`
    number,     // `needs.number` in decimal
    touch,      // the same, after the use of so many KiB of the connection's own memory
    text,       // the service result as text, ...
    object,     // ... JSON ...
    binary,     // ... or bytes, perhaps streamed
  };
  std::uint16_t status = 200;
  content what = content::error;
  bool post = false;  // the endpoint takes POST instead of GET; for the Allow field of a 405
  plan needs;
};

route find_route(boost::beast::http::verb, std::string_view target);
// The route to an error reply.
route failed(std::uint16_t status, bool post = false);

}  // namespace tvl::handler
