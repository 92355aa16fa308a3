#pragma once
// HTTP/1.1 of one connection without I/O: bytes in, plans and bytes out. No sockets, threads, clocks or coroutines, so
// every model runs the same code.
//
//   session s(work);
//   s.feed(bytes);                      // what was read; s.end() at the end of input
//   while (const plan* p = s.next()) {  // answers requests without an operation, returns the plan of others
//     ... carry out *p in the model's way ...
//     s.reply();                        // or reply(result), or begin(), piece() ..., finish()
//   }
//   write s.output(), then s.sent(n)
//
// An idle session owns no buffer: next() copies unused input before it returns, so all connections of a loop can share
// one read buffer.

#include "servers/handler/plan.hpp"
#include "servers/handler/reply.hpp"
#include "servers/handler/request_parser.hpp"
#include "servers/handler/routes.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tvl::handler {

// Work counters of the application. Counterparts that do the same work have equal numbers.
struct work {
  std::uint64_t requests = 0;  // complete valid requests
  std::uint64_t replies = 0;   // replies begun, including refusals, without "100 Continue"
  std::uint64_t errors = 0;    // replies with a status >= 400
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;

  work& operator+=(const work&);
};

class session {
 public:
  // `done` accumulates the work; it must outlive the session.
  explicit session(work& done) : work_(&done) {}

  void feed(std::string_view bytes);
  void end();       // end of input: pending requests are still answered
  void time_out();  // an incomplete request has timed out: 408

  const plan* next();
  // One of these answers the request of the last plan.
  void reply();
  void reply(const service_result&);
  // A streamed reply, with its size if known. The caller has to write output() between pieces, which are all kept until
  // then.
  void begin(std::optional<std::uint64_t> size);
  void piece(std::string_view);
  void finish();
  // Leaves HTTP: counts the reply, which the caller writes, and returns the input after the request. The caller first
  // writes output(), the replies to earlier requests. Frees the plan's text, since an idle WebSocket keeps nothing of
  // its request.
  std::string upgrade();
  void abort();  // the body cannot be completed: ends the connection
  // False for HEAD: piece() need not be called.
  bool wants_body() const { return !form_.head; }

  // Up to two pieces to write; both empty when there is no output.
  std::array<std::string_view, 2> output() const;
  void sent(std::size_t bytes);
  bool has_output() const { return text_sent_ < text_.size() || pattern_left_ > 0; }

  // Wants more input.
  bool hungry() const { return !stalled_ && state_ != state::finished; }
  // The client owes the rest of a request, or a close: a deadline applies. False while the client waits for the server.
  bool begun() const { return (partial_ && !stalled_) || state_ == state::lingering; }
  // Whether a new request has begun since the last call: a pipeline may have no pause between requests.
  bool another() { return partial_ && std::exchange(partial_->another, false); }
  // Everything is written and the sending side should be shut down. Closing while the client still sends would reset
  // the connection and lose the reply.
  bool lingering() const { return state_ == state::lingering && !has_output(); }
  bool finished() const { return state_ == state::finished && !has_output(); }

 private:
  enum class state : unsigned char { open, lingering, finished };

  // An incomplete request, or one that waits behind an operation.
  struct partial {
    std::string bytes;  // input kept after the caller's buffer is reused
    std::optional<request_parser> parser;
    bool continued = false;  // "100 Continue" was sent
    bool another = true;     // see another()
  };

  bool parse_request(std::string& body);
  bool refuse(std::uint16_t status, bool head);
  void answer(std::string_view body);
  void touch(std::size_t bytes);
  void count_reply();
  void end_reply();
  void keep_rest();

  work* work_;
  std::string_view input_;  // not yet parsed; in the caller's buffer or in partial_
  std::unique_ptr<partial> partial_;
  std::unique_ptr<std::vector<std::uint64_t>> own_memory_;  // that touch() has used
  std::string text_;                                        // allocated only while there is output
  std::uint32_t pattern_at_ = 0, pattern_left_ = 0;
  route route_;  // of the current request
  std::uint32_t text_sent_ = 0;
  std::uint32_t lingered_ = 0;
  reply_form form_;
  state state_ = state::open;
  bool stalled_ = false;  // next() left input unparsed: output or an operation comes first
};

}  // namespace tvl::handler
