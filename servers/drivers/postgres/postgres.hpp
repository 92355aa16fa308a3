#pragma once
// PostgreSQL through libpq without the waiting: address, query, meaning of the reply. Its sockets never block: threads
// poll between the calls, coroutines suspend.

#include "servers/drivers/failure.hpp"
#include "servers/handler/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <libpq-fe.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tvl::waits {

struct postgres_closer {
  void operator()(PGconn* c) const { ::PQfinish(c); }
  void operator()(PGresult* r) const { ::PQclear(r); }
};
using postgres_session = std::unique_ptr<PGconn, postgres_closer>;
using postgres_result = std::unique_ptr<PGresult, postgres_closer>;

using row_time = decltype(handler::plan::time);

class postgres_address {
 public:
  // From a libpq connection string, or "" for none. Resolves its hosts once, so that later connects do not block.
  // Throws std::system_error when it is invalid or a host is unknown.
  explicit postgres_address(const std::string& conninfo);

  bool none() const { return settings_.empty(); }
  // Starts connecting: wait until the socket is writable, then as PQconnectPoll() says. Null when it fails at once.
  postgres_session connect() const;

 private:
  struct setting {
    std::string key, value;
  };
  std::vector<setting> settings_;
};

// One command, from sending to the end of its reply.
class postgres_exchange {
 public:
  enum class step : unsigned char { read, write, done };

  explicit postgres_exchange(PGconn* c) : connection_(c) {}

  // prepare() comes first on every connection, then queries. The database takes at least `time`.
  void prepare();
  void query(std::uint64_t id, row_time time);

  // Call again when the socket is ready for the returned step, until `done`.
  step next();
  // The meaning of the reply. After a failure the connection is unusable.
  service_reply result() const;

 private:
  void sent(int ok);
  step stop(failure);
  bool receive();

  PGconn* connection_;
  postgres_result first_;  // a valid reply has exactly one result
  std::optional<failure> failure_;
  std::size_t received_ = 0;
  bool reading_ = false;
};

}  // namespace tvl::waits
