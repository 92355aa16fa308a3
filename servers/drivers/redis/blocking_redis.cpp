#include "servers/drivers/redis/blocking_redis.hpp"

#include <sys/time.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

namespace tvl::waits::blocking {
namespace {

using clock = redis_connection::clock;

constexpr std::chrono::milliseconds shortest_wait{1};  // for sockets a timeout of 0 means none

timeval in_timeval(clock::duration d) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(d).count();
  return {us / 1'000'000, us % 1'000'000};
}

}  // namespace

service_reply redis_connection::get(const std::string& key, clock::time_point deadline) {
  const bool kept = context_ != nullptr;
  service_reply result = attempt(key, deadline);
  // The server closed the idle connection (a restart): not this request's failure, and a read may be repeated.
  if (kept && failed(result, failure::disconnected)) result = attempt(key, deadline);
  return result;
}

service_reply redis_connection::attempt(const std::string& key, clock::time_point deadline) {
  if (!context_ && !connect(deadline))
    return deadline - clock::now() < shortest_wait ? failure::timeout : failure::unreachable;
  service_reply result = exchange(key, deadline);
  if (failed(result)) context_.reset();
  return result;
}

bool redis_connection::connect(clock::time_point deadline) {
  const auto left = deadline - clock::now();
  if (left < shortest_wait) return false;
  context_.reset(::redisConnectWithTimeout(address_.host.c_str(), address_.port, in_timeval(left)));
  limit_ = {};
  auth_unanswered_ = !address_.password.empty();
  if (!prepare(context_.get()) || (auth_unanswered_ && !append_auth(*context_, address_.password))) context_.reset();
  return context_ != nullptr;
}

service_reply redis_connection::exchange(const std::string& key, clock::time_point deadline) {
  if (!append_get(*context_, key)) return failure::disconnected;
  if (!limit_waits(deadline)) return failure::timeout;
  const auto broken = [] { return errno == EAGAIN ? failure::timeout : failure::disconnected; };
  for (int done = 0; done == 0;)
    if (::redisBufferWrite(context_.get(), &done) != REDIS_OK) return broken();
  std::optional<handler::service_result> reply;
  while (!reply) {
    if (!limit_waits(deadline)) return failure::timeout;
    errno = 0;  // the end of input sets none
    if (::redisBufferRead(context_.get()) != REDIS_OK) return broken();
    if (!take_reply(reply)) return failure::protocol_error;
  }
  // The next request would take the rest for its own reply.
  if (has_more(*context_)) return failure::protocol_error;
  return std::move(*reply);
}

// As next_reply(), without the one to AUTH.
bool redis_connection::take_reply(std::optional<handler::service_result>& reply) {
  if (!next_reply(*context_, reply)) return false;
  if (!reply || !std::exchange(auth_unanswered_, false)) return true;
  reply.reset();
  return next_reply(*context_, reply);
}

// Sets the socket's timeout instead of a poll() before each wait: no system call while deadlines stay about equally far
// away. A wait may last a tenth longer.
bool redis_connection::limit_waits(clock::time_point deadline) {
  const auto left = deadline - clock::now();
  if (left < shortest_wait) return false;
  if (left < limit_ * 10 / 11 || left > limit_) {
    if (::redisSetTimeout(context_.get(), in_timeval(left)) != REDIS_OK) return false;
    limit_ = left;
  }
  return true;
}

redis_client::redis_client(const service_options& options)
    : options_(options),
      address_(find_redis(options.redis)),
      connections_(options.pool, options.queue, [this] { return std::make_unique<redis_connection>(address_); }) {}

handler::service_result redis_client::get(const std::string& key, clock::time_point deadline) {
  if (address_.host.empty()) return to_result("cache", failure::not_configured);
  const auto connection = connections_.take(deadline);
  if (!connection) return to_result("cache", clock::now() < deadline ? failure::queue_full : failure::timeout);
  return to_result("cache", connection->get(key, deadline));
}

}  // namespace tvl::waits::blocking
