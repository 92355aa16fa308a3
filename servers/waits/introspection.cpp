#include "servers/waits/introspection.hpp"

#include "servers/drivers/http/oauth_credentials.hpp"

#include <nlohmann/json.hpp>

namespace tvl::waits {

using handler::service_result;
using nlohmann::json;

namespace {

// "https://HOST" from "http://HOST:PORT".
std::string host_over_tls(const std::string& url) {
  const auto host = url.find("://") + 3;
  const auto port = url.rfind(':');
  return "https://" + url.substr(host, port > host ? port - host : url.npos);
}

// For application/x-www-form-urlencoded: of the bytes allowed in a token (routes.cpp), only ':' needs an escape.
std::string encoded(std::string token) {
  for (auto at = token.find(':'); at != token.npos; at = token.find(':', at)) token.replace(at, 1, "%3A");
  return token;
}

}  // namespace

introspection::introspection(const service_options& o) : upstream_(o.upstream), ca_(o.ca) {}

std::optional<token_endpoint> introspection::endpoint() const {
  const std::lock_guard lock(mutex_);
  return known_;
}

bool introspection::learn(const std::string& info) {
  const auto fields = json::parse(info, nullptr, false);
  const auto port = fields.is_object() ? fields.find("tls_port") : fields.end();
  if (port == fields.end() || !port->is_number_unsigned() || port->get<std::uint64_t>() > 65535) return false;
  const auto ca = fields.find("ca");
  token_endpoint found{host_over_tls(upstream_) + ":" + std::to_string(port->get<unsigned>()) + "/introspect", ca_};
  if (ca_.empty() && ca != fields.end() && ca->is_string()) found.ca = ca->get<std::string>();
  const std::lock_guard lock(mutex_);
  known_ = std::move(found);
  return true;
}

void introspection::forget(const token_endpoint& useless) {
  const std::lock_guard lock(mutex_);
  if (known_ && known_->url == useless.url) known_.reset();
}

void ask_about(upstream_call& call, const std::string& token) {
  static const auto client = std::string(upstream::client_id) + ":" + std::string(upstream::client_secret);
  call.post("token=" + encoded(token), client);
}

service_result introspection_result(const service_result& reply) {
  if (reply.status != 200) return reply;
  const auto fields = json::parse(reply.body, nullptr, false);
  const auto active = fields.is_object() ? fields.find("active") : fields.end();
  if (active == fields.end() || !active->is_boolean()) return {502, "upstream: invalid introspection reply"};
  return {200, json{{"active", active->get<bool>()}}.dump()};
}

bool is_active(const service_result& o) { return json::parse(o.body).at("active"); }

service_result no_token_endpoint() { return {502, "upstream: no token endpoint in its /info"}; }

}  // namespace tvl::waits
