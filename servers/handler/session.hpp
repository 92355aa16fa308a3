#pragma once
// One connection's HTTP/1.1, without the connection: bytes in, plans, bytes out. No sockets, threads, clocks
// or coroutines, so every model runs the same code.
//
//   session s(limits);
//   s.feed(bytes);                          // what was read; s.end() when the peer will send no more
//   while (const plan* p = s.next()) {      // answers what needs no wait, hands out what does
//     ... carry out *p in the model's way ...
//     s.reply();                           // or with its outcome, or begin(), piece() ..., finish()
//   }
//   write s.output(), then s.sent(n)
//
// Idle, a session owns no buffer: `bytes` may live in a buffer shared by all connections of a loop, because
// next() copies what it could not use before it returns.

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

namespace tvl::handler {

// Application-level work. Twins that do the same work show the same numbers for the same input.
struct work {
  std::uint64_t requests = 0;  // whole requests understood
  std::uint64_t replies = 0;   // replies begun, refusals included, "100 Continue" not
  std::uint64_t errors = 0;    // replies with a status of 400 and above
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;

  work& operator+=(const work&);
};

class session {
 public:
  // `done` is added to as work is done; it has to outlive the session.
  explicit session(work& done) : work_(&done) {}

  void feed(std::string_view bytes);
  void end();       // the peer sends no more: what is owed is still answered
  void time_out();  // it sent part of a request and then nothing: 408

  const plan* next();
  // One of these answers the request whose plan next() handed out.
  void reply();
  void reply(const service_result&);
  // A reply in pieces, its size where that is known. Who calls piece() sees to it that output() is written in between:
  // it is all kept until then.
  void begin(std::optional<std::uint64_t> size);
  void piece(std::string_view);
  void finish();
  // The connection is HTTP's no longer: counts the reply that somebody else writes, and hands over what has arrived
  // behind the request. What output() still holds, replies to requests before this one, is to be written first. The
  // plan's text is gone then: an idle WebSocket keeps nothing of its request.
  std::string upgrade();
  void abort();  // the rest will never come: the connection ends without the end of the reply
  // Not for a HEAD: whose reply says what the body would be, so it may be left out from piece().
  bool wants_body() const { return !form_.head; }

  // Up to two pieces to write; both are empty when nothing is left.
  std::array<std::string_view, 2> output() const;
  void sent(std::size_t bytes);
  bool has_output() const { return text_sent_ < text_.size() || pattern_left_ > 0; }

  // Nothing more to do with the input so far.
  bool hungry() const { return !stalled_ && state_ != state::finished; }
  // The peer has to send the rest of a request, or to hang up: what a deadline has to watch. Not while it is the
  // peer that waits.
  bool begun() const { return (partial_ && !stalled_) || state_ == state::lingering; }
  // It is another request than when this was last asked: a pipeline may never pause between two of them.
  bool another() { return partial_ && std::exchange(partial_->another, false); }
  // Everything is written and the sending side should be shut down, but the peer may still be sending:
  // closing now would reset the connection and destroy the reply on its way.
  bool lingering() const { return state_ == state::lingering && !has_output(); }
  bool finished() const { return state_ == state::finished && !has_output(); }

 private:
  enum class state : unsigned char { open, lingering, finished };

  // A request that has begun and is not complete, or has a wait before it and could not be looked at yet.
  struct partial {
    std::string bytes;  // input that outlived the caller's buffer
    std::optional<request_parser> parser;
    bool continued = false;  // "100 Continue" was sent
    bool another = true;     // see another()
  };

  bool parse_request(std::string& body);
  bool refuse(std::uint16_t status, bool head);
  void answer(std::string_view body);
  void count_reply();
  void end_reply();
  void keep_rest();

  work* work_;
  std::string_view input_;  // not yet parsed; in the caller's buffer or in partial_
  std::unique_ptr<partial> partial_;
  std::string text_;  // allocated while there is something to say
  std::uint32_t pattern_at_ = 0, pattern_left_ = 0;
  route route_;  // of the request at hand
  std::uint32_t text_sent_ = 0;
  std::uint32_t lingered_ = 0;
  reply_form form_;
  state state_ = state::open;
  bool stalled_ = false;  // input is left although next() returned: output first, or a wait
};

}  // namespace tvl::handler
