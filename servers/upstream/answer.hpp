#pragma once
// What is to be answered to one request, before any time has passed or any byte been sent.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace tvl::upstream {

// Ways to treat a client badly, for its tests. All but `garbage` and `half` last until the client goes away.
enum class hostility : unsigned char {
  none,
  garbage,      // bytes that are no HTTP, and the end
  slow_header,  // a field that never ends, a byte at a time
  slow_body,    // a body of 1 GiB, a byte at a time
  half,         // ends in the middle of the body
  huge,         // a body without end, as fast as the client takes it
  silent,       // nothing
};

// The one called `name` in a path: garbage, slow-header, slow-body, half, huge, silent.
hostility hostility_named(std::string_view name);

struct answer {
  std::uint16_t status = 200;
  hostility hostile = hostility::none;
  std::string_view type = "application/json";
  std::string fields;         // further header fields, each with its line end
  std::string body;           // or,
  std::uint64_t content = 0;  // when not 0, so many bytes of object_content()
  std::chrono::microseconds delay{0};
};

struct reply_form {
  bool close = false;    // the connection ends after it
  bool http_1_1 = true;  // an HTTP/1.0 client is told when the connection stays open
};

// Appends the head of a reply with a body of so many bytes, and in X-Service-Time-Us the time it took to begin it.
void append_head(std::string& out, const answer&, std::uint64_t size, std::chrono::microseconds took,
                 const reply_form&);

}  // namespace tvl::upstream
