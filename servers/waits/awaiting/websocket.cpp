#include "servers/drivers/websocket/awaiting_stream_adapter.hpp"
#include "servers/drivers/websocket/websocket_session.hpp"
#include "servers/waits/awaiting/client_watch.hpp"
#include "servers/waits/awaiting/context.hpp"
#include "servers/waits/awaiting/waits.hpp"
#include "servers/waits/room_support.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <memory>
#include <utility>

namespace tvl::waits::awaiting {
namespace {

using runtime::quietly;
using session = websocket_session<stream_adapter, rooms>;

// Each phase is a coroutine of its own: an idle WebSocket keeps the frame of its phase and nothing of the others.

runtime::task close(session& ws) {
  while (!ws.over()) {
    const auto [ec, n] = co_await ws.adapter().async_read_some(ws.space(), quietly);
    ws.took(ec, n);
  }
}

runtime::task exchange_messages(services& s, std::unique_ptr<runtime::peer> peer, const handler::plan& p) {
  session ws(*peer, s.rooms, p, s.options);
  while (!ws.closing() && !ws.over()) {
    const auto [ec, n] = co_await ws.stream().async_read_some(ws.space(), quietly);
    ws.took(ec, n);
  }
  if (!ws.over()) co_await close(ws);
}

// First sends the replies to earlier requests of the pipeline.
runtime::task deliver_and_exchange(services& s, std::unique_ptr<runtime::peer> peer, const handler::plan& p) {
  const bool delivered = co_await deliver(*peer, s.options.deadline());
  if (delivered) co_await exchange_messages(s, std::move(peer), p);
}

}  // namespace

runtime::task websocket(services& s, std::unique_ptr<runtime::peer>& peer, const handler::plan& p) {
  if (!offers(s.options, p)) co_return peer->session().reply(no_rooms());
  const auto executor = peer->socket().get_executor();
  const auto start = peer->session().has_output() ? deliver_and_exchange : exchange_messages;
  boost::asio::co_spawn(executor, start(s, std::move(peer), p), boost::asio::detached);
}

}  // namespace tvl::waits::awaiting
