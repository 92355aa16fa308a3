#pragma once
// OAuth token introspection (RFC 7662): where the upstream has it, what is asked there and what the answer means.

#include "servers/drivers/http/http_call.hpp"
#include "servers/handler/plan.hpp"
#include "servers/runtime/service_options.hpp"

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

namespace tvl::waits {

// Where the tokens are known, and from which CA its certificate has to be ("" = one of the system's).
struct token_endpoint {
  std::string url;
  std::string ca;
};

// What the upstream last said about its endpoint, and when. Who asks holds it meanwhile: of a burst that does not know
// the endpoint one asks, and those who wait for him have his answer.
struct inquiry {
  handler::service_result answer;
  std::chrono::steady_clock::time_point answered{};

  // For one who came at `came` and holds it now. That another one's time was over says nothing about his.
  bool answers(std::chrono::steady_clock::time_point came) const { return answered > came && answer.status != 504; }
};

// The endpoint as far as it is known. For any number of threads.
class introspection {
 public:
  explicit introspection(const service_options&);

  std::string info_url() const { return upstream_ + "/info"; }
  std::optional<token_endpoint> endpoint() const;
  // From the reply to info_url(). False when it does not say where.
  bool learn(const std::string& info);
  // That one was of no use: the upstream may have been started anew, with another port and another certificate.
  void forget(const token_endpoint&);

 private:
  const std::string upstream_;
  const std::string ca_;
  mutable std::mutex mutex_;
  std::optional<token_endpoint> known_;
};

void ask_about(upstream_call&, const std::string& token);
// {"active":true} or {"active":false}, or what failed.
handler::service_result introspection_result(const handler::service_result& reply);
handler::service_result no_token_endpoint();
// Of what introspection_result() made of a reply.
bool is_active(const handler::service_result&);

}  // namespace tvl::waits
