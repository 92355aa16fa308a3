#pragma once
// What a request needs before it can be answered: a value, no I/O in it. The handler makes it, the model
// carries it out.

#include <chrono>
#include <cstdint>

namespace tvl::handler {

struct plan {
  enum class wait : unsigned char {
    nothing,
    sleep,  // time passes; a model holds no more than it must
    block,  // a blocking call, made right in the handler whatever the model: the guide's "requests instead of
            // aiohttp"
    burn,   // CPU time of the calling thread
  };
  wait kind = wait::nothing;
  std::chrono::duration<std::uint32_t, std::micro> time{0};  // an hour fits; every connection keeps one
};

}  // namespace tvl::handler
