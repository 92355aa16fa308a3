#pragma once
// Reads HTTP/1.1 replies from a byte stream with Boost.Beast's parser; the body is compared, and kept only for a pattern.
//
// A reader allocates only while a reply is split over several reads.

#include "clients/load/protocol/body_pattern.hpp"

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

  // How to read a reply. Must outlive the reply's last read().
  struct expectation {
    bool head = false;                // reply to a HEAD request: no body, whatever its fields say
    std::optional<std::string> body;  // none = any
    std::shared_ptr<const body_pattern> pattern = {};  // that the body has to contain; null = none
  };

  // Consumes `input` up to the end of a reply.
  result read(std::string_view& input, const expectation&, reply& into);
  // End of the stream: completes a reply that is delimited by it; `bad` for a partial reply, need_more when none had
  // begun.
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
