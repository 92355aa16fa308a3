#include "servers/drivers/websocket/blocking_stream_adapter.hpp"
#include "servers/drivers/websocket/websocket_session.hpp"
#include "servers/waits/blocking/client_watch.hpp"
#include "servers/waits/blocking/context.hpp"
#include "servers/waits/blocking/waits.hpp"
#include "servers/waits/room_support.hpp"

namespace tvl::waits::blocking {

void websocket(services& s, runtime::peer& peer, const handler::plan& p) {
  if (!offers(s.options, p)) return peer.session().reply(no_rooms());
  if (!deliver(peer, s.options.deadline())) return;
  websocket_session<stream_adapter, rooms> ws(peer, s.rooms, p, s.options);
  boost::system::error_code ec;
  while (!ws.closing() && !ws.over()) {
    const auto n = ws.stream().read_some(ws.space(), ec);
    ws.took(ec, n);
  }
  while (!ws.over()) {
    const auto n = ws.adapter().read_some(ws.space(), ec);
    ws.took(ec, n);
  }
}

}  // namespace tvl::waits::blocking
