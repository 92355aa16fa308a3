#include "servers/drivers/http/http_call.hpp"
#include "servers/waits/blocking/context.hpp"
#include "servers/waits/blocking/waits.hpp"

#include <utility>

namespace tvl::waits::blocking {
namespace {

using handler::plan;
using handler::service_result;
using clock = std::chrono::steady_clock;

// 200 when the endpoint is known now.
service_result find_endpoint(services& s, clock::time_point deadline) {
  const auto came = clock::now();
  const auto turn = s.endpoint_lookups.take(deadline);
  if (!turn) return upstream_failed(clock::now() < deadline ? failure::queue_full : failure::timeout);
  if (!turn->answers(came)) {
    upstream_call call(s.handles, s.tokens.info_url(), upstream_call::body::kept);
    auto info = perform(call, deadline);
    turn->answer = info.status != 200 || s.tokens.learn(info.body) ? std::move(info) : no_token_endpoint();
    turn->answered = clock::now();
  }
  return turn->answer;
}

}  // namespace

service_result token(services& s, const plan& p) { return introspect(s, *p.text, s.options.deadline()); }

service_result introspect(services& s, const std::string& access_token, clock::time_point deadline) {
  if (s.options.upstream.empty()) return upstream_failed(failure::not_configured);
  auto endpoint = s.tokens.endpoint();
  if (!endpoint) {
    if (auto found = find_endpoint(s, deadline); found.status != 200) return found;
    endpoint = s.tokens.endpoint();
    if (!endpoint) return no_token_endpoint();  // meanwhile a concurrent request found that it is gone
  }
  upstream_call call(s.handles, endpoint->url, upstream_call::body::kept, endpoint->ca);
  ask_about(call, access_token);
  const auto reply = perform(call, deadline);
  if (reply.status != 200) s.tokens.forget(*endpoint);
  return introspection_result(reply);
}

}  // namespace tvl::waits::blocking
