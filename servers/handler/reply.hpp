#pragma once
// A route's reply as bytes.
//
// No Date field: the handler has no clock, and RFC 9110 6.6.1 lets a server without one leave it out.

#include "servers/handler/routes.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tvl::handler {

struct reply_form {
  bool head = false;     // HEAD: everything but the body
  bool close = false;    // the connection ends after this reply
  bool http_1_1 = true;  // an HTTP/1.0 client is told when the connection stays open
};

// Appends the reply to `out`, all but a pattern body: that is pattern_size() bytes that pattern() hands out
// in pieces.
void append_reply(std::string& out, const route&, std::string_view body, const reply_form&);
void append_continue(std::string& out);

// The same reply in the parts that a library asks for which writes the HTTP itself. Of a pattern there is no body here.
std::string_view media_type(const route&);
std::string body_of(const route&, std::string_view request_body);

std::uint32_t pattern_size(const route&, const reply_form&);
// The longest piece of the pattern that begins `at` bytes into it, at most `size` bytes.
std::string_view pattern(std::uint32_t at, std::uint32_t size);

}  // namespace tvl::handler
