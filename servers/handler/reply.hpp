#pragma once
// Serialises a route's reply.
//
// No Date field: the handler has no clock, and RFC 9110 6.6.1 allows a server without a clock to omit it.

#include "servers/handler/routes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tvl::handler {

struct reply_form {
  bool head = false;     // HEAD: no body
  bool close = false;    // the connection ends after this reply
  bool http_1_1 = true;  // HTTP/1.0 needs a keep-alive field when the connection stays open
  bool chunked = false;  // chunked body of unknown size
};

// Appends the reply except for a pattern body, whose pattern_size() bytes come from pattern() in pieces.
void append_reply(std::string& out, const route&, std::string_view body, const reply_form&);
void append_continue(std::string& out);

// A streamed reply: head, pieces, end. The head has the body's size unless the body is chunked or delimited by the end
// of the connection.
void append_streamed_head(std::string& out, const route&, std::optional<std::uint64_t> size, const reply_form&);
void append_piece(std::string& out, std::string_view piece, const reply_form&);
void append_end(std::string& out, const reply_form&);

// For contestants whose library writes the HTTP: the reply's parts. A pattern has no body here.
std::string_view media_type(const route&);
std::string body_of(const route&, std::string_view request_body);

std::uint32_t pattern_size(const route&, const reply_form&);
// The longest piece of the pattern from offset `at`, at most `size` bytes.
std::string_view pattern(std::uint32_t at, std::uint32_t size);

}  // namespace tvl::handler
