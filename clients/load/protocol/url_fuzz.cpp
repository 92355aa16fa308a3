// URLs that a user gives: one is refused in one line, or what is made of it is fit for a request.
//
// No choices. A host that is not a literal would be looked up in the network, so that such a text is only checked for
// its password.

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/protocol/url.hpp"
#include "servers/testing/fuzzing.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace {

using namespace tvl::load;

bool may_be_a_name(const std::string& text) {
  if (is_unix_socket(text)) return false;
  const auto scheme = text.find("://");
  if (scheme == text.npos) return false;
  auto host = text.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  host = host.substr(host.rfind('@') + 1);
  return !host.starts_with('[') && std::ranges::any_of(host, [](unsigned char c) { return std::isalpha(c); });
}

void check(const url& u) {
  const auto fit = [](const std::string& text) {
    return std::ranges::all_of(text, [](unsigned char c) { return c > ' ' && c != '\x7f'; });
  };
  TVL_MUST(u.target.starts_with('/') && fit(u.target), "a target begins with / and fits into a line");
  TVL_MUST(!u.host.empty() && fit(u.host_field()), "a Host field fits into a line");
  TVL_MUST(u.authorization.find('\n') == std::string::npos, "an authorization fits into a line");
  TVL_MUST(u.target.find('#') == std::string::npos, "a fragment is not sent");
  TVL_MUST(!u.addresses.empty() && u.port > 0, "it has an address and a port");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto shown = without_password(text);
  tvl::fuzzing::must_equal(shown, without_password(shown), "what hides a password hides it for good");
  if (text.find('\0') != text.npos || may_be_a_name(text)) return 0;
  try {
    const auto u = parse_url(text, false);
    check(u);
    const bool is_hidden = shown != text || text.find("***@") != text.npos;  // the user may be called so
    TVL_MUST(u.authorization.empty() || is_hidden, "a password is hidden");
  } catch (const bad_plan& e) {
    const std::string what = e.what();
    TVL_MUST(!what.empty() && what.find('\n') == what.npos, "a message is one line");
  }
  return 0;
}
