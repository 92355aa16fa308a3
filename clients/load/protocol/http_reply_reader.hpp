#pragma once
// HTTP/1.1 replies out of a stream of bytes, with Boost.Beast's parser: status and size are kept, the body is not.
//
// A reader owns nothing between replies; the parser moves to the heap only when a reply comes in more than one read.

#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tvl::load {

struct reply {
  int status = 0;
  bool keep_alive = false;
  bool body_as_expected = true;
};

class reply_reader {
 public:
  enum class result { need_more, complete, bad };

  // What decides how a reply is read. Has to outlive the reading.
  struct expectation {
    bool head = false;                // the reply to a HEAD request has no body, whatever its fields say
    std::optional<std::string> body;  // compared as it passes by
  };

  // Takes bytes from the front of `input` until a reply is complete, then leaves the rest.
  result read(std::string_view& input, const expectation&, reply& into);
  // The peer closed. Completes a reply whose end is the end of the stream; otherwise `bad`, or need_more when no reply
  // had begun.
  result end(reply& into);
  void reset() { partial_.reset(); }

 private:
  class parser;
  struct partial;
  struct deleter {
    void operator()(partial*) const;
  };
  std::unique_ptr<partial, deleter> partial_;
};

}  // namespace tvl::load
