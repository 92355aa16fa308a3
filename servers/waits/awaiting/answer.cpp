#include "servers/waits/awaiting/answer.hpp"

#include "servers/waits/awaiting/cache.hpp"
#include "servers/waits/awaiting/everything.hpp"
#include "servers/waits/awaiting/fetch.hpp"
#include "servers/waits/awaiting/local.hpp"
#include "servers/waits/awaiting/object.hpp"
#include "servers/waits/awaiting/query.hpp"
#include "servers/waits/awaiting/run.hpp"
#include "servers/waits/awaiting/stream.hpp"
#include "servers/waits/awaiting/token.hpp"
#include "servers/waits/room_support.hpp"

namespace tvl::waits::awaiting {
namespace {

runtime::task reply(runtime::peer& peer, awaited_outcome wait) { peer.reply(co_await std::move(wait)); }

runtime::task refuse_room(runtime::peer& peer) {
  peer.reply(no_rooms());
  co_return;
}

}  // namespace

runtime::task answer(services& s, runtime::peer& peer, const handler::plan& p) {
  using wait = handler::plan::wait;
  switch (p.kind) {
    case wait::fetch:
      return reply(peer, fetch(s, p));
    case wait::token:
      return reply(peer, token(s, p));
    case wait::object:
      return object(s, peer, p);
    case wait::cache:
      return reply(peer, cache(s, p));
    case wait::query:
      return reply(peer, query(s, p));
    case wait::run:
      return reply(peer, run(s, peer, p));
    case wait::stream:
      return stream(s, peer, p);
    case wait::services:
      return reply(peer, everything(s, p));
    case wait::ws_echo:
    case wait::ws_room:
      return refuse_room(peer);
    case wait::nothing:
    case wait::sleep:
    case wait::block:
    case wait::burn:
      return reply(peer, local(p));
    case wait::offload:
    case wait::burn_offload:
      break;
  }
  return reply(peer, offload(s, p));
}

}  // namespace tvl::waits::awaiting
