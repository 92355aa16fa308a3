#pragma once
// Addresses of the back-end services, and limits on their use.

#include <chrono>
#include <string>

namespace tvl::waits {

struct service_options {
  // "" = no such service: requests for it get a 502 with the reason.
  std::string redis;     // HOST:PORT
  std::string postgres;  // libpq connection string: "host=127.0.0.1 port=5432 dbname=..."
  std::string upstream;  // http://HOST:PORT; GET /info tells its OAuth endpoint
  std::string ca;        // file with the CA of the OAuth endpoint; "" = the one that the upstream names

  unsigned offload_threads = 16;  // of the executor for blocking work, in each process
  unsigned pool = 16;             // connections to each of Redis and PostgreSQL, per process (loop models: per loop)
  unsigned queue = 10'000;        // requests that may wait for a connection; further ones get a 503
  double timeout_s = 10;          // for all waits of one request, then 504

  bool rooms = true;  // false: /ws/room gets a 501, since members would be in other processes
  // Policy for a member of a room whose client reads too slowly.
  enum class slow_member { drop, disconnect };  // drop its oldest message; close it with 1008
  unsigned room_queue = 64;                     // pending messages per member
  slow_member room_slow = slow_member::disconnect;

  std::chrono::steady_clock::time_point deadline() const {
    return std::chrono::steady_clock::now() +
           std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(timeout_s));
  }
};

// Throws std::runtime_error for an invalid address or an unknown host.
void check(const service_options&);

}  // namespace tvl::waits
