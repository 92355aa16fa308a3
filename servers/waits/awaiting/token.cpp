#include "servers/waits/awaiting/token.hpp"

namespace tvl::waits::awaiting {
namespace {

using handler::outcome;
using handler::plan;
using time_point = std::chrono::steady_clock::time_point;

// 200 when the endpoint is known now.
awaited_outcome find_endpoint(services& s, time_point deadline) {
  upstream_call call(s.handles, s.tokens.info_url(), upstream_call::body::kept);
  auto info = co_await perform(s, call, deadline);
  if (info.status == 200 && !s.tokens.learn(info.body)) co_return no_token_endpoint();
  co_return info;
}

}  // namespace

awaited_outcome token(services& s, const plan& p) {
  if (s.options.upstream.empty()) co_return upstream_failed(failure::absent);
  const auto deadline = s.options.deadline();
  auto endpoint = s.tokens.endpoint();
  if (!endpoint) {
    if (auto found = co_await find_endpoint(s, deadline); found.status != 200) co_return found;
    endpoint = s.tokens.endpoint();
    if (!endpoint) co_return no_token_endpoint();  // somebody else just found that it is not there any more
  }
  upstream_call call(s.handles, endpoint->url, upstream_call::body::kept, endpoint->ca);
  ask_about(call, *p.text);
  const auto reply = co_await perform(s, call, deadline);
  if (reply.status != 200) s.tokens.forget();
  co_return introspected(reply);
}

}  // namespace tvl::waits::awaiting
