#include "servers/drivers/redis/redis.hpp"

#include "servers/drivers/failure.hpp"
#include "servers/drivers/reply_limit.hpp"
#include "servers/drivers/resolve_host.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace tvl::waits {
namespace {

std::system_error bad_address(const std::string& what, const std::string& why = "not HOST:PORT") {
  return {std::make_error_code(std::errc::invalid_argument), "Redis address '" + what + "': " + why};
}

// No GET returns an array; for a hostile one hiredis would allocate as many elements as it announces.
redisReplyObjectFunctions* without_arrays(const redisReplyObjectFunctions& all) {
  static redisReplyObjectFunctions functions = [&all] {
    auto f = all;
    f.createArray = [](const redisReadTask*, auto) -> void* { return nullptr; };
    return f;
  }();
  return &functions;
}

bool append(redisContext& c, std::string_view command, const std::string& argument) {
  std::array<const char*, 2> words{command.data(), argument.data()};
  const std::array<std::size_t, 2> sizes{command.size(), argument.size()};
  return ::redisAppendCommandArgv(&c, 2, words.data(), sizes.data()) == REDIS_OK;
}

// A Redis error begins with a code; its rest may contain parts of the request or addresses.
std::string code_of(std::string_view error) {
  const auto code = error.substr(0, std::min<std::size_t>(error.find(' '), 32));
  const bool is_code = !code.empty() && std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
  return "cache: failed: " + std::string(is_code ? code : "ERR");
}

handler::service_result meaning(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_STRING:
      return {200, std::string(reply.str, reply.len)};
    case REDIS_REPLY_NIL:
      return {404, "cache: no such key"};
    case REDIS_REPLY_ERROR:
      return {502, code_of({reply.str, reply.len})};
    default:
      return to_result("cache", failure::protocol_error);
  }
}

}  // namespace

redis_address find_redis(const std::string& text) {
  if (text.empty()) return {};
  const auto colon = text.rfind(':');
  if (colon == 0 || colon == text.npos) throw bad_address(text);
  redis_address result;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data() + colon + 1, last, result.port);
  if (error != std::errc{} || end != last || result.port < 1 || result.port > 65535) throw bad_address(text);
  const bool bracketed = text.front() == '[' && text[colon - 1] == ']';  // IPv6
  const auto host = resolve_host(bracketed ? text.substr(1, colon - 2) : text.substr(0, colon));
  if (!host) throw bad_address(text, "unknown host");
  result.host = *host;
  if (const char* password = std::getenv("REDISCLI_AUTH")) result.password = password;
  return result;
}

bool prepare(redisContext* c) {
  if (!c || c->err) return false;
  ::fcntl(c->fd, F_SETFD, FD_CLOEXEC);  // hiredis does not; subprocesses would keep the connection open
  const int yes = 1;
  ::setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  c->reader->fn = without_arrays(*c->reader->fn);
  return true;
}

bool append_get(redisContext& c, const std::string& key) { return append(c, "GET", key); }
bool append_auth(redisContext& c, const std::string& password) { return append(c, "AUTH", password); }

bool next_reply(redisContext& c, std::optional<handler::service_result>& reply) {
  void* object = nullptr;
  if (::redisGetReplyFromReader(&c, &object) != REDIS_OK) return false;
  if (!object) return c.reader->len - c.reader->pos <= reply_limit;
  reply = meaning(*static_cast<const redisReply*>(object));
  ::freeReplyObject(object);
  return true;
}

}  // namespace tvl::waits
