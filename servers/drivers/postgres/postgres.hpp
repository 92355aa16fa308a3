#pragma once
// What both twins do with libpq alike, all but the waiting: where PostgreSQL is, what is asked and what a reply means.
//
// libpq's sockets never block, so both twins drive the same calls; one polls in between, the other suspends.

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
  // From libpq's connection string, or "": there is none. Looks its hosts up, once, so that nothing ever blocks in a
  // look-up afterwards. Throws std::system_error when it is none or a host is unknown.
  explicit postgres_address(const std::string& conninfo);

  bool none() const { return settings_.empty(); }
  // Begins to connect: wait for the socket to be writable, then as PQconnectPoll() says. Null when that failed at once.
  postgres_session connect() const;

 private:
  struct setting {
    std::string key, value;
  };
  std::vector<setting> settings_;
};

// One command on a connection, from sending it to the end of its reply.
class postgres_exchange {
 public:
  enum class step : unsigned char { read, write, done };

  explicit postgres_exchange(PGconn* c) : connection_(c) {}

  // What every connection begins with, and the query then. The database takes at least `time` over it.
  void prepare();
  void query(std::uint64_t id, row_time time);

  // Call it again when the socket is ready for what it says, until it is done.
  step next();
  // The meaning of the reply then; after a failure the connection is of no use any more.
  service_reply result() const;

 private:
  void sent(int ok);
  step stop(failure);
  bool receive();

  PGconn* connection_;
  postgres_result first_;  // a command has one result, unless the service talks nonsense
  std::optional<failure> failure_;
  std::size_t received_ = 0;
  bool reading_ = false;
};

}  // namespace tvl::waits
