#pragma once

#include "servers/handler/plan.hpp"
#include "servers/runtime/service_options.hpp"

namespace tvl::waits {

// Whether the server supports the plan's WebSocket, and the reply if not.
inline bool offers(const service_options& o, const handler::plan& p) {
  return o.rooms || p.kind != handler::plan::operation::ws_room;
}
inline handler::service_result no_rooms() { return {501, "Rooms need a single process, this server has several."}; }

}  // namespace tvl::waits
