#include "servers/waits/awaiting/client_watch.hpp"
#include "servers/waits/awaiting/context.hpp"
#include "servers/waits/awaiting/waits.hpp"
#include "servers/waits/object_reply.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>

#include <optional>
#include <utility>

namespace tvl::waits::awaiting {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;

class paced_reply : public object_reply {
 public:
  paced_reply(services& s, const std::string& url, runtime::peer& p)
      : object_reply(s.handles, url, p), services_(s), wakeup_(p.socket().get_executor(), clock::time_point::max()) {}

  // Run both concurrently; pass_on_all() ends, then transfer() is to be cancelled.
  runtime::task transfer();
  runtime::task pass_on_all();

  // After both. A transfer that had not ended was aborted.
  void end() { object_reply::end(late_ ? CURLE_OPERATION_TIMEDOUT : code_.value_or(CURLE_ABORTED_BY_CALLBACK)); }

 private:
  // Output kept at most, beside 16 KiB that libcurl keeps while paused.
  static constexpr std::size_t most_held = 48u << 10;

  std::size_t pass_on(std::string_view bytes) override;
  void resume();

  services& services_;
  runtime::timer wakeup_;                                      // cancelled when pass_on_all() has work
  clock::time_point deadline_ = services_.options.deadline();  // for the upstream's next bytes
  std::size_t held_ = 0;
  bool paused_ = false;
  bool late_ = false;
  std::optional<CURLcode> code_;  // once the transfer has ended
};

// Called by libcurl, must not wait.
std::size_t paced_reply::pass_on(std::string_view bytes) {
  if (!session().has_output()) held_ = 0;
  paused_ = held_ > 0 && held_ + bytes.size() > most_held;
  if (paused_) return CURL_WRITEFUNC_PAUSE;
  held_ += bytes.size();
  session().piece(bytes);
  peer().send();
  deadline_ = services_.options.deadline();
  if (session().has_output() || peer().finished()) wakeup_.cancel();
  return peer().finished() ? 0 : bytes.size();
}

runtime::task paced_reply::transfer() {
  const auto code = co_await services_.multi.perform(easy());
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) co_return;
  code_ = code;
  wakeup_.cancel();
  runtime::timer for_ever(wakeup_.get_executor(), clock::time_point::max());
  co_await for_ever.async_wait(runtime::quietly);
}

runtime::task paced_reply::pass_on_all() {
  while (!peer().finished()) {
    resume();
    if (session().has_output()) {
      const bool sent = co_await deliver(peer(), services_.options.deadline());
      if (!sent) break;
      deadline_ = services_.options.deadline();
    } else if (code_) {
      break;
    } else if (clock::now() >= deadline_) {
      late_ = true;
      break;
    } else {
      const bool there = co_await wait(peer(), deadline_, wakeup_.async_wait(asio::deferred));
      if (!there) break;
    }
  }
}

// libcurl delivers the kept bytes from within; an error of theirs does not end the transfer by itself.
void paced_reply::resume() {
  if (session().has_output() || !std::exchange(paused_, false)) return;
  if (const auto code = ::curl_easy_pause(easy(), CURLPAUSE_CONT); code != CURLE_OK) code_ = code;
}

}  // namespace

runtime::task object(services& s, runtime::peer& peer, const handler::plan& p) {
  if (s.options.upstream.empty()) {
    peer.session().reply(upstream_failed(failure::not_configured));
    co_return;
  }
  paced_reply reply(s, object_url(s.options, *p.text), peer);
  co_await (reply.transfer() || reply.pass_on_all());
  reply.end();
}

}  // namespace tvl::waits::awaiting
