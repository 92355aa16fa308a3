#include "servers/waits/awaiting/answer.hpp"

#include "servers/waits/awaiting/waits.hpp"

namespace tvl::waits::awaiting {
namespace {

runtime::task reply(runtime::peer& peer, awaited_result result) { peer.session().reply(co_await std::move(result)); }

}  // namespace

runtime::task answer(services& s, std::unique_ptr<runtime::peer>& peer, const handler::plan& p) {
  using operation = handler::plan::operation;
  switch (p.kind) {
    case operation::fetch:
      return reply(*peer, fetch(s, p));
    case operation::token:
      return reply(*peer, token(s, p));
    case operation::object:
      return object(s, *peer, p);
    case operation::cache:
      return reply(*peer, s.redis.get(*p.text));
    case operation::query:
      return reply(*peer, s.postgres.row(p.number, p.time));
    case operation::run:
      return reply(*peer, run(s, *peer, p));
    case operation::stream:
      return stream(s, *peer, p);
    case operation::services:
      return reply(*peer, aggregate(s, p));
    case operation::ws_echo:
    case operation::ws_room:
      return websocket(s, peer, p);
    case operation::nothing:
    case operation::sleep:
    case operation::block:
    case operation::cpu:
      return reply(*peer, local(p));
    case operation::offload:
    case operation::cpu_offload:
      break;
  }
  return reply(*peer, offload(s, p));
}

}  // namespace tvl::waits::awaiting
