#include "servers/waits/blocking/answer.hpp"

#include "servers/waits/blocking/cache.hpp"
#include "servers/waits/blocking/everything.hpp"
#include "servers/waits/blocking/fetch.hpp"
#include "servers/waits/blocking/local.hpp"
#include "servers/waits/blocking/object.hpp"
#include "servers/waits/blocking/query.hpp"
#include "servers/waits/blocking/run.hpp"
#include "servers/waits/blocking/stream.hpp"
#include "servers/waits/blocking/token.hpp"
#include "servers/waits/blocking/websocket.hpp"

namespace tvl::waits::blocking {

void answer(services& s, runtime::peer& peer, const handler::plan& p) {
  using wait = handler::plan::wait;
  switch (p.kind) {
    case wait::fetch:
      return peer.reply(fetch(s, p));
    case wait::token:
      return peer.reply(token(s, p));
    case wait::object:
      return object(s, peer, p);
    case wait::cache:
      return peer.reply(cache(s, p));
    case wait::query:
      return peer.reply(query(s, p));
    case wait::run:
      return peer.reply(run(s, peer, p));
    case wait::stream:
      return stream(s, peer, p);
    case wait::services:
      return peer.reply(everything(s, p));
    case wait::ws_echo:
    case wait::ws_room:
      return websocket(s, peer, p);
    case wait::nothing:
    case wait::sleep:
    case wait::block:
    case wait::burn:
      return peer.reply(local(p));
    case wait::offload:
    case wait::burn_offload:
      return peer.reply(offload(s, p));
  }
}

}  // namespace tvl::waits::blocking
