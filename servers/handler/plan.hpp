#pragma once
// What a request needs before it can be answered: a value without I/O. The handler makes it, the concurrency model
// carries it out.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace tvl::handler {

struct plan {
  enum class operation : unsigned char {
    nothing,
    sleep,        // time passes without blocking more than the model has to
    block,        // a blocking call inside the handler, in every model: the guide's `requests` instead of `aiohttp`
    offload,      // the same blocking call on an executor
    cpu,          // CPU time of the calling thread
    cpu_offload,  // the same CPU work on an executor
    fetch,        // `number` upstream HTTP calls of `time` each, sequential or (gather) concurrent
    cache,        // the value of the key `text`
    query,        // the row with the id `number`; the database sleeps for `time`
    token,        // introspection of the access token `text`
    object,       // the object named `text`, streamed
    run,          // output of the command `text`, which takes `time` where it can
    stream,       // `number` chunks, one per `time`
    services,     // one call to every service, sequential or (gather) concurrent
    ws_echo,      // WebSocket for the key `text`; a message goes back to its sender
    ws_room,      // WebSocket for the key `text`; a message goes to all members of room `number`
  };
  operation kind = operation::nothing;
  bool gather = false;
  // Small, since every connection keeps one plan; an hour fits.
  std::chrono::duration<std::uint32_t, std::micro> time{0};
  std::uint64_t number = 0;
  std::unique_ptr<const std::string> text;
};

// Result of an operation, and the reply made of it.
struct service_result {
  std::uint16_t status = 200;  // 404 not found, 502 service failed, 503 queue full, 504 timeout
  std::string body;            // the value, or the reason of the failure
};

}  // namespace tvl::handler
