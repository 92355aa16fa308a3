#include "clients/load/protocol/url.hpp"

#include "clients/load/base/bad_plan.hpp"

#include <arpa/inet.h>
#include <netdb.h>

#include <charconv>
#include <memory>
#include <string_view>

namespace tvl::load {
namespace {

std::string resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &found))
    throw bad_plan("cannot resolve '" + host + "': " + ::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  char text[INET_ADDRSTRLEN];
  ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(found->ai_addr)->sin_addr, text, sizeof text);
  return text;
}

unsigned short parse_port(std::string_view digits, const std::string& text) {
  unsigned short port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || port == 0)
    throw bad_plan("'" + std::string(digits) + "' is not a port in '" + text + "'");
  return port;
}

}  // namespace

sockaddr_in url::endpoint() const {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &name.sin_addr);
  return name;
}

url parse_url(const std::string& text, bool allow_remote) {
  const bool websocket = text.starts_with("ws://");
  const std::string_view scheme = websocket ? "ws://" : "http://";
  if (!text.starts_with(scheme)) throw bad_plan("'" + text + "' is not a URL of the form http://HOST[:PORT]/PATH");
  const std::string_view rest = std::string_view(text).substr(scheme.size());
  const auto slash = rest.find_first_of("/?");
  const auto authority = rest.substr(0, slash);
  if (rest.find_first_of(" \t\r\n") != rest.npos) throw bad_plan("'" + text + "' has white space in it");

  url result;
  result.websocket = websocket;
  const auto colon = authority.rfind(':');
  result.host = authority.substr(0, colon);
  if (result.host.empty()) throw bad_plan("'" + text + "' names no host");
  if (colon != authority.npos) result.port = parse_port(authority.substr(colon + 1), text);
  result.target = slash == rest.npos ? "/" : rest.substr(slash);
  if (result.target.front() == '?') result.target.insert(0, "/");
  result.address = resolve(result.host);
  if (!allow_remote && !result.address.starts_with("127."))
    throw bad_plan("'" + result.host + "' is " + result.address +
                   ", outside 127.0.0.0/8; --allow-remote if you mean it");
  return result;
}

}  // namespace tvl::load
