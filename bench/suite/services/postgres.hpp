#pragma once
// PostgreSQL with the rows that /db/{id} asks for:
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

// A cluster of its own on a free port of 127.0.0.1, filled, without durability. Whoever is on this machine can connect,
// but only to read `items`. Throws not_installed, contestant_failed, run_stopped.
service start_postgres(const surroundings&);

// The user's own, which is only looked at; a libpq connection string. Throws bad_input when it is not there or lacks
// the rows.
service given_postgres(const std::string& conninfo);

}  // namespace tvl::suite
