#pragma once

#include "servers/handler/plan.hpp"
#include "servers/runtime/service_options.hpp"

namespace tvl::waits {

// Whether the server has what the plan's WebSocket is for, and what it is answered with otherwise.
inline bool offers(const service_options& o, const handler::plan& p) {
  return o.rooms || p.kind != handler::plan::operation::ws_room;
}
inline handler::service_result no_rooms() {
  return {501, "A room is one process's memory, and this server has several."};
}

}  // namespace tvl::waits
