#include "servers/drivers/postgres/blocking_postgres.hpp"

#include <poll.h>

#include <cerrno>
#include <memory>

namespace tvl::waits::blocking {

using clock = postgres_connection::clock;

service_reply postgres_connection::row(std::uint64_t id, row_time time, clock::time_point deadline) {
  const bool kept = session_ != nullptr;
  service_reply result = attempt(id, time, deadline);
  // The server closed the idle connection (a restart): not this request's failure, and a read may be repeated.
  if (kept && failed(result, failure::disconnected)) result = attempt(id, time, deadline);
  return result;
}

service_reply postgres_connection::attempt(std::uint64_t id, row_time time, clock::time_point deadline) {
  service_reply result = session_ ? service_reply() : connect(deadline);
  if (healthy(result)) {
    postgres_exchange exchange(session_.get());
    exchange.query(id, time);
    result = finish(exchange, deadline);
  }
  if (!healthy(result)) session_.reset();
  return result;
}

service_reply postgres_connection::connect(clock::time_point deadline) {
  session_ = address_.connect();
  if (!session_) return failure::unreachable;
  for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK; state = ::PQconnectPoll(session_.get())) {
    if (state == PGRES_POLLING_FAILED) return failure::unreachable;
    if (!wait(state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline)) return failure::timeout;
  }
  postgres_exchange exchange(session_.get());
  exchange.prepare();
  return finish(exchange, deadline);
}

service_reply postgres_connection::finish(postgres_exchange& exchange, clock::time_point deadline) {
  for (;;) {
    const auto step = exchange.next();
    if (step == postgres_exchange::step::done) return exchange.result();
    if (!wait(step == postgres_exchange::step::read ? POLLIN : POLLOUT, deadline)) return failure::timeout;
  }
}

bool postgres_connection::wait(short events, clock::time_point deadline) {
  pollfd socket{::PQsocket(session_.get()), events, 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
    if (left <= 0) return false;
    const int ready = ::poll(&socket, 1, static_cast<int>(left));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

postgres_client::postgres_client(const service_options& options)
    : options_(options),
      address_(options.postgres),
      connections_(options.pool, options.queue, [this] { return std::make_unique<postgres_connection>(address_); }) {}

handler::service_result postgres_client::row(std::uint64_t id, row_time time, clock::time_point deadline) {
  if (address_.none()) return to_result("database", failure::not_configured);
  const auto connection = connections_.take(deadline);
  if (!connection) return to_result("database", clock::now() < deadline ? failure::queue_full : failure::timeout);
  return to_result("database", connection->row(id, time, deadline));
}

}  // namespace tvl::waits::blocking
