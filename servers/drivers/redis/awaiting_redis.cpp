#include "servers/drivers/redis/awaiting_redis.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace tvl::waits::awaiting {
namespace {

namespace asio = boost::asio;
using runtime::quietly;

}  // namespace

redis_request::~redis_request() {
  if (link_) link_->forget(*this);
}

asio::awaitable<service_reply, runtime::executor> redis_request::get(std::shared_ptr<redis_link> link,
                                                                     const std::string& key) {
  link_ = std::move(link);
  link_->send(key, *this);
  if (!reply_) co_await timer_.async_wait(quietly);
  co_return reply_ ? std::move(*reply_) : service_reply(failure::timeout);
}

void redis_request::finish(service_reply a) {
  reply_ = std::move(a);
  link_.reset();
  timer_.cancel();
}

bool redis_link::start(const redis_address& address) {
  context_.reset(::redisConnectNonBlock(address.host.c_str(), address.port));
  boost::system::error_code ec;
  if (prepare(context_.get())) {
    socket_.assign(context_->fd, ec);
    if (!ec) {
      if (!address.password.empty() && append_auth(*context_, address.password)) pending_.push_back(nullptr);
      asio::co_spawn(socket_.get_executor(), run(shared_from_this()), asio::detached);
      return true;
    }
  }
  context_.reset();
  return false;
}

// The only wait for input: one per read, however many replies it contains.
runtime::task redis_link::run(std::shared_ptr<redis_link> self) {
  co_await self->socket_.async_wait(borrowed_descriptor::wait_write, quietly);
  if (self->context_ && !self->finish_connecting()) self->fail(failure::unreachable);
  while (self->context_) {
    co_await self->socket_.async_wait(borrowed_descriptor::wait_read, quietly);
    if (self->context_) self->receive();
  }
}

bool redis_link::finish_connecting() {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(context_->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) return false;
  connected_ = true;
  if (!pending_.empty()) send_soon();
  return true;
}

void redis_link::send(const std::string& key, redis_request& request) {
  if (!append_get(*context_, key)) return request.finish(failure::disconnected);
  pending_.push_back(&request);
  if (connected_ && !sending_) send_soon();
}

// At the end of this turn of the loop, so that requests of other coroutines go out in the same write.
void redis_link::send_soon() {
  sending_ = true;
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->flush(); });
}

void redis_link::flush() {
  if (!context_) return;
  int done = 0;
  if (::redisBufferWrite(context_.get(), &done) != REDIS_OK) return fail(failure::disconnected);
  if (done != 0)
    sending_ = false;
  else
    socket_.async_wait(borrowed_descriptor::wait_write, [self = shared_from_this()](auto) { self->flush(); });
}

void redis_link::receive() {
  if (::redisBufferRead(context_.get()) != REDIS_OK) return fail(failure::disconnected);
  for (;;) {
    std::optional<handler::service_result> reply;
    if (!next_reply(*context_, reply)) return fail(failure::protocol_error);
    if (!reply) break;
    if (pending_.empty()) return fail(failure::protocol_error);  // an unsolicited reply
    redis_request* const first = pending_.front();
    pending_.pop_front();
    if (first) first->finish(std::move(*reply));
  }
  if (pending_.empty() && has_more(*context_))
    return fail(failure::protocol_error);  // the beginning of an unsolicited reply
  if (retired_ && nobody_waits()) close();
}

bool redis_link::nobody_waits() const {
  return std::ranges::all_of(pending_, [](auto* r) { return r == nullptr; });
}

void redis_link::forget(redis_request& request) {
  std::ranges::replace(pending_, &request, nullptr);
  retired_ = true;
  if (nobody_waits()) close();
}

void redis_link::fail(failure how) {
  if (!context_) return;
  socket_.release();  // ends run(); hiredis closes it
  context_.reset();
  for (redis_request* const request : std::exchange(pending_, {}))
    if (request) request->finish(how);
}

redis_client::redis_client(asio::io_context& context, const service_options& options)
    : executor_(context.get_executor()), options_(options), address_(find_redis(options.redis)) {}

redis_client::~redis_client() {
  for (const auto& link : links_) link->close();
}

asio::awaitable<handler::service_result, runtime::executor> redis_client::get(const std::string& key,
                                                                              clock::time_point deadline) {
  if (address_.host.empty()) co_return to_result("cache", failure::not_configured);
  for (;;) {
    auto link = choose();
    if (!link) co_return to_result("cache", failure::queue_full);
    if (!link->usable()) co_return to_result("cache", failure::unreachable);
    const bool kept = link->connected();
    redis_request request(executor_, deadline);
    auto result = co_await request.get(std::move(link), key);
    // The server closed the idle connection (a restart): not this request's failure, and a read may be repeated. The
    // loop ends, since every loss removes a connection and a new one is not retried.
    if (!kept || !failed(result, failure::disconnected)) co_return to_result("cache", std::move(result));
  }
}

// A connection that is about to send, since one more request costs it no system call; else the one with the fewest
// pending requests.
std::shared_ptr<redis_link> redis_client::choose() {
  std::erase_if(links_, [](const auto& link) { return !link->usable(); });
  std::size_t pending = 0;
  for (const auto& link : links_) pending += link->pending();
  if (pending >= std::size_t{options_.pool} + options_.queue) return nullptr;
  if (const auto next = std::ranges::find_if(links_, &redis_link::sending); next != links_.end()) return *next;
  const auto least = std::ranges::min_element(links_, {}, &redis_link::pending);
  if (least != links_.end() && ((*least)->pending() == 0 || links_.size() == options_.pool)) return *least;
  auto link = std::make_shared<redis_link>(executor_);
  if (link->start(address_)) links_.push_back(link);
  return link;
}

}  // namespace tvl::waits::awaiting
