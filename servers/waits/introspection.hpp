#pragma once
// OAuth token introspection (RFC 7662): address of the endpoint, request, meaning of the reply.

#include "servers/drivers/http/http_call.hpp"
#include "servers/handler/plan.hpp"
#include "servers/runtime/service_options.hpp"

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

namespace tvl::waits {

// URL of the endpoint, and file of the CA of its certificate ("" = the system's CAs).
struct token_endpoint {
  std::string url;
  std::string ca;
};

// Single-flight: concurrent lookups of the token endpoint share one request. The holder asks the upstream; the requests
// that waited for it take its answer.
struct endpoint_lookup {
  handler::service_result answer;
  std::chrono::steady_clock::time_point answered{};

  // Whether the answer is later than `came`, when this request began to wait. A timeout was the other request's own.
  bool answers(std::chrono::steady_clock::time_point came) const { return answered > came && answer.status != 504; }
};

// What is known of the endpoint. Thread-safe.
class introspection {
 public:
  explicit introspection(const service_options&);

  std::string info_url() const { return upstream_ + "/info"; }
  std::optional<token_endpoint> endpoint() const;
  // From the reply to info_url(). False when it does not name the endpoint.
  bool learn(const std::string& info);
  // After a failed call: a restarted upstream has another port and certificate.
  void forget(const token_endpoint&);

 private:
  const std::string upstream_;
  const std::string ca_;
  mutable std::mutex mutex_;
  std::optional<token_endpoint> known_;
};

void ask_about(upstream_call&, const std::string& token);
// {"active":true} or {"active":false}, or the failure.
handler::service_result introspection_result(const handler::service_result& reply);
handler::service_result no_token_endpoint();
// Of an introspection_result() with status 200.
bool is_active(const handler::service_result&);

}  // namespace tvl::waits
