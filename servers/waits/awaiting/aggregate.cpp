#include "servers/waits/aggregate.hpp"

#include "servers/drivers/http/http_call.hpp"
#include "servers/waits/awaiting/context.hpp"
#include "servers/waits/awaiting/waits.hpp"

#include <utility>
#include <vector>

namespace tvl::waits::awaiting {
namespace {

using handler::plan;
using handler::service_result;
using time_point = std::chrono::steady_clock::time_point;

awaited_result api(services& s, time_point deadline) {
  upstream_call call(s.handles, api_url(s.options), upstream_call::body::kept);
  co_return co_await perform(s, call, deadline);
}

// Returns its size; the body is not kept.
awaited_result object(services& s, time_point deadline) {
  upstream_call call(s.handles, object_url(s.options, wanted::object), upstream_call::body::counted);
  auto reply = co_await perform(s, call, deadline);
  if (reply.status == 200) reply.body = std::to_string(call.bytes());
  co_return reply;
}

awaited_result request(services& s, part what, time_point deadline) {
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

awaited_result aggregate(services& s, const plan& p) {
  const auto deadline = s.options.deadline();
  aggregate_reply reply;
  if (!reply.take(part::token, co_await request(s, part::token, deadline))) co_return reply.result();
  if (!p.gather) {
    for (const part next : behind_the_token)
      if (!reply.take(next, co_await request(s, next, deadline))) break;
    co_return reply.result();
  }
  std::vector<awaited_result> calls;
  for (const part next : behind_the_token) calls.push_back(request(s, next, deadline));
  auto results = co_await gather(std::move(calls));
  for (std::size_t i = 0; i < results.size(); ++i) reply.take(behind_the_token[i], std::move(results[i]));
  co_return reply.result();
}

}  // namespace tvl::waits::awaiting
