#include "servers/drivers/postgres/awaiting_postgres.hpp"

#include <utility>

namespace tvl::waits::awaiting {

namespace asio = boost::asio;
using clock = postgres_connection::clock;

postgres_connection::postgres_connection(const runtime::executor& e, const postgres_address& address)
    : address_(address), link_(std::make_shared<link>(e)) {}

postgres_connection::awaitable<service_reply> postgres_connection::row(std::uint64_t id, row_time time,
                                                                       clock::time_point deadline) {
  const bool kept = session_ != nullptr;
  set_deadline(deadline);
  service_reply result = co_await attempt(id, time);
  // The server closed the idle connection (a restart): not this request's failure, and a read may be repeated.
  if (kept && failed(result, failure::disconnected)) result = co_await attempt(id, time);
  link_->timer.cancel();
  co_return result;
}

void postgres_connection::set_deadline(clock::time_point deadline) {
  link_->deadline = deadline;
  link_->late = false;
  link_->timer.expires_at(deadline);
  link_->timer.async_wait([weak = std::weak_ptr(link_)](boost::system::error_code ec) {
    const auto link = weak.lock();
    if (!ec && link) link->check();
  });
}

// An earlier use's handler may come late.
void postgres_connection::link::check() {
  if (clock::now() < deadline) return;
  late = true;
  if (socket.is_open()) socket.cancel();
}

postgres_connection::awaitable<service_reply> postgres_connection::attempt(std::uint64_t id, row_time time) {
  service_reply result;
  if (!session_) result = co_await connect();
  if (healthy(result)) {
    postgres_exchange exchange(session_.get());
    exchange.query(id, time);
    result = co_await finish(exchange);
  }
  if (!healthy(result)) close();
  co_return result;
}

postgres_connection::awaitable<service_reply> postgres_connection::connect() {
  session_ = address_.connect();
  if (!session_) co_return failure::unreachable;
  boost::system::error_code ec;
  for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK; state = ::PQconnectPoll(session_.get())) {
    if (state == PGRES_POLLING_FAILED) co_return failure::unreachable;
    link_->socket.assign(::PQsocket(session_.get()), ec);
    if (ec) co_return failure::unreachable;
    const bool ready = co_await wait(state == PGRES_POLLING_READING ? borrowed_descriptor::wait_read
                                                                    : borrowed_descriptor::wait_write);
    link_->socket.release();  // libpq may close it now and reuse the number
    if (!ready) co_return failure::timeout;
  }
  link_->socket.assign(::PQsocket(session_.get()), ec);
  if (ec) co_return failure::unreachable;
  postgres_exchange exchange(session_.get());
  exchange.prepare();
  co_return co_await finish(exchange);
}

postgres_connection::awaitable<service_reply> postgres_connection::finish(postgres_exchange& exchange) {
  for (;;) {
    const auto step = exchange.next();
    if (step == postgres_exchange::step::done) co_return exchange.result();
    const bool ready = co_await wait(step == postgres_exchange::step::read ? borrowed_descriptor::wait_read
                                                                           : borrowed_descriptor::wait_write);
    if (!ready) co_return failure::timeout;
  }
}

postgres_connection::awaitable<bool> postgres_connection::wait(borrowed_descriptor::wait_type what) {
  if (!link_->late) co_await link_->socket.async_wait(what, runtime::quietly);
  co_return !link_->late;
}

void postgres_connection::close() {
  link_->socket.release();  // libpq closes it
  session_.reset();
}

postgres_client::postgres_client(asio::io_context& context, const service_options& options)
    : options_(options), address_(options.postgres), connections_(options.pool, options.queue, [&] {
        return std::make_unique<postgres_connection>(context.get_executor(), address_);
      }) {}

asio::awaitable<handler::service_result, runtime::executor> postgres_client::row(std::uint64_t id, row_time time,
                                                                                 clock::time_point deadline) {
  if (address_.none()) co_return to_result("database", failure::not_configured);
  const auto connection = co_await connections_.take(deadline);
  if (!connection) co_return to_result("database", clock::now() < deadline ? failure::queue_full : failure::timeout);
  co_return to_result("database", co_await connection->row(id, time, deadline));
}

}  // namespace tvl::waits::awaiting
