#include "servers/waits/blocking/token.hpp"

#include "servers/waits/blocking/fetch.hpp"

namespace tvl::waits::blocking {
namespace {

using handler::outcome;
using handler::plan;
using time_point = std::chrono::steady_clock::time_point;

// 200 when the endpoint is known now.
outcome find_endpoint(services& s, time_point deadline) {
  upstream_call call(s.handles, s.tokens.info_url(), upstream_call::body::kept);
  auto info = perform(call, deadline);
  if (info.status == 200 && !s.tokens.learn(info.body)) return no_token_endpoint();
  return info;
}

}  // namespace

outcome token(services& s, const plan& p) {
  if (s.options.upstream.empty()) return upstream_failed(failure::absent);
  const auto deadline = s.options.deadline();
  auto endpoint = s.tokens.endpoint();
  if (!endpoint) {
    if (auto found = find_endpoint(s, deadline); found.status != 200) return found;
    endpoint = s.tokens.endpoint();
    if (!endpoint) return no_token_endpoint();  // somebody else just found that it is not there any more
  }
  upstream_call call(s.handles, endpoint->url, upstream_call::body::kept, endpoint->ca);
  ask_about(call, *p.text);
  const auto reply = perform(call, deadline);
  if (reply.status != 200) s.tokens.forget();
  return introspected(reply);
}

}  // namespace tvl::waits::blocking
