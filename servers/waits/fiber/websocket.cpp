#include "servers/drivers/websocket/awaiting_stream_adapter.hpp"
#include "servers/drivers/websocket/websocket_session.hpp"
#include "servers/waits/fiber/answer.hpp"
#include "servers/waits/room_support.hpp"

namespace tvl::waits::fiber {

void websocket(awaiting::services& s, runtime::peer& peer, const handler::plan& p, const yield& y) {
  if (!offers(s.options, p)) return peer.session().reply(no_rooms());
  boost::system::error_code ec;
  for (peer.send(); peer.session().has_output() && !peer.finished(); peer.send())
    peer.socket().async_wait(runtime::tcp_socket::wait_write, y[ec]);
  if (peer.finished()) return;
  websocket_session<awaiting::stream_adapter, awaiting::rooms> ws(peer, s.rooms, p, s.options);
  while (!ws.closing() && !ws.over()) {
    const auto n = ws.stream().async_read_some(ws.space(), y[ec]);
    ws.took(ec, n);
  }
  while (!ws.over()) {
    const auto n = ws.adapter().async_read_some(ws.space(), y[ec]);
    ws.took(ec, n);
  }
}

}  // namespace tvl::waits::fiber
