#include "servers/waits/awaiting/websocket.hpp"

#include "servers/waits/awaiting/client.hpp"
#include "servers/waits/awaiting/wire.hpp"
#include "servers/waits/conversation.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>

namespace tvl::waits::awaiting {
namespace {

constexpr auto quietly = boost::asio::as_tuple(boost::asio::deferred);
using conversation = waits::conversation<wire, rooms>;

// Each of these in a coroutine of its own, because what a coroutine may ever need it keeps while its WebSocket is idle.

runtime::task end(conversation& c) {
  while (!c.over()) {
    const auto [ec, n] = co_await c.wire().async_read_some(c.space(), quietly);
    c.took(ec, n);
  }
}

runtime::task converse(services& s, runtime::peer& peer, const handler::plan& p) {
  conversation c(peer, s.rooms, p, s.options);
  while (!c.closing() && !c.over()) {
    const auto [ec, n] = co_await c.stream().async_read_some(c.space(), quietly);
    c.took(ec, n);
  }
  if (!c.over()) co_await end(c);
}

runtime::task deliver_and_converse(services& s, runtime::peer& peer, const handler::plan& p) {
  const bool delivered = co_await deliver(peer, s.options.deadline());
  if (delivered) co_await converse(s, peer, p);
}

runtime::task refuse(runtime::peer& peer) {
  peer.reply(no_rooms());
  co_return;
}

}  // namespace

runtime::task websocket(services& s, runtime::peer& peer, const handler::plan& p) {
  if (!offers(s.options, p)) return refuse(peer);
  return peer.has_output() ? deliver_and_converse(s, peer, p) : converse(s, peer, p);
}

}  // namespace tvl::waits::awaiting
