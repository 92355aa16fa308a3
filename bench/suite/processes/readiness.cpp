#include "bench/suite/processes/readiness.hpp"

#include "bench/suite/processes/printable.hpp"
#include "clients/load/meter/listening_sockets.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <iterator>
#include <optional>
#include <string_view>

namespace tvl::suite {
namespace {

constexpr char says_tls[] = "it speaks TLS, and http:// is measured without it";

// RFC 8446, 5.1: type handshake or alert, version 3.x.
bool is_tls(std::string_view bytes) {
  return bytes.size() >= 2 && (bytes[0] == 0x15 || bytes[0] == 0x16) && bytes[1] == 0x03;
}

// RFC 9113, 4.1 and 6: SETTINGS or GOAWAY of stream 0, at most 16 KiB.
bool is_http2(std::string_view bytes) {
  return bytes.size() >= 9 && bytes[0] == 0 && (bytes[3] == 4 || bytes[3] == 7) &&
         bytes.substr(5, 4) == std::string_view("\0\0\0\0", 4);
}

// What a TLS server writes in plain text: "The plain HTTP request was sent to HTTPS port" and the like.
bool refuses_plain_http(const reply& r) { return r.status == 400 && r.body.find("HTTPS") != r.body.npos; }

std::string lower(std::string_view text) {
  std::string made(text);
  std::ranges::transform(made, made.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return made;
}

std::optional<std::size_t> content_length(std::string_view head) {
  constexpr std::string_view name = "\r\ncontent-length:";
  const auto fields = lower(head);
  const auto found = fields.find(name);
  if (found == fields.npos) return std::nullopt;
  const auto value = std::min(fields.find_first_not_of(" \t", found + name.size()), fields.size());
  std::size_t length = 0;
  const auto parsed = std::from_chars(fields.data() + value, fields.data() + fields.size(), length);
  return parsed.ec == std::errc() ? std::optional(length) : std::nullopt;
}

std::string short_reply(std::string_view bytes, const std::string& then) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == bytes.npos) return "its reply ends inside the header fields, " + then;
  const auto came = bytes.size() - end - 4;
  const auto length = content_length(bytes.substr(0, end));
  if (!length) return "its reply has no end, " + then;
  if (came >= *length) return "";
  return "its reply is short: " + std::to_string(came) + " of " + std::to_string(*length) + " bytes of the body, " +
         then;
}

std::string joined(const std::vector<load::listening_socket>& sockets) {
  constexpr std::size_t most = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(sockets.size(), most); ++i)
    text += (i == 0 ? "" : ", ") + printable(load::to_text(sockets[i]));
  return sockets.size() > most ? text + ", ..." : text;
}

}  // namespace

readiness read_raw(const raw_reply& r) {
  readiness found;
  found.connected = r.connected;
  if (!r.connected) return found;
  const std::string then = r.closed || r.reset ? "then the connection is closed" : "then nothing";
  if (r.bytes.empty()) {
    found.instead = r.closed || r.reset ? "it closes the connection without a reply"
                                        : "it accepts the connection and sends nothing";
  } else if (is_tls(r.bytes)) {
    found.instead = says_tls;
    found.lasting = true;
  } else if (is_http2(r.bytes)) {
    found.instead = "it speaks HTTP/2 only, and HTTP/1.1 is measured";
    found.lasting = true;
  } else if (r.bytes.starts_with("HTTP/1.")) {
    found.instead = short_reply(r.bytes, then);
  } else {
    constexpr std::size_t most = 60;
    found.instead =
        "it speaks no HTTP/1.x, and says '" + printable(r.bytes.substr(0, r.bytes.find_first_of("\r\n")), most) + "'";
    found.lasting = true;
  }
  return found;
}

readiness ask(const std::string& url, std::chrono::milliseconds limit) {
  constexpr std::size_t most = 64u << 10;
  const auto r = http_client(limit).get(url);
  if (r.error.empty() && !refuses_plain_http(r)) return {true, r.status, true, "", false};
  if (r.error.empty()) return {false, r.status, true, says_tls, true};
  const auto came = ask_raw(url, limit, most);
  if (came.connected && came.bytes.empty() && speaks_tls(url, limit)) return {false, 0, true, says_tls, true};
  auto found = read_raw(came);
  if (found.connected && found.instead.empty()) found.instead = "no reply: " + r.error;
  return found;
}

std::string where_they_listen(const std::vector<load::process>& processes, int port) {
  const auto held = load::holders_of(load::listening_sockets(), processes);
  std::vector<load::listening_socket> there;
  std::ranges::copy_if(held.sockets, std::back_inserter(there),
                       [port](const auto& s) { return port != 0 && s.port == port; });
  if (!there.empty()) return "it listens on " + joined(there) + " only";
  const auto missing = port == 0 ? "" : ", not on port " + std::to_string(port);
  if (!held.sockets.empty()) return "it listens on " + joined(held.sockets) + missing;
  return held.all_seen ? "it does not listen" : "";
}

}  // namespace tvl::suite
