#include "clients/load/protocol/url.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/printable.hpp"
#include "clients/load/protocol/http_lines.hpp"

#include <boost/beast/core/detail/base64.hpp>

#include <netdb.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <string_view>

namespace tvl::load {
namespace {

namespace base64 = boost::beast::detail::base64;

constexpr std::string_view forms = "http://HOST[:PORT]/PATH or unix:/SOCKET[:/PATH]";

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return result;
}

// None = a '%' without two hexadecimal digits behind it.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    const auto digits = text.substr(i + 1, 2);
    unsigned char byte = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || error != std::errc{} || end != digits.data() + 2) return std::nullopt;
    result += static_cast<char>(byte);
    i += 2;
  }
  return result;
}

// sub-delims and unreserved characters; a name's percent-encoding is decoded before.
bool is_host_name(std::string_view name) {
  constexpr std::string_view more = "-._~!$&'()*+,;=";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80 ||
           more.find(c) != more.npos;
  });
}

std::vector<socket_address> resolve(const std::string& host, unsigned short port, bool literal) {
  addrinfo hints{};
  hints.ai_family = literal ? AF_INET6 : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | (literal ? AI_NUMERICHOST : 0);
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found))
    throw bad_plan(literal ? in_quotes(host) + " is not an IPv6 address"
                           : "cannot resolve " + in_quotes(host) + ": " + ::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  std::vector<socket_address> all;
  // IPv4 first: these connections can have many source addresses.
  for (const int family : {AF_INET, AF_INET6})
    for (const auto* each = found; each != nullptr; each = each->ai_next)
      if (each->ai_family == family) all.emplace_back(each->ai_addr, each->ai_addrlen);
  if (all.empty()) throw bad_plan("cannot resolve " + in_quotes(host) + ": no IPv4 or IPv6 address");
  // Both loopback addresses (RFC 6761 6.3), where /etc/hosts names the first only.
  if (host == "localhost" && all.back().family() == AF_INET) all.push_back(resolve("::1", port, true).front());
  return all;
}

unsigned short parse_port(std::string_view digits, const std::string& text) {
  if (digits.empty()) return 80;  // RFC 3986 3.2.3
  unsigned short port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || port == 0)
    throw bad_plan(in_quotes(digits) + " is not a port from 1 to 65535 in " + in_quotes(without_password(text), 1000));
  return port;
}

std::string basic_authorization(std::string_view user_info, const std::string& text) {
  if (user_info.empty()) return "";
  const auto colon = std::min(user_info.find(':'), user_info.size());
  const auto user = percent_decoded(user_info.substr(0, colon));
  const auto password = percent_decoded(user_info.substr(std::min(colon + 1, user_info.size())));
  if (!user || !password)
    throw bad_plan("'%' without two hexadecimal digits before the '@' of " + in_quotes(without_password(text), 1000));
  const std::string plain = *user + ":" + *password;
  std::string encoded(base64::encoded_size(plain.size()), '\0');
  encoded.resize(base64::encode(encoded.data(), plain.data(), plain.size()));
  return "Basic " + encoded;
}

// [USER[:PASSWORD]@]HOST[:PORT]
void read_authority(std::string_view authority, const std::string& text, url& into) {
  const std::string shown = in_quotes(without_password(text), 1000);
  const auto at = authority.rfind('@');
  if (at != authority.npos) {
    into.authorization = basic_authorization(authority.substr(0, at), text);
    authority.remove_prefix(at + 1);
  }
  std::string name;
  const bool literal = authority.starts_with('[');
  const auto closing = authority.find(']');
  if (literal && closing == authority.npos) throw bad_plan("'[' without ']' in " + shown);
  const auto colon = authority.find(':', literal ? closing : 0);
  const auto host = authority.substr(0, colon);
  if (!literal && colon != authority.npos && authority.find(':', colon + 1) != authority.npos)
    throw bad_plan("an IPv6 address stands in brackets, [::1], in " + shown);
  if (host.empty()) throw bad_plan(shown + " names no host");
  const auto decoded = percent_decoded(literal ? host.substr(1, closing - 1) : host);
  if (decoded) name = lower(*decoded);
  if (!decoded || (literal ? host.size() != closing + 1 || has_control(name) : !is_host_name(name)))
    throw bad_plan(in_quotes(host) + " is not a host in " + shown);
  if (colon != authority.npos) into.port = parse_port(authority.substr(colon + 1), text);
  into.host = literal ? '[' + name.substr(0, name.find('%')) + ']' : name;  // RFC 6874: the zone is this machine's
  into.addresses = resolve(name, into.port, literal);
}

void read_internet(std::string_view rest, const std::string& text, url& into) {
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  read_authority(rest.substr(0, end), text, into);
  into.target = rest.substr(end, rest.find('#') - end);
}

// SOCKET[:/PATH]
void read_unix(std::string_view rest, const std::string& text, url& into) {
  const auto colon = std::min(rest.find(':'), rest.size());
  const std::string path(rest.substr(0, colon));
  if (path.empty()) throw bad_plan(in_quotes(text, 1000) + " names no socket");
  if (path.size() > socket_address::longest_path)
    throw bad_plan("the path of the Unix socket has " + std::to_string(path.size()) + " bytes, the limit is " +
                   std::to_string(socket_address::longest_path));
  into.host = "localhost";
  into.addresses = {socket_address::of_unix_socket(path)};
  if (colon < rest.size()) into.target = rest.substr(colon + 1, rest.find('#', colon) - colon - 1);
  if (!into.target.empty() && into.target.front() != '/' && into.target.front() != '?')
    throw bad_plan(in_quotes(text, 1000) + " is not a URL of the form unix:/SOCKET[:/PATH]");
}

void keep_local(const std::string& host, std::vector<socket_address>& addresses) {
  const auto first = addresses.front();
  std::erase_if(addresses, [](const socket_address& a) { return !a.is_local(); });
  if (addresses.empty())
    throw bad_plan("'" + host + "' is " + first.text() +
                   ", outside 127.0.0.0/8 and ::1; --allow-remote if you mean it");
}

// Where "//USER:PASSWORD" of a URL stands: its begin behind the slashes, and its length. 0 = none.
std::pair<std::size_t, std::size_t> user_info_of(const std::string& text) {
  const auto slashes = text.find("://");
  if (slashes == text.npos) return {0, 0};
  const auto begin = slashes + 3, end = std::min(text.find_first_of("/?#", begin), text.size());
  const auto at = text.substr(0, end).rfind('@');
  return at == text.npos || at < begin ? std::pair(begin, std::size_t{0}) : std::pair(begin, at - begin);
}

}  // namespace

void url::choose_address() {
  if (addresses.size() < 2) return;
  const auto good = std::ranges::find_if(addresses, accepts);
  if (good != addresses.end()) std::rotate(addresses.begin(), good, good + 1);
  address = endpoint().text();
}

std::string url::host_field() const {
  return endpoint().is_tcp() && port != 80 ? host + ':' + std::to_string(port) : host;
}

void check_printable(const std::string& text) {
  const auto at = std::ranges::find_if(text, [](char c) { return is_blank(c) || is_control(c); });
  if (at == text.end()) return;
  throw bad_plan(in_quotes(without_password(text), 1000) + " has " +
                 (is_blank(*at) ? "white space" : "a control character") + " in it, at character " +
                 std::to_string(at - text.begin() + 1) + "; percent-encode it");
}

std::string without_password(const std::string& text) {
  const auto [begin, size] = user_info_of(text);
  return size == 0 ? text : std::string(text).replace(begin, size, "***");
}

bool is_unix_socket(const std::string& text) {
  const std::string scheme = lower(text.substr(0, text.find(':')));
  return scheme == "unix" || scheme == "ws+unix";
}

std::string url_at(const std::string& base, const std::string& path) {
  const bool open = is_unix_socket(base) && base.find(':') == base.rfind(':');
  return base + (open ? ":" : "") + path;
}

std::string as_websocket(const std::string& text) {
  return (is_unix_socket(text) ? "ws+unix" : "ws") + text.substr(std::min(text.find(':'), text.size()));
}

url parse_url(const std::string& text, bool allow_remote) {
  check_printable(text);
  const auto colon = std::min(text.find(':'), text.size());
  const std::string scheme = lower(text.substr(0, colon));
  const std::string_view rest = std::string_view(text).substr(std::min(colon + 1, text.size()));
  if (scheme == "https" || scheme == "wss")
    throw bad_plan(in_quotes(without_password(text), 1000) + " asks for TLS, which is not offered: http:// or ws://");
  url result;
  result.websocket = scheme == "ws" || scheme == "ws+unix";
  if ((scheme == "http" || scheme == "ws") && rest.starts_with("//"))
    read_internet(rest.substr(2), text, result);
  else if (scheme == "unix" || scheme == "ws+unix")
    read_unix(rest, text, result);
  else
    throw bad_plan(in_quotes(without_password(text), 1000) + " is not a URL of the form " + std::string(forms));
  if (result.target.empty() || result.target.front() != '/') result.target.insert(0, "/");
  if (result.websocket && !result.authorization.empty())
    throw bad_plan("USER:PASSWORD is for http:// URLs; a WebSocket has it as -H 'Authorization: Basic ...'");
  if (!allow_remote) keep_local(result.host, result.addresses);
  result.address = result.endpoint().text();
  return result;
}

}  // namespace tvl::load
