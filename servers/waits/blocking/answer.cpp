#include "servers/waits/blocking/answer.hpp"

#include "servers/waits/blocking/waits.hpp"

namespace tvl::waits::blocking {

void answer(services& s, runtime::peer& peer, const handler::plan& p) {
  using operation = handler::plan::operation;
  const auto reply = [&](const handler::service_result& result) { peer.session().reply(result); };
  switch (p.kind) {
    case operation::fetch:
      return reply(fetch(s, p));
    case operation::token:
      return reply(token(s, p));
    case operation::object:
      return object(s, peer, p);
    case operation::cache:
      return reply(s.redis.get(*p.text));
    case operation::query:
      return reply(s.postgres.row(p.number, p.time));
    case operation::run:
      return reply(run(s, peer, p));
    case operation::stream:
      return stream(s, peer, p);
    case operation::services:
      return reply(aggregate(s, p));
    case operation::ws_echo:
    case operation::ws_room:
      return websocket(s, peer, p);
    case operation::nothing:
    case operation::sleep:
    case operation::block:
    case operation::cpu:
      return reply(local(p));
    case operation::offload:
    case operation::cpu_offload:
      return reply(offload(s, p));
  }
}

}  // namespace tvl::waits::blocking
