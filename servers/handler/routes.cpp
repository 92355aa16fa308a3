#include "servers/handler/routes.hpp"

#include "servers/handler/injected_work.hpp"
#include "servers/handler/limits.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace tvl::handler {
namespace {

using boost::beast::http::verb;
using content = route::content;
using operation = plan::operation;
using duration = decltype(plan::time);

using parse = route (*)(route, std::string_view rest, std::string_view query);

struct endpoint {
  std::string_view path;  // a trailing '/' requires a rest
  bool post;              // POST, otherwise GET and HEAD
  content what;
  operation kind = operation::nothing;
  parse fill = nullptr;  // parses the rest of the path and the query
};

constexpr duration us{1}, ms{1000};

std::optional<std::uint64_t> number_in(std::string_view digits, std::uint64_t most) {
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  const bool whole = error == std::errc{} && end == digits.data() + digits.size();
  return whole && n <= most ? std::optional(n) : std::nullopt;
}

// The first value of `key` in the query, if any.
std::optional<std::string_view> value_of(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    const auto field = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), field.size() + 1));
    const auto equals = std::min(field.find('='), field.size());
    if (field.substr(0, equals) == key) return field.substr(std::min(field.size(), equals + 1));
  }
  return std::nullopt;
}

std::optional<std::uint64_t> number_in(std::string_view query, std::string_view key, std::uint64_t otherwise,
                                       std::uint64_t most) {
  const auto value = value_of(query, key);
  return value ? number_in(*value, most) : otherwise;
}

// Keys, objects and tokens: names of harmless bytes, so that no driver has to escape them.
bool is_name(std::string_view text) {
  const auto harmless = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == ':' ||
           c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= limits::name && text.find("..") == text.npos &&
         std::ranges::all_of(text, harmless);
}

template <std::uint64_t Most, duration (*Time)(std::uint64_t)>
route by_number(route r, std::string_view rest, std::string_view) {
  const auto n = number_in(rest, Most);
  if (!n) return failed(400);
  r.needs.number = *n;
  r.needs.time = Time(*n);
  return r;
}

constexpr duration none(std::uint64_t) { return duration{0}; }
constexpr duration milliseconds(std::uint64_t n) { return ms * static_cast<std::uint32_t>(n); }
constexpr duration microseconds(std::uint64_t n) { return us * static_cast<std::uint32_t>(n); }

constexpr auto in_milliseconds = by_number<limits::milliseconds, milliseconds>;
constexpr auto in_microseconds = by_number<limits::microseconds, microseconds>;

route by_name(route r, std::string_view rest, std::string_view) {
  if (!is_name(rest)) return failed(400);
  r.needs.text = std::make_unique<const std::string>(rest);
  return r;
}

route row(route r, std::string_view rest, std::string_view query) {
  const auto id = number_in(rest, limits::row);
  const auto time = number_in(query, "ms", 0, limits::milliseconds);
  if (!id || !time) return failed(400);
  r.needs.number = *id;
  r.needs.time = milliseconds(*time);
  return r;
}

// Concurrent (true) or sequential (false) calls; nothing for an unknown order.
std::optional<bool> gather_in(std::string_view query) {
  const auto order = value_of(query, "order").value_or("serial");
  return order == "serial" || order == "gather" ? std::optional(order == "gather") : std::nullopt;
}

route fetch(route r, std::string_view, std::string_view query) {
  const auto calls = number_in(query, "n", 1, limits::calls);
  const auto time = number_in(query, "ms", 0, limits::milliseconds);
  const auto gather = gather_in(query);
  if (!calls || *calls == 0 || !time || !gather) return failed(400);
  r.needs.number = *calls;
  r.needs.time = milliseconds(*time);
  r.needs.gather = *gather;
  return r;
}

route services(route r, std::string_view, std::string_view query) {
  const auto gather = gather_in(query);
  if (!gather) return failed(400);
  r.needs.gather = *gather;
  return r;
}

// The token is in the query (RFC 6750 2.3), so that a load generator needs no header field.
route token(route r, std::string_view, std::string_view query) {
  return by_name(std::move(r), value_of(query, "access_token").value_or("good"), {});
}

// The allowed commands; drivers/process implements them.
route run(route r, std::string_view, std::string_view query) {
  constexpr std::array<std::string_view, 4> commands{"echo", "sleep", "flood", "fail"};
  const auto command = value_of(query, "command").value_or("echo");
  const auto time = number_in(query, "ms", 0, limits::milliseconds);
  if (std::ranges::find(commands, command) == commands.end()) return failed(404);
  if (!time) return failed(400);
  r.needs.text = std::make_unique<const std::string>(command);
  r.needs.time = milliseconds(*time);
  return r;
}

route stream(route r, std::string_view rest, std::string_view query) {
  const auto chunks = number_in(rest, limits::chunks);
  const auto time = number_in(query, "ms", 0, limits::milliseconds);
  if (!chunks || !time) return failed(400);
  r.needs.number = *chunks;
  r.needs.time = milliseconds(*time);
  return r;
}

route room(route r, std::string_view, std::string_view query) {
  const auto number = number_in(query, "room", 0, limits::room);
  if (!number) return failed(400);
  r.needs.number = *number;
  return r;
}

constexpr std::array<endpoint, 21> endpoints{{
    {"/plaintext", false, content::plaintext},
    {"/json", false, content::json},
    {"/bytes/", false, content::pattern, operation::nothing, by_number<limits::bytes, none>},
    {"/echo", true, content::echo},
    {"/upload", true, content::count},
    {"/touch/", false, content::touch, operation::nothing, by_number<limits::touch, none>},
    {"/delay/", false, content::number, operation::sleep, in_milliseconds},
    {"/block/", false, content::number, operation::block, in_milliseconds},
    {"/offload/", false, content::number, operation::offload, in_milliseconds},
    {"/cpu/", false, content::number, operation::cpu, in_microseconds},
    {"/cpu-offload/", false, content::number, operation::cpu_offload, in_microseconds},
    {"/fetch", false, content::object, operation::fetch, fetch},
    {"/cache/", false, content::text, operation::cache, by_name},
    {"/db/", false, content::object, operation::query, row},
    {"/token", false, content::object, operation::token, token},
    {"/object/", false, content::binary, operation::object, by_name},
    {"/run", false, content::text, operation::run, run},
    {"/stream/", false, content::binary, operation::stream, stream},
    {"/services", false, content::object, operation::services, services},
    {"/ws/echo", false, content::text, operation::ws_echo},
    {"/ws/room", false, content::text, operation::ws_room, room},
}};

// The target without scheme and host, which the absolute form has (RFC 9112 3.2.2). A scheme has no case (RFC
// 3986 3.1).
std::string_view origin_form(std::string_view target) {
  constexpr std::string_view scheme = "http://";
  if (boost::beast::iequals(target.substr(0, scheme.size()), scheme)) {
    target.remove_prefix(scheme.size());
    const auto slash = target.find('/');
    target = slash == target.npos ? "/" : target.substr(slash);
  }
  return target;
}

bool matches(const endpoint& e, std::string_view path) {
  return e.path.back() == '/' ? path.starts_with(e.path) : path == e.path;
}

route fill(const endpoint& e, std::string_view path, std::string_view query) {
  route result;
  result.what = e.what;
  result.needs.kind = e.kind;
  return e.fill ? e.fill(std::move(result), path.substr(e.path.size()), query) : std::move(result);
}

}  // namespace

route failed(std::uint16_t status, bool post) {
  route result;
  result.status = status;
  result.post = post;
  return result;
}

route find_route(verb method, std::string_view target) {
  if (injected_rounds > 0) spend(injected_rounds);
  if (target.size() > limits::target) return failed(414);
  if (method == verb::unknown) return failed(501);
  const auto whole = origin_form(target);
  const auto path = whole.substr(0, whole.find('?'));
  const auto query = path.size() < whole.size() ? whole.substr(path.size() + 1) : std::string_view();
  for (const endpoint& e : endpoints) {
    if (!matches(e, path)) continue;
    const bool allowed = e.post ? method == verb::post : method == verb::get || method == verb::head;
    return allowed ? fill(e, path, query) : failed(405, e.post);
  }
  return failed(404);
}

}  // namespace tvl::handler
