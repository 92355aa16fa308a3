#include "clients/load/engine/prepared_target.hpp"

#include "clients/load/base/bad_plan.hpp"
#include "clients/load/base/printable.hpp"
#include "clients/load/protocol/http_lines.hpp"
#include "clients/load/protocol/websocket_frames.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <string_view>

namespace tvl::load {
namespace {

std::string_view name_of(std::string_view line) { return line.substr(0, line.find(':')); }

// How often the target names this field itself. `lower` is in lower case.
std::ptrdiff_t times_named(const target& t, std::string_view lower) {
  return std::ranges::count_if(t.headers, [&](const std::string& line) { return same_but_case(name_of(line), lower); });
}

void check_request(const target& t) {
  if (!is_token(t.method)) throw bad_plan(in_quotes(t.method) + " is not a method, such as GET");
  check_printable(t.path);
  for (const auto& line : t.headers)
    if (line.find(':') == line.npos || !is_token(name_of(line)) || has_control(line))
      throw bad_plan(in_quotes(line) + " is not a header of the form Name: value");
  for (const char* once : {"Host", "Content-Length", "Transfer-Encoding", "Authorization"}) {
    std::string lower(once);
    for (char& c : lower) c = static_cast<char>(std::tolower(c));
    if (times_named(t, lower) > 1) throw bad_plan(std::string("the header ") + once + " is given more than once");
  }
}

// A field of the target's headers replaces the one that would be made.
std::string request_bytes(const target& t, const url& u) {
  check_request(t);
  const bool has_body = !t.body.empty() || t.method == "POST" || t.method == "PUT" || t.method == "PATCH";
  std::string result = t.method + ' ' + (t.path.empty() ? u.target : t.path) + " HTTP/1.1\r\n";
  if (times_named(t, "host") == 0) result += "Host: " + u.host_field() + "\r\n";
  if (!u.authorization.empty() && times_named(t, "authorization") == 0)
    result += "Authorization: " + u.authorization + "\r\n";
  for (const auto& line : t.headers) result += line + "\r\n";
  if (has_body && times_named(t, "content-length") == 0 && times_named(t, "transfer-encoding") == 0)
    result += "Content-Length: " + std::to_string(t.body.size()) + "\r\n";
  return result + "\r\n" + t.body;
}

std::shared_ptr<const body_pattern> pattern_of(const target& t) {
  return t.expect_body_matches ? std::make_shared<const body_pattern>(*t.expect_body_matches) : nullptr;
}

bool is_idempotent(std::string_view method) {
  constexpr std::string_view all[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
  return std::ranges::find(all, method) != std::end(all);
}

// A WebSocket message; the echo must equal it.
prepared_target message_of(const target& t, double cumulated) {
  const std::string text = t.body.empty() ? "Hello, World!" : t.body;
  constexpr std::uint32_t mask = 0x37fa213d;  // need not be random: there is no proxy
  return {client_frame(opcode::text, text, mask), cumulated, {false, t.expect_body ? t.expect_body : text}, {}, false};
}

}  // namespace

std::vector<prepared_target> prepare(const std::vector<target>& targets, const url& u) {
  double all = 0;
  for (const auto& t : targets) {
    if (!(t.weight > 0)) throw bad_plan("the weight of " + t.path + " is not positive");
    all += t.weight;
  }
  if (targets.empty()) throw bad_plan("there is no target to send requests to");
  std::vector<prepared_target> result;
  double sum = 0;
  for (const auto& t : targets) {
    sum += t.weight;
    if (u.websocket)
      result.push_back(message_of(t, sum / all));
    else
      result.push_back({request_bytes(t, u),
                        sum / all,
                        {t.method == "HEAD", t.expect_body, pattern_of(t)},
                        t.expect_status,
                        is_idempotent(t.method)});
  }
  return result;
}

std::vector<target> parse_mix(const std::string& text, const target& form) {
  std::vector<target> result;
  for (std::size_t at = 0; at <= text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    const std::string_view part = std::string_view(text).substr(at, comma - at);
    const auto colon = part.find(':');
    target t = form;
    const auto [end, error] = std::from_chars(part.data(), part.data() + std::min(colon, part.size()), t.weight);
    if (colon == part.npos || error != std::errc{} || end != part.data() + colon || !(t.weight > 0) ||
        !part.substr(colon + 1).starts_with('/'))
      throw bad_plan("'" + std::string(part) + "' in the mix is not WEIGHT:/PATH");
    t.path = part.substr(colon + 1);
    result.push_back(t);
    at = comma + 1;
  }
  return result;
}

}  // namespace tvl::load
