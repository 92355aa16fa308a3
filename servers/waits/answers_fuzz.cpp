// What Redis, the token endpoint and /info of the services answer: the same replies whatever the pieces in which they
// come, and none of them leads a server elsewhere.
//
// Choices: who answers (0 = Redis, 1 = the token endpoint, 2 = /info), split.

#include "servers/drivers/redis/redis.hpp"
#include "servers/drivers/reply_limit.hpp"
#include "servers/testing/fuzzing.hpp"
#include "servers/waits/introspection.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <string>

namespace {

using tvl::handler::service_result;
using namespace tvl::waits;

void check(const service_result& r) {
  TVL_MUST(r.status == 200 || r.status == 404 || r.status == 502, "a reply is a value, none, or a failure");
  if (r.status == 200) return;
  TVL_MUST(r.body.size() < 200 && r.body.find('\n') == std::string::npos, "a failure is told in one short line");
}

// All replies up to the first that ends the connection.
std::string redis_replies(std::string_view bytes, unsigned split) {
  static int sockets[2] = {-1, -1};  // hiredis wants a descriptor; nothing is read from it
  if (sockets[0] < 0 && ::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0) return "";
  const redis_context context(::redisConnectFd(::dup(sockets[0])));
  std::string found;
  if (!context || !prepare(context.get())) return found;
  tvl::fuzzing::in_pieces(bytes, split, [&](std::string_view piece) {
    if (::redisReaderFeed(context->reader, piece.data(), piece.size()) != REDIS_OK) return false;
    for (;;) {
      std::optional<service_result> reply;
      if (!next_reply(*context, reply)) {
        found += "unusable";
        return false;
      }
      if (!reply) return true;
      check(*reply);
      found += std::to_string(reply->status) + ' ' + reply->body + '|';
    }
  });
  return found;
}

void read_token_reply(std::string_view text) {
  const auto result = introspection_result({200, std::string(text)});
  check(result);
  if (result.status == 200) (void)is_active(result);
}

void read_info(std::string_view text) {
  service_options options;
  options.upstream = "http://127.0.0.1:1";
  introspection known(options);
  if (!known.learn(std::string(text))) return TVL_MUST(!known.endpoint(), "what was not learned is not known");
  const auto endpoint = known.endpoint();
  TVL_MUST(endpoint && endpoint->url.starts_with("https://127.0.0.1:"), "tokens go to the upstream's host only");
  known.forget(*endpoint);
  TVL_MUST(!known.endpoint(), "what was forgotten is not known");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tvl::fuzzing::input in(data, size);
  const unsigned who = in.choice(3), split = in.choice(tvl::fuzzing::ways_to_split);
  switch (who) {
    case 0:
      tvl::fuzzing::must_equal(redis_replies(in.rest(), tvl::fuzzing::whole), redis_replies(in.rest(), split),
                               "the same replies, whatever the pieces");
      break;
    case 1:
      read_token_reply(in.rest());
      break;
    default:
      read_info(in.rest());
      break;
  }
  return 0;
}
