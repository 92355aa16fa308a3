#pragma once
// Connections beyond --max-connections. Each gets a 503 at once, without a thread or coroutine, and is kept until its
// client closes: closing with unread input would send a reset and lose the reply.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

namespace tvl::runtime {

class refusals {
 public:
  // How long and how many are kept; one more evicts the oldest.
  static constexpr std::chrono::seconds patience{2};
  static constexpr std::size_t most = 1000;

  refusals() = default;
  ~refusals();
  refusals(const refusals&) = delete;
  refusals& operator=(const refusals&) = delete;

  void add(int socket);  // takes ownership of the socket
  // Discards input and closes finished connections. Call periodically.
  void sweep();
  std::uint64_t count() const;  // total

 private:
  struct refusal {
    int socket;
    std::chrono::steady_clock::time_point until;
  };

  mutable std::mutex mutex_;
  std::deque<refusal> kept_;  // oldest first
  std::uint64_t count_ = 0;
};

}  // namespace tvl::runtime
