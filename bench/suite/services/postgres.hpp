#pragma once
// PostgreSQL with the rows of /db/{id}:
//   items (id int primary key, name text not null, price numeric(10, 2) not null), ids 1 to 10000.

#include "bench/suite/services/service.hpp"

#include <string>

namespace tvl::suite {

inline constexpr int postgres_rows = 10'000;
struct item {
  int id = 0;
  std::string name;
  double price = 0;
};
item postgres_row(int id);

// A new cluster on a free port of 127.0.0.1, filled, without durability. All local users can connect, but only read
// `items`. Throws not_installed, server_failed, run_stopped.
service start_postgres(const service_environment&);

// The user's own, which is not modified: a libpq connection string. Throws bad_input when it is unreachable or lacks
// the rows.
service given_postgres(const std::string& conninfo);

}  // namespace tvl::suite
