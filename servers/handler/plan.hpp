#pragma once
// What a request needs before it can be answered: a value, no I/O in it. The handler makes it, the model
// carries it out.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace tvl::handler {

struct plan {
  enum class operation : unsigned char {
    nothing,
    sleep,        // time passes; a model holds no more than it must
    block,        // a blocking call, made right in the handler whatever the model: the guide's "requests instead of
                  // aiohttp"
    offload,      // the same blocking call, handed to an executor
    cpu,          // CPU time of the calling thread
    cpu_offload,  // the same work, handed to an executor
    fetch,        // `number` downstream HTTP calls that take `time` each, one after another or (gather) all at once
    cache,        // the value of the key `text`
    query,        // the row with the id `number`, over which the database takes `time`
    token,        // whether the access token `text` is good
    object,       // the object called `text`, streamed
    run,          // the command called `text`, for `time` where it can take long; its output
    stream,       // `number` chunks, one every `time`
    services,     // something of every service, one after another or (gather) all at once
    ws_echo,      // the connection becomes a WebSocket, for the key `text`; each message goes back to its sender
    ws_room,      // the same; each message goes to all in room `number`
  };
  operation kind = operation::nothing;
  bool gather = false;
  // An hour fits; every connection keeps one plan, so it is small.
  std::chrono::duration<std::uint32_t, std::micro> time{0};
  std::uint64_t number = 0;
  std::unique_ptr<const std::string> text;
};

// How a wait ended, for those that bring something: what the reply says.
struct service_result {
  std::uint16_t status = 200;  // 404 not there, 502 the service failed, 503 too many wait for it, 504 it took too long
  std::string body;            // or the reason
};

}  // namespace tvl::handler
