#pragma once
// Connections beyond --max-connections: each gets its 503 at once, without a thread or a coroutine of the model's, and
// is kept until its client has hung up, because to close it over unread input would reset it and destroy the reply.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

namespace tvl::runtime {

class refusals {
 public:
  // How long one is kept for its client, and how many: the oldest has to go before the time for one more.
  static constexpr std::chrono::seconds patience{2};
  static constexpr std::size_t most = 1000;

  refusals() = default;
  ~refusals();
  refusals(const refusals&) = delete;
  refusals& operator=(const refusals&) = delete;

  void add(int socket);  // owns it from here on
  // Reads and drops what has come, and closes those that are done. To be called now and then.
  void sweep();
  std::uint64_t count() const;  // in all

 private:
  struct refusal {
    int socket;
    std::chrono::steady_clock::time_point until;
  };

  mutable std::mutex mutex_;
  std::deque<refusal> kept_;  // the oldest first
  std::uint64_t count_ = 0;
};

}  // namespace tvl::runtime
