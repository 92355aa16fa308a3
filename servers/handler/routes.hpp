#pragma once
// Method and target in, route out: which plan the request has and what its reply will hold.

#include "servers/handler/plan.hpp"

#include <boost/beast/http/verb.hpp>

#include <cstdint>
#include <string_view>

namespace tvl::handler {

struct route {
  enum class content : unsigned char {
    error,      // the status and its name
    plaintext,  // Hello, World!
    json,       // {"message":"Hello, World!"}
    pattern,    // `needs.number` bytes of 0123456789abcdef over and over
    echo,       // the request's body
    count,      // the size of the request's body in decimal, which is put into `needs.number`
    number,     // `needs.number` in decimal
    text,       // what a wait brought: text, ...
    object,     // ... JSON, ...
    binary,     // ... or bytes, perhaps piece by piece
  };
  std::uint16_t status = 200;
  content what = content::error;
  bool post = false;  // the endpoint takes POST and not GET: what a 405 has to say
  plan needs;
};

route find_route(boost::beast::http::verb, std::string_view target);
// To a reply that is this error and nothing else.
route failed(std::uint16_t status, bool post = false);

}  // namespace tvl::handler
