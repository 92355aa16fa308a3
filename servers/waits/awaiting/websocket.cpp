#include "servers/waits/awaiting/websocket.hpp"

#include "servers/drivers/websocket/awaiting_stream.hpp"
#include "servers/drivers/websocket/websocket_session.hpp"
#include "servers/waits/awaiting/client_watch.hpp"
#include "servers/waits/room_support.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <memory>
#include <utility>

namespace tvl::waits::awaiting {
namespace {

using runtime::quietly;
using conversation = waits::conversation<wire, rooms>;

// Each of these in a coroutine of its own, because what a coroutine may ever need it keeps while its WebSocket is idle.

runtime::task end(conversation& c) {
  while (!c.over()) {
    const auto [ec, n] = co_await c.wire().async_read_some(c.space(), quietly);
    c.took(ec, n);
  }
}

runtime::task converse(services& s, std::unique_ptr<runtime::peer> peer, const handler::plan& p) {
  conversation c(*peer, s.rooms, p, s.options);
  while (!c.closing() && !c.over()) {
    const auto [ec, n] = co_await c.stream().async_read_some(c.space(), quietly);
    c.took(ec, n);
  }
  if (!c.over()) co_await end(c);
}

runtime::task deliver_and_converse(services& s, std::unique_ptr<runtime::peer> peer, const handler::plan& p) {
  const bool delivered = co_await deliver(*peer, s.options.deadline());
  if (delivered) co_await converse(s, std::move(peer), p);
}

}  // namespace

bool becomes_websocket(const services& s, const handler::plan& p) {
  return (p.kind == handler::plan::wait::ws_echo || p.kind == handler::plan::wait::ws_room) && offers(s.options, p);
}

void begin_websocket(services& s, std::unique_ptr<runtime::peer>& peer, const handler::plan& p) {
  const auto executor = peer->socket().get_executor();
  auto life = peer->has_output() ? deliver_and_converse(s, std::move(peer), p) : converse(s, std::move(peer), p);
  boost::asio::co_spawn(executor, std::move(life), boost::asio::detached);
}

}  // namespace tvl::waits::awaiting
