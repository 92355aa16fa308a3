#pragma once
// The answer to one request, before any delay or sending.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tvl::upstream {

// Misbehaviours for tests of clients. All but `garbage` and `half` last until the client goes away.
enum class hostility : unsigned char {
  none,
  garbage,      // bytes that are no HTTP, then the end
  slow_header,  // an endless field, one byte at a time
  slow_body,    // a body of 1 GiB, one byte at a time
  half,         // ends in the middle of the body
  huge,         // an endless body, as fast as the client reads
  silent,       // no reply
};

// The hostility of this name in a path: garbage, slow-header, slow-body, half, huge, silent.
hostility hostility_named(std::string_view name);

struct answer {
  std::uint16_t status = 200;
  hostility hostile = hostility::none;
  std::string_view type = "application/json";
  std::string fields;         // further header fields, with line ends
  std::string body;           // or,
  std::uint64_t content = 0;  // when not 0, this many bytes of object_content()
  std::chrono::microseconds delay{0};
};

struct reply_form {
  bool close = false;    // the connection ends after the reply
  bool http_1_1 = true;  // HTTP/1.0 needs a keep-alive field when the connection stays open
};

// Appends the head of a reply with a body of `size` bytes; X-Service-Time-Us is the time until its beginning.
void append_head(std::string& out, const answer&, std::uint64_t size, std::chrono::microseconds took,
                 const reply_form&);

}  // namespace tvl::upstream
