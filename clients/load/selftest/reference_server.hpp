#pragma once
// A server whose behaviour is known, for testing what the generator says about it: the right answer is in the path.
//
//   /constant/{us}      every reply `us` microseconds after its request was read
//   /mixture            95 % after 1 ms, 5 % after 50 ms, drawn from the seed
//   /exponential/{us}   exponential service times of this mean, drawn from the seed
//   /queue/{us}         one worker, first come first served, `us` for each request
//   /silent             no reply, ever
// and the hostile ones, at once and in this manner:
//   /500                a whole reply with status 500
//   /old                HTTP/1.0 without a length: the close is the end
//   /garbage            bytes that are not HTTP
//   /drip               a correct reply, a byte a second
//   /endless-header     a header that never ends, 4 MB/s
//   /endless-body       a body without a length that never ends, 4 MB/s
//   /wrong-length       a body of 5 bytes, said to have 100, then a close
//   /half               a close in the middle of the header
//   /reset              a connection reset instead of a reply
//   /unasked            a whole reply with more bytes behind it
//
// Timed replies carry `X-Service-Time-Us`, the time from the end of the read to the send, as a number of fixed width so
// that all replies have one size. Timers are met to a few microseconds: the loop spins for the last 50.
// Only requests without a body are understood.

#include <sys/types.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace tvl::load {

// What the server saw, in memory shared with its process. Complete once stop() has returned; until then, and of a
// server that was killed, what had been written.
struct ledger {
  static constexpr std::size_t most_exchanges = 1u << 18;
  static constexpr std::size_t most_peers = 1u << 12;

  // One request; steady_clock nanoseconds. `replied` is 0 without a whole reply that is HTTP.
  struct exchange {
    std::atomic<std::int64_t> read, replied;
  };
  struct peer {
    std::atomic<std::uint64_t> requests, replies;
  };

  std::atomic<std::uint64_t> connections, requests, replies;
  std::array<exchange, most_exchanges> exchanges;  // the first so many, as they were read
  std::array<peer, most_peers> peers;              // the first so many, as they were accepted

  std::atomic<std::int64_t> stalled_until;
  std::atomic<bool> stopping;
};

class known_server {
 public:
  struct options {
    bool child = false;  // a process of its own, which can be stopped and killed, instead of a thread
    std::optional<int> cpu = std::nullopt;  // pinned to this one
    int silent = 0;                         // the first so many connections get no reply whatever they ask
    std::uint64_t seed = 1;                 // of the drawn service times
  };

  // Listens on a free port of 127.0.0.1 when it returns. A child is forked: make it before there are other threads.
  known_server() : known_server(options{}) {}
  explicit known_server(const options&);
  ~known_server();
  known_server(const known_server&) = delete;
  known_server& operator=(const known_server&) = delete;

  std::string url(std::string_view path) const;
  pid_t pid() const { return child_; }
  const ledger& seen() const { return *ledger_; }

  // Neither accepts, reads nor answers for so long, from now on; then does what has become due.
  void stall(double seconds);
  // SIGSTOP, SIGCONT, SIGKILL for a child.
  void signal(int number) const;
  // Reads what has arrived until now, then ends.
  void stop();

 private:
  ledger* const ledger_;
  unsigned short port_ = 0;
  pid_t child_ = 0;
  std::jthread thread_;
};

}  // namespace tvl::load
