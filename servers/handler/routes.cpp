#include "servers/handler/routes.hpp"

#include "servers/handler/limits.hpp"

#include <array>
#include <charconv>

namespace tvl::handler {
namespace {

using boost::beast::http::verb;
using content = route::content;
using wait = plan::wait;
using duration = decltype(plan::time);

struct endpoint {
  std::string_view path;  // a trailing '/' asks for a number behind it
  bool post;              // POST, otherwise GET and HEAD
  content what;
  wait kind = wait::nothing;
  duration unit{0};
  std::uint64_t most = 0;
};

constexpr duration us{1}, ms{1000};
constexpr std::array<endpoint, 8> endpoints{{
    {"/plaintext", false, content::plaintext},
    {"/json", false, content::json},
    {"/bytes/", false, content::pattern, wait::nothing, us, limits::bytes},
    {"/echo", true, content::echo},
    {"/upload", true, content::count},
    {"/delay/", false, content::amount, wait::sleep, ms, limits::milliseconds},
    {"/block/", false, content::amount, wait::block, ms, limits::milliseconds},
    {"/cpu/", false, content::amount, wait::burn, us, limits::microseconds},
}};

// The path of a target in origin form, or in the absolute form that clients use towards proxies (RFC
// 9112 3.2.2).
std::string_view path_of(std::string_view target) {
  constexpr std::string_view scheme = "http://";
  if (target.starts_with(scheme)) {
    target.remove_prefix(scheme.size());
    const auto slash = target.find('/');
    target = slash == target.npos ? "/" : target.substr(slash);
  }
  return target.substr(0, target.find('?'));
}

bool matches(const endpoint& e, std::string_view path) {
  return e.path.back() == '/' ? path.starts_with(e.path) : path == e.path;
}

route fill(const endpoint& e, std::string_view path) {
  route result;
  result.what = e.what;
  if (e.most == 0) return result;
  const auto digits = path.substr(e.path.size());
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result.amount);
  if (error != std::errc{} || end != digits.data() + digits.size() || result.amount > e.most) return failed(400);
  result.needs = {e.kind, e.unit * static_cast<std::uint32_t>(result.amount)};
  return result;
}

}  // namespace

route failed(std::uint16_t status, bool post) {
  route result;
  result.status = status;
  result.post = post;
  return result;
}

route find_route(verb method, std::string_view target) {
  if (target.size() > limits::target) return failed(414);
  if (method == verb::unknown) return failed(501);
  const auto path = path_of(target);
  for (const endpoint& e : endpoints) {
    if (!matches(e, path)) continue;
    const bool allowed = e.post ? method == verb::post : method == verb::get || method == verb::head;
    return allowed ? fill(e, path) : failed(405, e.post);
  }
  return failed(404);
}

}  // namespace tvl::handler
