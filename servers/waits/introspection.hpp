#pragma once
// OAuth token introspection (RFC 7662): where the upstream has it, what is asked there and what the answer means.

#include "servers/handler/plan.hpp"
#include "servers/waits/service_options.hpp"
#include "servers/waits/upstream_call.hpp"

#include <mutex>
#include <optional>
#include <string>

namespace tvl::waits {

// Where the tokens are known, and from which CA its certificate has to be ("" = one of the system's).
struct token_endpoint {
  std::string url;
  std::string ca;
};

// The endpoint as far as it is known. For any number of threads.
class introspection {
 public:
  explicit introspection(const service_options&);

  std::string info_url() const { return upstream_ + "/info"; }
  std::optional<token_endpoint> endpoint() const;
  // From the reply to info_url(). False when it does not say where.
  bool learn(const std::string& info);
  // The upstream may have been started anew, with another port and another certificate.
  void forget();

 private:
  const std::string upstream_;
  const std::string ca_;
  mutable std::mutex mutex_;
  std::optional<token_endpoint> known_;
};

void ask_about(upstream_call&, const std::string& token);
// {"active":true} or {"active":false}, or what failed.
handler::outcome introspected(const handler::outcome& reply);
handler::outcome no_token_endpoint();

}  // namespace tvl::waits
