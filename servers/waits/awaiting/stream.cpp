#include "servers/waits/awaiting/client_watch.hpp"
#include "servers/waits/awaiting/context.hpp"
#include "servers/waits/awaiting/generator.hpp"
#include "servers/waits/awaiting/waits.hpp"
#include "servers/waits/stream_chunk.hpp"

#include <algorithm>
#include <optional>

namespace tvl::waits::awaiting {
namespace {

// Endless chunks, one per `time`; ends when the client has gone.
generator<chunk> chunks(runtime::executor, runtime::peer& client, clock::duration time) {
  auto due = clock::now() + time;
  for (std::uint64_t number = 0;; ++number) {
    while (clock::now() < due) {
      const bool there = co_await wait(client, due);
      if (!there) co_return;
    }
    due = std::max(due + time, clock::now());  // a slow client's missed chunks are not caught up
    co_yield chunk(number);
  }
}

}  // namespace

runtime::task stream(services& s, runtime::peer& client, const handler::plan& p) {
  auto& reply = client.session();
  reply.begin(std::nullopt);
  if (p.time.count() > 0) {
    const bool sent = co_await deliver(client, s.options.deadline());
    if (!sent) co_return;
  }
  auto all = chunks(client.socket().get_executor(), client, p.time);
  for (auto left = p.number; left > 0; --left) {
    const auto next = co_await all.next(boost::asio::deferred);
    if (!next) co_return reply.abort();
    reply.piece(*next);
    const bool sent = co_await deliver(client, s.options.deadline());
    if (!sent) co_return;
  }
  reply.finish();
}

}  // namespace tvl::waits::awaiting
