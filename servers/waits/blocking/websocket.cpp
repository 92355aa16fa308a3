#include "servers/waits/blocking/websocket.hpp"

#include "servers/drivers/websocket/blocking_stream.hpp"
#include "servers/drivers/websocket/websocket_session.hpp"
#include "servers/waits/blocking/client_watch.hpp"
#include "servers/waits/room_support.hpp"

namespace tvl::waits::blocking {

void websocket(services& s, runtime::peer& peer, const handler::plan& p) {
  if (!offers(s.options, p)) return peer.reply(no_rooms());
  if (!deliver(peer, s.options.deadline())) return;
  conversation<wire, rooms> c(peer, s.rooms, p, s.options);
  boost::system::error_code ec;
  while (!c.closing() && !c.over()) {
    const auto n = c.stream().read_some(c.space(), ec);
    c.took(ec, n);
  }
  while (!c.over()) {
    const auto n = c.wire().read_some(c.space(), ec);
    c.took(ec, n);
  }
}

}  // namespace tvl::waits::blocking
