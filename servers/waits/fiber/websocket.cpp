#include "servers/drivers/websocket/awaiting_stream.hpp"
#include "servers/drivers/websocket/websocket_session.hpp"
#include "servers/waits/fiber/answer.hpp"
#include "servers/waits/room_support.hpp"

namespace tvl::waits::yielding {

void websocket(awaiting::services& s, runtime::peer& peer, const handler::plan& p, const yield& y) {
  if (!offers(s.options, p)) return peer.reply(no_rooms());
  boost::system::error_code ec;
  for (peer.send(); peer.has_output() && !peer.finished(); peer.send())
    peer.socket().async_wait(runtime::tcp_socket::wait_write, y[ec]);
  if (peer.finished()) return;
  conversation<awaiting::wire, awaiting::rooms> c(peer, s.rooms, p, s.options);
  while (!c.closing() && !c.over()) {
    const auto n = c.stream().async_read_some(c.space(), y[ec]);
    c.took(ec, n);
  }
  while (!c.over()) {
    const auto n = c.wire().async_read_some(c.space(), y[ec]);
    c.took(ec, n);
  }
}

}  // namespace tvl::waits::yielding
