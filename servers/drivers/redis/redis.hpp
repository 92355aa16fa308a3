#pragma once
// What both twins do with hiredis alike: where Redis is, what is asked and what a reply means.

#include "servers/handler/plan.hpp"

#include <cstddef>
#include <hiredis/hiredis.h>
#include <memory>
#include <optional>
#include <string>

namespace tvl::waits {

struct redis_address {
  std::string host;  // numeric; "" = there is no Redis
  int port = 0;
};

// From "HOST:PORT" or "". Looks the host up, once, so that nothing ever blocks in a look-up afterwards. Throws
// std::system_error when it is not that or the host is unknown.
redis_address find_redis(const std::string&);

struct redis_closer {
  void operator()(redisContext* c) const { ::redisFree(c); }
};
using redis_context = std::unique_ptr<redisContext, redis_closer>;

// To be called on a context that hiredis has just made, connected or about to be. False when that failed.
bool prepare(redisContext*);

// Puts the command into the context's output buffer.
bool append_get(redisContext&, const std::string& key);

// Takes one reply out of what was read; leaves `reply` empty when it is not yet whole. False when the connection is of
// no use any more: what came is no reply, or outgrows reply_limit.
bool next_reply(redisContext&, std::optional<handler::service_result>& reply);

// Bytes were read that belong to no reply taken out so far.
inline bool has_more(const redisContext& c) { return c.reader->pos < c.reader->len; }

}  // namespace tvl::waits
