#include "servers/upstream/service.hpp"

#include "servers/drivers/http/oauth_credentials.hpp"
#include "servers/handler/limits.hpp"
#include "servers/upstream/form.hpp"
#include "servers/upstream/objects.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>
#include <openssl/evp.h>
#include <optional>

namespace tvl::upstream {
namespace {

using verb = request::verb;

std::optional<std::uint64_t> number_in(std::string_view digits, std::uint64_t least, std::uint64_t most) {
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  const bool whole = error == std::errc{} && end == digits.data() + digits.size();
  return whole && n >= least && n <= most ? std::optional(n) : std::nullopt;
}

// OAuth errors have defined names (RFC 6749 5.2); the others are for people.
answer refusal(std::uint16_t status, std::string_view error) {
  answer a;
  a.status = status;
  (((a.body += R"({"error":")") += error) += R"("})");
  return a;
}

answer refused_method(std::string_view allowed) {
  auto a = refusal(405, "method not allowed");
  ((a.fields += "Allow: ") += allowed) += "\r\n";
  return a;
}

answer json(std::string body) {
  answer a;
  a.body = std::move(body);
  return a;
}

answer binary(std::uint64_t size) {
  answer a;
  a.type = "application/octet-stream";
  a.content = size;
  return a;
}

answer misbehave(hostility how) {
  answer a;
  a.hostile = how;
  return a;
}

std::string make_basic() {
  const auto both = std::string(client_id) + ":" + std::string(client_secret);
  std::string result(both.size() * 2 + 4, '\0');  // enough for base64
  const int size =
      ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(result.data()),
                        reinterpret_cast<const unsigned char*>(both.data()), static_cast<int>(both.size()));
  result.resize(static_cast<std::size_t>(size));
  return result;
}

// Whether an Authorization field has our client's credentials.
bool is_client(std::string_view field) {
  static const std::string expected = make_basic();
  constexpr std::string_view scheme = "Basic ";
  return boost::beast::iequals({field.data(), std::min(field.size(), scheme.size())}, {scheme.data(), scheme.size()}) &&
         field.substr(scheme.size()) == expected;
}

}  // namespace

answer service::respond(const request& r, bool encrypted) {
  ++counters.requests;
  auto a = r.failure() != 0 ? refusal(r.failure(), "not a request that is understood here") : route(r, encrypted);
  counters.refused += a.status >= 400;
  counters.hostile += a.hostile != hostility::none;
  return a;
}

answer service::route(const request& r, bool encrypted) {
  const std::string_view target = r.target();
  const auto path = target.substr(0, target.find('?'));
  const auto query = path.size() < target.size() ? target.substr(path.size() + 1) : std::string_view();
  const auto segment = path.substr(std::min<std::size_t>(1, path.size()));
  if (const auto how = hostility_named(segment.substr(0, segment.find('/'))); how != hostility::none)
    return misbehave(how);
  const auto asked = form_value(query, "ms");
  const auto ms = asked ? number_in(*asked, 0, handler::limits::milliseconds) : std::nullopt;
  if (asked && !ms) return refusal(400, "ms is not a number from 0 to 60000");

  answer a;
  if (path == "/introspect")
    a = r.method() == verb::post ? introspect(r, encrypted) : refused_method("POST");
  else
    a = r.method() == verb::get || r.head() ? find(path, query) : refused_method("GET, HEAD");
  if (ms)
    a.delay = std::chrono::milliseconds(*ms);
  else if (path == "/api" && a.status == 200)
    a.delay = latency_.draw();
  return a;
}

answer service::find(std::string_view path, std::string_view query) {
  constexpr std::string_view objects = "/objects/", statuses = "/status/";
  if (path == "/api") return api(query);
  if (path == "/" || path == "/info") return json(info_);
  if (path.starts_with(objects)) return object(path.substr(objects.size()));
  if (path.starts_with(statuses))
    if (const auto n = number_in(path.substr(statuses.size()), 400, 599))
      return refusal(static_cast<std::uint16_t>(*n), "as asked");
  return refusal(404, "not found");
}

answer service::api(std::string_view query) {
  const auto asked = form_value(query, "bytes");
  if (!asked) {
    ++counters.api;
    return json(R"({"answer":42})");
  }
  const auto bytes = number_in(*asked, 0, largest_object);
  if (!bytes) return refusal(400, "bytes is not a number up to 1 GiB");
  ++counters.api;
  return binary(*bytes);
}

answer service::introspect(const request& r, bool encrypted) {
  if (!encrypted) return refusal(403, "introspection is over TLS only");
  if (!is_client(r.authorization())) {
    auto a = refusal(401, "invalid_client");
    a.fields = "WWW-Authenticate: Basic realm=\"introspection\"\r\n";
    return a;
  }
  const auto token = form_value(r.body(), "token");
  if (!token || token->empty()) return refusal(400, "invalid_request");
  if (const auto how = hostility_named(*token); how != hostility::none) return misbehave(how);
  ++counters.introspections;
  // exp is the year 2100, so that results do not depend on a clock.
  return json(token->starts_with("good")
                  ? R"({"active":true,"scope":"read","client_id":"browser","username":"ada","exp":4102444800})"
                  : R"({"active":false})");
}

answer service::object(std::string_view name) {
  if (const auto how = hostility_named(name); how != hostility::none) return misbehave(how);
  const auto size = object_size(name);
  if (!size) return refusal(404, "no such object");
  ++counters.objects;
  auto a = binary(*size);
  a.fields = "ETag: \"object-" + std::to_string(*size) + "\"\r\n";
  return a;
}

}  // namespace tvl::upstream
