#pragma once
// Where the services are that waits need, and how much of them a server takes.

#include <chrono>
#include <string>

namespace tvl::waits {

struct service_options {
  // "" = there is none, and what needs it is answered with 502 and the reason.
  std::string redis;     // HOST:PORT
  std::string postgres;  // as libpq has it: "host=127.0.0.1 port=5432 dbname=..."
  std::string upstream;  // http://HOST:PORT; where its OAuth endpoint is, it says itself (GET /info)
  std::string ca;  // file with the CA that the OAuth endpoint's certificate has to be from; "" = the upstream's own

  unsigned offload_threads = 16;  // of the executor that blocking work is handed to, in each process
  unsigned pool = 16;             // connections to Redis and to PostgreSQL, each, of each process (loop: of each loop)
  unsigned queue = 10'000;        // requests that may wait for one of them; more are answered with 503
  double timeout_s = 10;          // for one request's wait as a whole, then 504

  bool rooms = true;  // else /ws/room is answered with 501: members would be in other processes
  // A member of a room whose client reads more slowly than messages come:
  enum class slow_member { drop, disconnect };  // loses the oldest that wait; is closed with 1008
  unsigned room_queue = 64;                     // messages that may wait for it
  slow_member room_slow = slow_member::disconnect;

  std::chrono::steady_clock::time_point deadline() const {
    return std::chrono::steady_clock::now() +
           std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(timeout_s));
  }
};

// Throws std::runtime_error when there is an address among them that is none, or of an unknown host.
void check(const service_options&);

}  // namespace tvl::waits
