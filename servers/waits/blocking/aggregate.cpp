#include "servers/waits/aggregate.hpp"

#include "servers/drivers/http/http_call.hpp"
#include "servers/waits/blocking/context.hpp"
#include "servers/waits/blocking/gather.hpp"
#include "servers/waits/blocking/waits.hpp"

#include <utility>

namespace tvl::waits::blocking {
namespace {

using handler::plan;
using handler::service_result;
using time_point = std::chrono::steady_clock::time_point;

service_result api(services& s, time_point deadline) {
  upstream_call call(s.handles, api_url(s.options), upstream_call::body::kept);
  return perform(call, deadline);
}

// Returns its size; the body is not kept.
service_result object(services& s, time_point deadline) {
  upstream_call call(s.handles, object_url(s.options, wanted::object), upstream_call::body::counted);
  auto reply = perform(call, deadline);
  if (reply.status == 200) reply.body = std::to_string(call.bytes());
  return reply;
}

service_result request(services& s, part what, time_point deadline) {
  switch (what) {
    case part::token:
      return introspect(s, wanted::token, deadline);
    case part::cache:
      return s.redis.get(wanted::key, deadline);
    case part::row:
      return s.postgres.row(wanted::row, {}, deadline);
    case part::api:
      return api(s, deadline);
    case part::object:
      break;
  }
  return object(s, deadline);
}

}  // namespace

service_result aggregate(services& s, const plan& p) {
  const auto deadline = s.options.deadline();
  aggregate_reply reply;
  if (!reply.take(part::token, request(s, part::token, deadline))) return reply.result();
  if (!p.gather) {
    for (const part next : behind_the_token)
      if (!reply.take(next, request(s, next, deadline))) break;
    return reply.result();
  }
  auto results =
      gather(behind_the_token.size(), [&](std::size_t i) { return request(s, behind_the_token[i], deadline); });
  for (std::size_t i = 0; i < results.size(); ++i) reply.take(behind_the_token[i], std::move(results[i]));
  return reply.result();
}

}  // namespace tvl::waits::blocking
