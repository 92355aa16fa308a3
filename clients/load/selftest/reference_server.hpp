#pragma once
// Reference server for testing the generator: the path of a request selects a known behaviour.
//
//   /constant/{us}      every reply `us` microseconds after its request was read
//   /mixture            95 % after 1 ms, 5 % after 50 ms, drawn from the seed
//   /exponential/{us}   exponential service times of this mean, drawn from the seed
//   /queue/{us}         one worker, FIFO, `us` for each request
//   /silent             never a reply
// and faulty replies, sent at once:
//   /500                a whole reply with status 500
//   /old                HTTP/1.0 without a length, delimited by the close
//   /chunked-with-length Transfer-Encoding beside Content-Length, and no reason phrase: HTTP all the same
//   /garbage            bytes that are not HTTP
//   /drip               a correct reply, one byte a second
//   /endless-header     an endless header, 4 MB/s
//   /endless-body       an endless body without a length, 4 MB/s
//   /wrong-length       Content-Length 100, a body of 5 bytes, then a close
//   /half               a close in the middle of the header
//   /reset              a connection reset instead of a reply
//   /unasked            a whole reply followed by more bytes
//
// Timed replies have the header `X-Service-Time-Us`: the time from the end of the read to the send, of fixed width so
// that all replies have the same size. Timers are accurate to a few microseconds: the loop spins for the last 50.
// Requests must not have a body.

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

// The requests that the server has seen, in shared memory. Complete once stop() has returned; partial before that, and
// after a kill.
struct ledger {
  static constexpr std::size_t most_exchanges = 1u << 18;
  static constexpr std::size_t most_peers = 1u << 12;

  // One request; steady_clock nanoseconds. `replied` is 0 without a whole HTTP reply.
  struct exchange {
    std::atomic<std::int64_t> read, replied;
  };
  struct peer {
    std::atomic<std::uint64_t> requests, replies;
  };

  std::atomic<std::uint64_t> connections, requests, replies;
  std::array<exchange, most_exchanges> exchanges;  // the first ones, in the order they were read
  std::array<peer, most_peers> peers;              // the first ones, in the order they were accepted

  std::atomic<std::int64_t> stalled_until;
  std::atomic<bool> stopping;
};

class reference_server {
 public:
  struct options {
    bool child = false;                     // a child process, which can be stopped and killed, instead of a thread
    std::optional<int> cpu = std::nullopt;  // pinned to it
    int silent = 0;                         // number of connections, the first ones, that never get a reply
    std::uint64_t seed = 1;                 // of the random service times
  };

  // Listens on a free port of 127.0.0.1. With `child` it forks: construct it before there are other threads.
  reference_server() : reference_server(options{}) {}
  explicit reference_server(const options&);
  ~reference_server();
  reference_server(const reference_server&) = delete;
  reference_server& operator=(const reference_server&) = delete;

  std::string url(std::string_view path) const;
  pid_t pid() const { return child_; }
  const ledger& seen() const { return *ledger_; }

  // From now on the server neither accepts, reads nor replies for `seconds`; then it handles what is due.
  void stall(double seconds);
  // Sends SIGSTOP, SIGCONT or SIGKILL to a child.
  void signal(int number) const;
  // Handles what has arrived, then ends the server.
  void stop();

 private:
  ledger* const ledger_;
  unsigned short port_ = 0;
  pid_t child_ = 0;
  std::jthread thread_;
};

}  // namespace tvl::load
