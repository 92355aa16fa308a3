#pragma once
// Redis through hiredis without the waiting: address, request, meaning of the reply.

#include "servers/handler/plan.hpp"

#include <cstddef>
#include <hiredis/hiredis.h>
#include <memory>
#include <optional>
#include <string>

namespace tvl::waits {

struct redis_address {
  std::string host;  // numeric; "" = no Redis
  int port = 0;
  std::string password;  // "" = none
};

// From "HOST:PORT" or ""; the password from REDISCLI_AUTH, as redis-cli reads it, because every user of a machine sees
// command lines. Resolves the host once, so that later connects do not block. Throws std::system_error when it is
// invalid or the host is unknown.
redis_address find_redis(const std::string&);

struct redis_closer {
  void operator()(redisContext* c) const { ::redisFree(c); }
};
using redis_context = std::unique_ptr<redisContext, redis_closer>;

// Call on a new context, connected or connecting. False when hiredis failed.
bool prepare(redisContext*);

// Append the command to the context's output buffer. The reply to AUTH is of no interest: where it is an error, the
// next one is NOAUTH.
bool append_get(redisContext&, const std::string& key);
bool append_auth(redisContext&, const std::string& password);

// Takes one reply from the input; leaves `reply` empty when it is incomplete. False when the connection is unusable:
// the reply is invalid or exceeds reply_limit.
bool next_reply(redisContext&, std::optional<handler::service_result>& reply);

// The input contains more than the replies taken so far.
inline bool has_more(const redisContext& c) { return c.reader->pos < c.reader->len; }

}  // namespace tvl::waits
