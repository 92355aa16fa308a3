#include "servers/drivers/http/http_call.hpp"
#include "servers/waits/awaiting/context.hpp"
#include "servers/waits/awaiting/waits.hpp"

#include <utility>

namespace tvl::waits::awaiting {
namespace {

using handler::plan;
using handler::service_result;
using clock = std::chrono::steady_clock;

// 200 when the endpoint is known now.
awaited_result find_endpoint(services& s, clock::time_point deadline) {
  const auto came = clock::now();
  const auto turn = co_await s.endpoint_lookups.take(deadline);
  if (!turn) co_return upstream_failed(clock::now() < deadline ? failure::queue_full : failure::timeout);
  if (!turn->answers(came)) {
    upstream_call call(s.handles, s.tokens.info_url(), upstream_call::body::kept);
    auto info = co_await perform(s, call, deadline);
    turn->answer = info.status != 200 || s.tokens.learn(info.body) ? std::move(info) : no_token_endpoint();
    turn->answered = clock::now();
  }
  co_return turn->answer;
}

}  // namespace

awaited_result token(services& s, const plan& p) { co_return co_await introspect(s, *p.text, s.options.deadline()); }

awaited_result introspect(services& s, const std::string& access_token, clock::time_point deadline) {
  if (s.options.upstream.empty()) co_return upstream_failed(failure::not_configured);
  auto endpoint = s.tokens.endpoint();
  if (!endpoint) {
    if (auto found = co_await find_endpoint(s, deadline); found.status != 200) co_return found;
    endpoint = s.tokens.endpoint();
    if (!endpoint) co_return no_token_endpoint();  // meanwhile a concurrent request found that it is gone
  }
  upstream_call call(s.handles, endpoint->url, upstream_call::body::kept, endpoint->ca);
  ask_about(call, access_token);
  const auto reply = co_await perform(s, call, deadline);
  if (reply.status != 200) s.tokens.forget(*endpoint);
  co_return introspection_result(reply);
}

}  // namespace tvl::waits::awaiting
